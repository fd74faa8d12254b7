#include "store/rocksdb/rocksdb_store.h"

#include <fmt/format.h>
#include <rocksdb/env.h>

#include <cerrno>
#include <string_view>
#include <utility>

#include "store/rocksdb/append_faults.h"
#include "store/rocksdb/catalog.h"
#include "store/rocksdb/damage.h"
#include "store/rocksdb/damage_note.h"
#include "store/rocksdb/database.h"
#include "store/rocksdb/errors.h"
#include "store/rocksdb/first_read.h"
#include "store/rocksdb/layout.h"
#include "store/rocksdb/log_reader.h"
#include "store/rocksdb/open_on.h"
#include "store/rocksdb/reader.h"
#include "store/rocksdb/replica_reader.h"
#include "store/rocksdb/view.h"
#include "store/rocksdb/writer.h"
#include "store/row_key.h"
#include "store/single_writer_store.h"

namespace meridian::store {
namespace {

class RocksDbStore final : public SingleWriterStore {
  public:
    // What was read while opening.
    struct Opened {
        std::unique_ptr<rocksdb::Env> env;  // null: somebody else's
        std::unique_ptr<Database> database;
        std::unique_ptr<Catalog> catalog;
        TombstoneFilter tombstones;
    };

    RocksDbStore(Opened opened, const RocksDbOptions& options, const Clock& clock)
        : env_(std::move(opened.env)),
          database_(std::move(opened.database)),
          catalog_(std::move(opened.catalog)),
          clock_(clock),
          reader_(*database_, catalog_->tables(), catalog_->regions()),
          log_(*database_, *catalog_),
          replica_(*database_, *catalog_),
          writer_(*database_, {*catalog_, reader_, log_, std::move(opened.tombstones)}, clock,
                  {options.queue_writes_max, options.log_changes_kept}) {}

    Result<void> create_table(const TableSchema& schema) override {
        return catalog_->create_table(schema);
    }

    Result<std::optional<item::Item>> get(const ItemRef& ref) const override {
        return reader_.get(ref);
    }
    Result<std::vector<std::optional<item::Item>>> get_many(
        std::span<const ItemRef> refs) const override {
        return reader_.get_many(refs);
    }
    Result<Page> query(const Query& query) const override { return reader_.query(query); }
    Result<Page> scan(const Scan& scan) const override { return reader_.scan(scan); }

    SequenceNumber last_sequence() const override { return database_->last_sequence(); }
    Result<std::vector<Change>> read_log(SequenceNumber after, std::size_t count) const override {
        return log_.read_log(after, count);
    }
    Result<TableChanges> read_table_log(std::string_view table, SequenceNumber after,
                                        std::size_t count) const override {
        return log_.read_table_log(table, after, count);
    }
    SequenceNumber trimmed() const override { return log_.trimmed(); }
    std::optional<std::string> damage() const override { return noted_damage(database_->folder()); }
    void observe(CommitObserver observer) override { writer_.observe(std::move(observer)); }

    const std::string& region() const override { return catalog_->region(); }
    LogId log_id() const override { return catalog_->log_id(); }
    Result<OwnChanges> read_own(SequenceNumber after, std::size_t count) const override {
        return log_.read_own(after, count);
    }
    Result<OwnChanges> read_all(SequenceNumber after, std::size_t count) const override {
        return log_.read_all(after, count);
    }
    Result<Cursor> cursor(std::string_view region) const override {
        return catalog_->cursor(region);
    }
    Result<std::unique_ptr<StoreView>> open_view() const override {
        return RocksDbView::open(*database_, *catalog_, clock_);
    }
    Result<VersionedImage> get_version(const ItemRef& ref) const override {
        return reader_.get_version(ref);
    }
    [[nodiscard]] Result<void> flip_byte(const ItemRef& ref, std::size_t byte);
    Result<ConflictPage> conflicts(std::string_view position, std::size_t count) const override {
        return replica_.conflicts(position, count);
    }
    Result<void> forget_conflicts(HybridTime up_to) override;

  private:
    const TableDirectory& directory() const override { return catalog_->tables(); }
    void queue(std::unique_ptr<WriteJob> job) override { writer_.queue(std::move(job)); }
    Result<TombstonePage> find_tombstones(std::string_view from, HybridTime up_to) const override {
        return replica_.find_tombstones(from, up_to);
    }

    const std::unique_ptr<rocksdb::Env> env_;
    std::unique_ptr<Database> database_;
    std::unique_ptr<Catalog> catalog_;
    const Clock& clock_;
    Reader reader_;
    LogReader log_;
    ReplicaReader replica_;
    Writer writer_;
};

Result<void> RocksDbStore::flip_byte(const ItemRef& ref, std::size_t byte) {
    const auto row = row_of(catalog_->tables(), ref);
    if (!row) {
        return std::unexpected(row.error());
    }
    rocksdb::WriteBatch batch;
    {
        const auto open = database_->access();
        if (!open) {
            return std::unexpected(open.error());
        }
        std::string sealed;
        const auto status = (*open)->db->Get({}, (*open)->items.get(), *row, &sealed);
        if (!status.ok() && !status.IsNotFound()) {
            return std::unexpected(error_of(status, database_->folder()));
        }
        if (byte >= sealed.size()) {
            return fail(
                ErrorCode::kInvalidInput,
                fmt::format("{} bytes are stored of that item of {}", sealed.size(), ref.table));
        }
        sealed[byte] = static_cast<char>(sealed[byte] ^ 1);
        batch.Put((*open)->items.get(), *row, sealed);
    }
    return database_->commit(batch, 0);
}

Result<void> RocksDbStore::forget_conflicts(HybridTime up_to) {
    rocksdb::WriteBatch batch;
    {
        const auto open = database_->access();
        if (!open) {
            return std::unexpected(open.error());
        }
        batch.DeleteRange((*open)->conflicts.get(), rocksdb::Slice(), conflict_keys_end(up_to));
    }
    return database_->commit(batch, 0);
}

// The disk that drills fill. Null: the machine's as it is.
std::unique_ptr<rocksdb::Env> disk_of(const RocksDbOptions& options) {
    if (!options.disk_is_full) {
        return nullptr;
    }
    return rocksdb::NewCompositeEnv(
        files_with_append_faults([is_full = options.disk_is_full](std::string_view /*path*/) {
            return is_full() ? ENOSPC : 0;
        }));
}

Result<std::unique_ptr<ReplicaStore>> open_on(rocksdb::Env* env,
                                              std::unique_ptr<rocksdb::Env> owned,
                                              const RocksDbOptions& options, const Clock& clock) {
    auto database = Database::open(options.folder, env);
    if (!database) {
        return std::unexpected(std::move(database).error());
    }
    auto catalog = Catalog::open(**database, options.region);
    if (!catalog) {
        return std::unexpected(std::move(catalog).error());
    }
    if (auto read = read_through(**database, (*catalog)->tables()); !read) {
        return std::unexpected(std::move(read).error());
    }
    auto tombstones = TombstoneFilter::read(**database);
    if (!tombstones) {
        return std::unexpected(std::move(tombstones).error());
    }
    remove_unfinished_salvage(options.folder);
    return std::make_unique<RocksDbStore>(
        RocksDbStore::Opened{std::move(owned), *std::move(database), *std::move(catalog),
                             *std::move(tombstones)},
        options, clock);
}

}  // namespace

Result<void> flip_byte(ReplicaStore& store, const ItemRef& ref, std::size_t byte) {
    auto* const on_disk = dynamic_cast<RocksDbStore*>(&store);
    if (on_disk == nullptr) {
        return fail(ErrorCode::kNotSupported, "This store keeps no bytes that could be damaged");
    }
    return on_disk->flip_byte(ref, byte);
}

Result<std::unique_ptr<ReplicaStore>> open_rocksdb_store_on(rocksdb::Env* env,
                                                            const RocksDbOptions& options,
                                                            const Clock& clock) {
    return open_on(env, nullptr, options, clock);
}

Result<std::unique_ptr<ReplicaStore>> open_rocksdb_store(const RocksDbOptions& options,
                                                         const Clock& clock) {
    auto disk = disk_of(options);
    auto* env = disk ? disk.get() : rocksdb::Env::Default();
    return open_on(env, std::move(disk), options, clock);
}

}  // namespace meridian::store
