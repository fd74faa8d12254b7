#include "store/memory/memory_store.h"

#include <deque>
#include <iterator>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <utility>

#include "item/value.h"
#include "store/page_builder.h"
#include "store/row_key.h"
#include "store/table_directory.h"
#include "store/write_logic.h"
#include "store/write_stage.h"

namespace meridian::store {
namespace {

constexpr std::size_t kQueueWritesMax = 65'536;

class MemoryStore final : public TableStore {
  public:
    explicit MemoryStore(const Clock& clock) : clock_(clock) {}

    Result<void> create_table(const TableSchema& schema) override;
    Result<TableSchema> describe_table(std::string_view table) const override;
    std::vector<TableSchema> list_tables() const override { return tables_.list(); }

    void submit(std::vector<Write> writes, Atomicity atomicity, WriteDone done) override;

    Result<std::optional<item::Item>> get(const ItemRef& ref) const override;
    Result<std::vector<std::optional<item::Item>>> get_many(
        std::span<const ItemRef> refs) const override;
    Result<Page> query(const Query& query) const override;
    Result<Page> scan(const Scan& scan) const override;

    SequenceNumber last_sequence() const override;
    Result<std::vector<Change>> read_log(SequenceNumber after, std::size_t count) const override;
    void observe(CommitObserver observer) override;

  private:
    struct Submission {
        std::vector<Write> writes;
        Atomicity atomicity;
        WriteDone done;
    };

    void make(Submission submission);
    // The changes, once they are in the tables.
    std::vector<Change> put_in(std::span<StagedChange> staged);
    std::optional<item::Item> item_at(std::string_view row) const;

    const Clock& clock_;
    TableDirectory tables_;
    std::mutex creation_mutex_;

    // Submissions that wait, and whether a thread is making them.
    std::mutex queue_mutex_;
    std::deque<Submission> queue_;
    std::size_t queued_writes_ = 0;
    bool making_ = false;

    // Changed only by the thread that makes submissions, under the exclusive lock.
    mutable std::shared_mutex rows_mutex_;
    std::map<std::string, item::Item, std::less<>> rows_;
    std::deque<Change> log_;  // the change with sequence n is at n - 1

    std::mutex observers_mutex_;
    std::vector<std::shared_ptr<CommitObserver>> observers_;
};

Result<void> MemoryStore::create_table(const TableSchema& schema) {
    if (auto checked = check_schema(schema); !checked) {
        return checked;
    }
    const std::lock_guard lock(creation_mutex_);
    if (const auto existing = tables_.find(schema.name)) {
        return check_same_schema((*existing)->schema, schema);
    }
    tables_.add({tables_.next_id(), schema});
    return {};
}

Result<TableSchema> MemoryStore::describe_table(std::string_view table) const {
    const auto found = tables_.find(table);
    if (!found) {
        return std::unexpected(found.error());
    }
    return (*found)->schema;
}

void MemoryStore::submit(std::vector<Write> writes, Atomicity atomicity, WriteDone done) {
    std::unique_lock lock(queue_mutex_);
    if (queued_writes_ + writes.size() > kQueueWritesMax) {
        lock.unlock();
        done(refuse_all(writes.size(), queue_full(kQueueWritesMax)));
        return;
    }
    queued_writes_ += writes.size();
    queue_.push_back({std::move(writes), atomicity, std::move(done)});
    if (making_) {
        return;
    }
    making_ = true;
    while (!queue_.empty()) {
        Submission next = std::move(queue_.front());
        queue_.pop_front();
        queued_writes_ -= next.writes.size();
        lock.unlock();
        make(std::move(next));
        lock.lock();
    }
    making_ = false;
}

void MemoryStore::make(Submission submission) {
    WriteStage stage(
        tables_, [this](std::string_view row) { return CommittedItem::result_type(item_at(row)); },
        log_.size(), clock_.now());
    auto outcomes = stage.add(std::move(submission.writes), submission.atomicity);
    const auto changes = put_in(stage.changes());
    if (!changes.empty()) {
        std::unique_lock lock(observers_mutex_);
        const auto observers = observers_;
        lock.unlock();
        for (const auto& observer : observers) {
            (*observer)(changes);
        }
    }
    submission.done(std::move(outcomes));
}

std::vector<Change> MemoryStore::put_in(std::span<StagedChange> staged) {
    std::vector<Change> changes;
    changes.reserve(staged.size());
    const std::unique_lock lock(rows_mutex_);
    for (auto& [row, change] : staged) {
        if (change.after) {
            rows_.insert_or_assign(std::move(row), *change.after);
        } else {
            rows_.erase(row);
        }
        log_.push_back(change);
        changes.push_back(std::move(change));
    }
    return changes;
}

// REQUIRES: rows_mutex_ is held, or this is the thread that makes submissions.
std::optional<item::Item> MemoryStore::item_at(std::string_view row) const {
    const auto found = rows_.find(row);
    return found == rows_.end() ? std::nullopt : std::optional(found->second);
}

Result<std::optional<item::Item>> MemoryStore::get(const ItemRef& ref) const {
    const auto row = row_of(tables_, ref);
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
        auto row = row_of(tables_, ref);
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
        if (const auto examined = page.examine(first->second); !examined) {
            return std::unexpected(examined.error());
        }
    }
    return std::move(page).take();
}

Result<Page> MemoryStore::query(const Query& query) const {
    const auto table = tables_.find(query.table);
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
    const auto first = rows_.lower_bound(range->low);
    const auto last = rows_.lower_bound(range->high);
    return query.forward ? page_of(first, last, std::move(page))
                         : page_of(std::reverse_iterator(last), std::reverse_iterator(first),
                                   std::move(page));
}

Result<Page> MemoryStore::scan(const Scan& scan) const {
    const auto table = tables_.find(scan.table);
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
    return page_of(rows_.lower_bound(range->low), rows_.lower_bound(range->high),
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
        if (!page.add(log_[next])) {
            break;
        }
    }
    return std::move(page).take();
}

void MemoryStore::observe(CommitObserver observer) {
    const std::lock_guard lock(observers_mutex_);
    observers_.push_back(std::make_shared<CommitObserver>(std::move(observer)));
}

}  // namespace

std::unique_ptr<TableStore> open_memory_store(const Clock& clock) {
    return std::make_unique<MemoryStore>(clock);
}

}  // namespace meridian::store
