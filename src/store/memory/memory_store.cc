#include "store/memory/memory_store.h"

#include <algorithm>
#include <deque>
#include <iterator>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <utility>

#include "base/check.h"
#include "item/codec.h"
#include "item/value.h"
#include "store/page_builder.h"
#include "store/region_directory.h"
#include "store/row_key.h"
#include "store/single_writer_store.h"
#include "store/table_directory.h"
#include "store/write_logic.h"
#include "store/write_stage.h"

namespace meridian::store {
namespace {

constexpr std::size_t kQueueWritesMax = 65'536;
constexpr std::size_t kTombstonesAtOnce = 4096;

struct LogEntry {
    Change change;
    Version version;
};

struct Tables {
    std::map<std::string, VersionedImage, std::less<>> items;
    std::map<std::string, Version, std::less<>> tombstones;
};

// A copy of everything; the images are shared.
class MemoryView final : public StoreView {
  public:
    MemoryView(const TableDirectory& directory, SequenceNumber sequence, Tables tables)
        : StoreView(directory, sequence), tables_(std::move(tables)) {}

  private:
    Result<void> visit(Rows rows, const RowRange& range, const Visitor& visitor) const override;

    const Tables tables_;
};

class MemoryStore final : public SingleWriterStore, private CommittedState {
  public:
    MemoryStore(const Clock& clock, std::string region)
        : clock_(clock), region_(std::move(region)), log_id_(new_log_id()) {
        CHECK(check_region(region_));
        regions_.add(region_);
    }

    Result<void> create_table(const TableSchema& schema) override;
    Result<TableSchema> describe_table(std::string_view table) const override;
    std::vector<TableSchema> list_tables() const override { return directory_.list(); }

    Result<std::optional<item::Item>> get(const ItemRef& ref) const override;
    Result<std::vector<std::optional<item::Item>>> get_many(
        std::span<const ItemRef> refs) const override;
    Result<Page> query(const Query& query) const override;
    Result<Page> scan(const Scan& scan) const override;

    SequenceNumber last_sequence() const override;
    Result<std::vector<Change>> read_log(SequenceNumber after, std::size_t count) const override;
    void observe(CommitObserver observer) override;

    const std::string& region() const override { return region_; }
    LogId log_id() const override { return log_id_; }
    Result<OwnChanges> read_own(SequenceNumber after, std::size_t count) const override {
        return read_versions(after, count, region_);
    }
    Result<OwnChanges> read_all(SequenceNumber after, std::size_t count) const override {
        return read_versions(after, count, std::nullopt);
    }
    Result<Cursor> cursor(std::string_view region) const override;  // also CommittedState's
    Result<std::unique_ptr<StoreView>> open_view() const override;
    Result<VersionedImage> get_version(const ItemRef& ref) const override;
    Result<ConflictPage> conflicts(std::string_view position, std::size_t count) const override;
    Result<void> forget_conflicts(HybridTime up_to) override;

  private:
    void queue(std::unique_ptr<WriteJob> job) override;
    Result<TombstonePage> find_tombstones(std::string_view from, HybridTime up_to) const override;

    Result<VersionedImage> row(std::string_view row) const override;
    Result<void> admit(const RemoteBatch& batch) override;

    // The changes of one region's clients, or all.
    Result<OwnChanges> read_versions(SequenceNumber after, std::size_t count,
                                     const std::optional<std::string>& whose) const;
    void make(WriteJob& job);
    // The changes, once they are in the tables.
    std::vector<Change> put_in(StagedGroup& group);
    void put_in(StagedChange& staged);
    VersionedImage state_at(std::string_view row) const;
    std::optional<item::Item> item_at(std::string_view row) const;

    const Clock& clock_;
    const std::string region_;
    const LogId log_id_;
    TableDirectory directory_;
    std::mutex creation_mutex_;

    // Jobs that wait, and whether a thread is doing them.
    std::mutex queue_mutex_;
    std::deque<std::unique_ptr<WriteJob>> queue_;
    std::size_t queued_writes_ = 0;
    bool making_ = false;

    // Of the thread that does the jobs.
    HybridClock hybrid_clock_;
    RegionDirectory regions_;
    HybridTime collected_;

    // Changed only by the thread that does the jobs, under the exclusive lock.
    mutable std::shared_mutex rows_mutex_;
    Tables tables_;
    std::deque<LogEntry> log_;  // the change with sequence n is at n - 1
    std::map<std::string, Cursor, std::less<>> cursors_;
    std::map<std::string, Conflict, std::less<>> conflicts_;

    std::mutex observers_mutex_;
    std::vector<std::shared_ptr<CommitObserver>> observers_;
};

Result<void> MemoryStore::create_table(const TableSchema& schema) {
    if (auto checked = check_schema(schema); !checked) {
        return checked;
    }
    const std::lock_guard lock(creation_mutex_);
    if (const auto existing = directory_.find(schema.name)) {
        return check_same_schema((*existing)->schema, schema);
    }
    directory_.add({directory_.next_id(), schema});
    return {};
}

Result<TableSchema> MemoryStore::describe_table(std::string_view table) const {
    const auto found = directory_.find(table);
    if (!found) {
        return std::unexpected(found.error());
    }
    return (*found)->schema;
}

void MemoryStore::queue(std::unique_ptr<WriteJob> job) {
    std::unique_lock lock(queue_mutex_);
    if (queued_writes_ + job->writes() > kQueueWritesMax) {
        lock.unlock();
        job->finish(std::unexpected(queue_full(kQueueWritesMax)));
        return;
    }
    queued_writes_ += job->writes();
    queue_.push_back(std::move(job));
    if (making_) {
        return;
    }
    making_ = true;
    while (!queue_.empty()) {
        const auto next = std::move(queue_.front());
        queue_.pop_front();
        queued_writes_ -= next->writes();
        lock.unlock();
        make(*next);
        lock.lock();
    }
    making_ = false;
}

void MemoryStore::make(WriteJob& job) {
    WriteStage stage({.tables = directory_,
                      .committed = *this,
                      .clock = hybrid_clock_,
                      .region = region_,
                      .at = clock_.now(),
                      .last = log_.size(),
                      .collected = collected_});
    job.decide(stage);
    const auto changes = put_in(stage.group());
    if (!changes.empty()) {
        std::unique_lock lock(observers_mutex_);
        const auto observers = observers_;
        lock.unlock();
        for (const auto& observer : observers) {
            (*observer)(changes);
        }
    }
    job.finish({});
}

std::vector<Change> MemoryStore::put_in(StagedGroup& group) {
    std::vector<Change> changes;
    changes.reserve(group.changes.size());
    const std::unique_lock lock(rows_mutex_);
    for (auto& staged : group.changes) {
        put_in(staged);
        if (staged.change.sequence != 0) {
            log_.push_back({staged.change, std::move(staged.version)});
            changes.push_back(std::move(staged.change));
        }
    }
    for (auto& staged : group.conflicts) {
        conflicts_.insert_or_assign(staged.key(), std::move(staged.conflict));
    }
    for (const auto& [region, cursor] : group.cursors) {
        cursors_.insert_or_assign(region, cursor);
    }
    collected_ = std::max(collected_, group.collected);
    return changes;
}

// REQUIRES: rows_mutex_ is held exclusively.
void MemoryStore::put_in(StagedChange& staged) {
    const auto& [row, change, version, over_item, over_tombstone] = staged;
    if (change.after) {
        tables_.items.insert_or_assign(row, VersionedImage{change.after, version});
    } else if (over_item) {
        tables_.items.erase(row);
    }
    if (!change.after && version) {
        tables_.tombstones.insert_or_assign(row, version);
    } else if (over_tombstone) {
        tables_.tombstones.erase(row);
    }
}

// REQUIRES: rows_mutex_ is held, or this is the thread that does the jobs; so too below.
VersionedImage MemoryStore::state_at(std::string_view row) const {
    if (const auto item = tables_.items.find(row); item != tables_.items.end()) {
        return item->second;
    }
    const auto tombstone = tables_.tombstones.find(row);
    return {{}, tombstone == tables_.tombstones.end() ? Version{} : tombstone->second};
}

std::optional<item::Item> MemoryStore::item_at(std::string_view row) const {
    const auto found = tables_.items.find(row);
    return found == tables_.items.end() ? std::nullopt : std::optional(*found->second.image);
}

Result<VersionedImage> MemoryStore::row(std::string_view row) const {
    return state_at(row);
}

Result<void> MemoryStore::admit(const RemoteBatch& batch) {
    const auto unknown = regions_.unknown_in(batch);
    if (!unknown) {
        return std::unexpected(unknown.error());
    }
    for (const auto& name : *unknown) {
        regions_.add(name);
    }
    for (const auto& schema : batch.tables) {
        if (auto created = create_table(schema); !created) {
            return created;
        }
    }
    return {};
}

Result<std::optional<item::Item>> MemoryStore::get(const ItemRef& ref) const {
    const auto row = row_of(directory_, ref);
    if (!row) {
        return std::unexpected(row.error());
    }
    const std::shared_lock lock(rows_mutex_);
    return item_at(*row);
}

Result<std::vector<std::optional<item::Item>>> MemoryStore::get_many(
    std::span<const ItemRef> refs) const {
    std::vector<std::string> rows;
    rows.reserve(refs.size());
    for (const auto& ref : refs) {
        auto row = row_of(directory_, ref);
        if (!row) {
            return std::unexpected(std::move(row).error());
        }
        rows.push_back(*std::move(row));
    }
    std::vector<std::optional<item::Item>> items;
    items.reserve(rows.size());
    const std::shared_lock lock(rows_mutex_);
    for (const auto& row : rows) {
        items.push_back(item_at(row));
    }
    return items;
}

template <typename Iterator>
Result<Page> page_of(Iterator first, const Iterator& last, PageBuilder page) {
    for (; first != last && !page.full(); ++first) {
        if (const auto examined = page.examine(*first->second.image); !examined) {
            return std::unexpected(examined.error());
        }
    }
    return std::move(page).take();
}

Result<Page> MemoryStore::query(const Query& query) const {
    const auto table = directory_.find(query.table);
    if (!table) {
        return std::unexpected(table.error());
    }
    const auto range = query_range(**table, query);
    if (!range) {
        return std::unexpected(range.error());
    }
    if (range->empty()) {
        return Page{};
    }
    PageBuilder page((*table)->schema.key, query.limit, query.filter);
    const std::shared_lock lock(rows_mutex_);
    const auto first = tables_.items.lower_bound(range->low);
    const auto last = tables_.items.lower_bound(range->high);
    return query.forward ? page_of(first, last, std::move(page))
                         : page_of(std::reverse_iterator(last), std::reverse_iterator(first),
                                   std::move(page));
}

Result<Page> MemoryStore::scan(const Scan& scan) const {
    const auto table = directory_.find(scan.table);
    if (!table) {
        return std::unexpected(table.error());
    }
    const auto range = scan_range(**table, scan);
    if (!range) {
        return std::unexpected(range.error());
    }
    if (range->empty()) {
        return Page{};
    }
    const std::shared_lock lock(rows_mutex_);
    return page_of(tables_.items.lower_bound(range->low), tables_.items.lower_bound(range->high),
                   PageBuilder((*table)->schema.key, scan.limit, scan.filter));
}

SequenceNumber MemoryStore::last_sequence() const {
    const std::shared_lock lock(rows_mutex_);
    return log_.size();
}

Result<std::vector<Change>> MemoryStore::read_log(SequenceNumber after, std::size_t count) const {
    ChangePage page(count);
    const std::shared_lock lock(rows_mutex_);
    for (auto next = after; next < log_.size(); ++next) {
        if (!page.add(log_[next].change)) {
            break;
        }
    }
    return std::move(page).take();
}

void MemoryStore::observe(CommitObserver observer) {
    const std::lock_guard lock(observers_mutex_);
    observers_.push_back(std::make_shared<CommitObserver>(std::move(observer)));
}

Result<OwnChanges> MemoryStore::read_versions(SequenceNumber after, std::size_t count,
                                              const std::optional<std::string>& whose) const {
    OwnChangePage page(directory_, after, count);
    const std::shared_lock lock(rows_mutex_);
    for (auto next = after; next < log_.size() && !page.full(); ++next) {
        const auto& [change, version] = log_[next];
        if (!whose || version.stamp.region == *whose) {
            page.add(
                {change.sequence, change.at, {change.table, change.key, {change.after, version}}});
        } else {
            page.pass(change.sequence);
        }
    }
    return std::move(page).take();
}

Result<Cursor> MemoryStore::cursor(std::string_view region) const {
    const std::shared_lock lock(rows_mutex_);
    const auto found = cursors_.find(region);
    return found == cursors_.end() ? Cursor{} : found->second;
}

Result<std::unique_ptr<StoreView>> MemoryStore::open_view() const {
    const std::shared_lock lock(rows_mutex_);
    return std::make_unique<MemoryView>(directory_, log_.size(), tables_);
}

Result<void> MemoryView::visit(Rows rows, const RowRange& range, const Visitor& visitor) const {
    const auto show = [&](const auto& map, auto row_of_entry) -> Result<void> {
        for (auto entry = map.lower_bound(range.low);
             entry != map.end() && entry->first < range.high; ++entry) {
            const auto visited = visitor(row_of_entry(*entry));
            if (!visited) {
                return std::unexpected(visited.error());
            }
            if (*visited == Visit::kStop) {
                break;
            }
        }
        return {};
    };
    if (rows == Rows::kDeletes) {
        return show(tables_.tombstones,
                    [](const auto& entry) { return Row{entry.first, {}, entry.second}; });
    }
    std::string encoded;
    return show(tables_.items, [&encoded](const auto& entry) {
        encoded = item::encode(*entry.second.image);
        return Row{entry.first, encoded, entry.second.version};
    });
}

Result<VersionedImage> MemoryStore::get_version(const ItemRef& ref) const {
    const auto row = row_of(directory_, ref);
    if (!row) {
        return std::unexpected(row.error());
    }
    const std::shared_lock lock(rows_mutex_);
    return state_at(*row);
}

Result<ConflictPage> MemoryStore::conflicts(std::string_view position, std::size_t count) const {
    ConflictPage page;
    const std::shared_lock lock(rows_mutex_);
    for (auto entry = conflicts_.lower_bound(position); entry != conflicts_.end(); ++entry) {
        if (page.conflicts.size() == count) {
            page.next = entry->first;
            break;
        }
        page.conflicts.push_back(entry->second);
    }
    return page;
}

Result<void> MemoryStore::forget_conflicts(HybridTime up_to) {
    const std::unique_lock lock(rows_mutex_);
    conflicts_.erase(conflicts_.begin(), conflicts_.lower_bound(conflict_keys_end(up_to)));
    return {};
}

Result<TombstonePage> MemoryStore::find_tombstones(std::string_view from, HybridTime up_to) const {
    TombstonePage page;
    const std::shared_lock lock(rows_mutex_);
    std::size_t seen = 0;
    for (auto entry = tables_.tombstones.lower_bound(from); entry != tables_.tombstones.end();
         ++entry, ++seen) {
        if (seen == kTombstonesAtOnce) {
            page.next = entry->first;
            break;
        }
        if (entry->second.stamp.time <= up_to) {
            page.rows.push_back(entry->first);
        }
    }
    return page;
}

}  // namespace

std::unique_ptr<ReplicaStore> open_memory_store(const Clock& clock, std::string region) {
    return std::make_unique<MemoryStore>(clock, std::move(region));
}

}  // namespace meridian::store
