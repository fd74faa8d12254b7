#include "store/rocksdb/rocksdb_store.h"

#include <rocksdb/env.h>

#include <mutex>
#include <utility>

#include "store/rocksdb/database.h"
#include "store/rocksdb/layout.h"
#include "store/rocksdb/open_on.h"
#include "store/rocksdb/reader.h"
#include "store/rocksdb/writer.h"

namespace meridian::store {
namespace {

class RocksDbStore final : public TableStore {
  public:
    RocksDbStore(std::unique_ptr<Database> database, std::unique_ptr<TableDirectory> tables,
                 const RocksDbOptions& options, const Clock& clock)
        : database_(std::move(database)),
          tables_(std::move(tables)),
          reader_(*database_, *tables_),
          writer_(*database_, reader_, *tables_, clock,
                  {options.queue_writes_max, options.log_changes_kept}) {}

    Result<void> create_table(const TableSchema& schema) override;
    Result<TableSchema> describe_table(std::string_view table) const override;
    std::vector<TableSchema> list_tables() const override { return tables_->list(); }

    void submit(std::vector<Write> writes, Atomicity atomicity, WriteDone done) override {
        writer_.submit(std::move(writes), atomicity, std::move(done));
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
        return reader_.read_log(after, count);
    }
    void observe(CommitObserver observer) override { writer_.observe(std::move(observer)); }

  private:
    std::unique_ptr<Database> database_;
    std::unique_ptr<TableDirectory> tables_;
    std::mutex creation_mutex_;
    Reader reader_;
    Writer writer_;
};

Result<void> RocksDbStore::create_table(const TableSchema& schema) {
    if (auto checked = check_schema(schema); !checked) {
        return checked;
    }
    const std::lock_guard lock(creation_mutex_);
    if (const auto existing = tables_->find(schema.name)) {
        return check_same_schema((*existing)->schema, schema);
    }
    Table table{tables_->next_id(), schema};
    rocksdb::WriteBatch batch;  // without a handle it goes to the default family, the catalog
    batch.Put(std::string(kTablePrefix) + schema.name, seal_table(table));
    if (auto committed = database_->commit(batch, 0); !committed) {
        return committed;
    }
    tables_->add(std::move(table));
    return {};
}

Result<TableSchema> RocksDbStore::describe_table(std::string_view table) const {
    const auto found = tables_->find(table);
    if (!found) {
        return std::unexpected(found.error());
    }
    return (*found)->schema;
}

}  // namespace

Result<std::unique_ptr<TableStore>> open_rocksdb_store_on(rocksdb::Env* env,
                                                          const RocksDbOptions& options,
                                                          const Clock& clock) {
    auto database = Database::open(options.folder, env);
    if (!database) {
        return std::unexpected(std::move(database).error());
    }
    auto stored = (*database)->read_tables();
    if (!stored) {
        return std::unexpected(std::move(stored).error());
    }
    auto tables = std::make_unique<TableDirectory>();
    for (auto& table : *stored) {
        tables->add(std::move(table));
    }
    return std::make_unique<RocksDbStore>(*std::move(database), std::move(tables), options, clock);
}

Result<std::unique_ptr<TableStore>> open_rocksdb_store(const RocksDbOptions& options,
                                                       const Clock& clock) {
    return open_rocksdb_store_on(rocksdb::Env::Default(), options, clock);
}

}  // namespace meridian::store
