#include "store/memory/memory_store.h"

#include <algorithm>
#include <deque>
#include <iterator>
#include <map>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <utility>

#include "base/check.h"
#include "item/codec.h"
#include "item/value.h"
#include "store/index_edit.h"
#include "store/index_row.h"
#include "store/page_builder.h"
#include "store/region_directory.h"
#include "store/row_key.h"
#include "store/row_range.h"
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

    Result<std::optional<item::Item>> get(const ItemRef& ref) const override;
    Result<std::vector<std::optional<item::Item>>> get_many(
        std::span<const ItemRef> refs) const override;
    Result<Page> query(const Query& query) const override;
    Result<Page> scan(const Scan& scan) const override;

    SequenceNumber last_sequence() const override;
    Result<std::vector<Change>> read_log(SequenceNumber after, std::size_t count) const override;
    Result<TableChanges> read_table_log(std::string_view table, SequenceNumber after,
                                        std::size_t count) const override;
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
    const TableDirectory& directory() const override { return directory_; }
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
    void put_in(const StagedChange& staged);
    void count_in(const StagedChange& staged);
    void redefine(Table table);
    void erase_rows_of(const Table& table);
    void fill(const Table& table, const Index& index);
    Result<Page> entries_page(const Source& source, const RowRange& range, bool forward,
                              PageBuilder page) const;
    Result<Page> read_page(const Source& source, const Result<RowRange>& range, bool forward,
                           PageBuilder page) const;
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
    std::set<std::string, std::less<>> entries_;  // of all indexes

    std::mutex observers_mutex_;
    std::vector<std::shared_ptr<CommitObserver>> observers_;
};

Result<void> MemoryStore::create_table(const TableSchema& schema) {
    if (auto checked = check_schema(schema); !checked) {
        return checked;
    }
    const std::lock_guard lock(creation_mutex_);
    if (const auto existing = directory_.find_ever(schema.name)) {
        return check_same_schema(**existing, schema);
    }
    directory_.add({directory_.next_id(), schema});
    return {};
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
    if (auto& redefined = stage.group().redefined) {
        redefine(*std::move(redefined));
    }
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
void MemoryStore::put_in(const StagedChange& staged) {
    const auto& [row, change, version, over_item, over_tombstone, table] = staged;
    if (change.sequence != 0) {
        count_in(staged);
    }
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

// REQUIRES: rows_mutex_ is held exclusively.
void MemoryStore::count_in(const StagedChange& staged) {
    const auto before = measure(staged.change.before);
    const auto after = measure(staged.change.after);
    const auto count = [](const Measured& image) { return image.item == nullptr ? 0 : 1; };
    staged.table->extent->add(
        count(after) - count(before),
        static_cast<std::int64_t>(after.bytes) - static_cast<std::int64_t>(before.bytes));
    for (auto& edit : index_edits(*staged.table, staged.row, before, after)) {
        if (edit.before) {
            entries_.erase(*edit.before);
        }
        if (edit.after) {
            entries_.insert(*std::move(edit.after));
        }
        edit.index->extent->add(edit.items(), edit.bytes);
    }
}

// There is nothing that would be done later: indexes are filled, and rows erased, at once.
void MemoryStore::redefine(Table table) {
    const std::lock_guard creation(creation_mutex_);
    directory_.redefine(table);
    const auto* const defined = *directory_.find(table.id);
    {
        const std::unique_lock lock(rows_mutex_);
        if (!defined->is_live()) {
            erase_rows_of(*defined);
            table.state = Table::State::kGone;
        }
        for (const auto& index : defined->indexes) {
            const auto entries = rows_under(row_prefix(index.id));
            if (!defined->is_live() || !index.is_kept()) {
                entries_.erase(entries_.lower_bound(entries.low),
                               entries_.lower_bound(entries.high));
                std::erase_if(table.indexes, [&](const Index& i) { return i.id == index.id; });
            } else if (index.state == Index::State::kFilling) {
                fill(*defined, index);
                std::ranges::find(table.indexes, index.id, &Index::id)->state =
                    Index::State::kReady;
            }
        }
    }
    directory_.redefine(std::move(table));
}

// REQUIRES: rows_mutex_ is held exclusively.
void MemoryStore::erase_rows_of(const Table& table) {
    const auto rows = rows_under(table, "");
    const auto erase = [&rows](auto& map) {
        map.erase(map.lower_bound(rows.low), map.lower_bound(rows.high));
    };
    erase(tables_.items);
    erase(tables_.tombstones);
    std::erase_if(conflicts_,
                  [&](const auto& entry) { return entry.second.table == table.schema.name; });
}

// REQUIRES: rows_mutex_ is held exclusively.
void MemoryStore::fill(const Table& table, const Index& index) {
    const auto rows = rows_under(table, "");
    for (auto row = tables_.items.lower_bound(rows.low);
         row != tables_.items.end() && row->first < rows.high; ++row) {
        const auto item = measure(row->second.image);
        if (auto edit = index_edit(table, index, row->first, {}, item)) {
            entries_.insert(*std::move(edit->after));
            index.extent->add(edit->items(), edit->bytes);
        }
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

Result<Page> MemoryStore::entries_page(const Source& source, const RowRange& range, bool forward,
                                       PageBuilder page) const {
    const auto examine = [&](auto first, const auto& last) -> Result<Page> {
        for (; first != last && !page.full(); ++first) {
            const auto decoded = decode_entry(source.table, *source.index, *first);
            CHECK(decoded);
            const auto item = item_at(decoded->row);
            CHECK(item);
            if (const auto examined = page.examine(*item); !examined) {
                return std::unexpected(examined.error());
            }
        }
        return std::move(page).take();
    };
    const auto first = entries_.lower_bound(range.low);
    const auto last = entries_.lower_bound(range.high);
    return forward ? examine(first, last)
                   : examine(std::reverse_iterator(last), std::reverse_iterator(first));
}

Result<Page> MemoryStore::read_page(const Source& source, const Result<RowRange>& range,
                                    bool forward, PageBuilder page) const {
    if (!range) {
        return std::unexpected(range.error());
    }
    if (range->empty()) {
        return Page{};
    }
    const std::shared_lock lock(rows_mutex_);
    if (source.index != nullptr) {
        return entries_page(source, *range, forward, std::move(page));
    }
    const auto first = tables_.items.lower_bound(range->low);
    const auto last = tables_.items.lower_bound(range->high);
    return forward ? page_of(first, last, std::move(page))
                   : page_of(std::reverse_iterator(last), std::reverse_iterator(first),
                             std::move(page));
}

Result<Page> MemoryStore::query(const Query& query) const {
    const auto source = source_of(directory_, query.table, query.index);
    if (!source) {
        return std::unexpected(source.error());
    }
    return read_page(*source, query_range(*source, query), query.forward,
                     PageBuilder(*source, query));
}

Result<Page> MemoryStore::scan(const Scan& scan) const {
    const auto source = source_of(directory_, scan.table, scan.index);
    if (!source) {
        return std::unexpected(source.error());
    }
    return read_page(*source, scan_range(*source, scan), true, PageBuilder(*source, scan));
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

Result<TableChanges> MemoryStore::read_table_log(std::string_view table, SequenceNumber after,
                                                 std::size_t count) const {
    if (const auto known = directory_.find_ever(table); !known) {
        return std::unexpected(known.error());
    }
    TableChangePage page(after, count);
    const std::shared_lock lock(rows_mutex_);
    for (auto next = after; next < log_.size(); ++next) {
        const auto& change = log_[next].change;
        if (!(change.table == table ? page.add(change) : page.pass(change.sequence))) {
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
        // What was written into a table that was dropped since is not for others any more.
        const bool is_wanted =
            !whose || (version.stamp.region == *whose && !directory_.is_dropped(change.table));
        if (is_wanted) {
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
