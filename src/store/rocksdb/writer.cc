#include "store/rocksdb/writer.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/log.h"
#include "store/rocksdb/layout.h"
#include "store/write_logic.h"

namespace meridian::store {
namespace {

// A group ends here, so that its writers don't wait for too many others and its batch stays small.
constexpr std::size_t kGroupChangesMax = 4096;
constexpr std::size_t kGroupBytesMax = 4UL * 1024 * 1024;

// Changes are trimmed this many at a time (or a part of what is kept, when that is less): a range
// deletion costs about the same whatever it covers.
constexpr std::uint64_t kTrimStep = 100'000;
constexpr std::size_t kCatchUpStep = 1000;

std::size_t approximate_bytes(const WriteOutcome& outcome) {
    std::size_t bytes = 0;
    for (const auto* image : {&outcome.before, &outcome.after}) {
        bytes += *image ? item::size_bytes(**image) : 0;
    }
    return bytes;
}

}  // namespace

Writer::Writer(Database& database, const Reader& reader, const TableDirectory& tables,
               const Clock& clock, WriterLimits limits)
    : database_(database),
      reader_(reader),
      tables_(tables),
      clock_(clock),
      limits_(limits),
      published_(database.last_sequence()),
      trimmed_(database.trimmed_at_opening()),
      thread_([this] { run(); }) {}

Writer::~Writer() {
    {
        const std::lock_guard lock(queue_mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

void Writer::submit(std::vector<Write> writes, Atomicity atomicity, WriteDone done) {
    const auto count = writes.size();
    std::unique_lock lock(queue_mutex_);
    if (stopping_ || queued_writes_ + count > limits_.queue_writes_max) {
        lock.unlock();
        done(refuse_all(count, queue_full(limits_.queue_writes_max)));
        return;
    }
    const bool was_empty = queue_.empty();
    queued_writes_ += count;
    queue_.push_back({std::move(writes), atomicity, std::move(done)});
    lock.unlock();
    if (was_empty) {
        wake_.notify_one();
    }
}

void Writer::observe(CommitObserver observer) {
    const std::lock_guard lock(observers_mutex_);
    auto observers = std::make_shared<Observers>(*observers_);
    observers->push_back(std::move(observer));
    observers_ = std::move(observers);
}

void Writer::run() {
    while (wait_for_submissions()) {
        while (!taken_.empty()) {
            make_group();
        }
    }
}

// False when there are none and there will be none.
bool Writer::wait_for_submissions() {
    std::unique_lock lock(queue_mutex_);
    wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    std::swap(queue_, taken_);
    return !taken_.empty();
}

void Writer::make_group() {
    auto ready = database_.make_ready();
    if (ready) {
        ready = catch_up();
    }
    if (!ready) {
        refuse_waiting(ready.error());
        return;
    }
    WriteStage stage(
        tables_, [this](std::string_view row) -> Result<Image> { return reader_.item_at(row); },
        database_.last_sequence(), clock_.now());
    auto group = decide_group(stage);
    if (const auto committed = commit(stage.changes()); !committed) {
        for (auto& decided : group) {
            decided.outcomes = refuse_all(decided.outcomes.size(), committed.error());
        }
        complete(std::move(group));
        return;
    }
    std::vector<Change> changes;
    changes.reserve(stage.changes().size());
    for (auto& staged : stage.changes()) {
        changes.push_back(std::move(staged.change));
    }
    publish(changes);
    complete(std::move(group));
}

std::vector<Writer::Decided> Writer::decide_group(WriteStage& stage) {
    std::vector<Decided> group;
    std::size_t bytes = 0;
    while (!taken_.empty() && stage.changes().size() < kGroupChangesMax && bytes < kGroupBytesMax) {
        Submission next = std::move(taken_.front());
        taken_.pop_front();
        auto outcomes = stage.add(std::move(next.writes), next.atomicity);
        for (const auto& outcome : outcomes) {
            bytes += approximate_bytes(outcome);
        }
        group.push_back({std::move(outcomes), std::move(next.done)});
    }
    return group;
}

Result<void> Writer::commit(std::span<const StagedChange> changes) {
    if (changes.empty()) {
        return {};
    }
    rocksdb::WriteBatch batch;
    const auto newest = changes.back().change.sequence;
    {
        const auto open = database_.access();
        if (!open) {
            return std::unexpected(open.error());
        }
        for (const auto& staged : changes) {
            const auto sealed = seal_change(staged);
            if (staged.change.after) {
                batch.Put((*open)->items.get(), staged.row, sealed.item);
            } else {
                batch.Delete((*open)->items.get(), staged.row);
            }
            batch.Put((*open)->log.get(), encode_number(staged.change.sequence), sealed.log);
        }
        trim(newest, batch, **open);
    }
    return database_.commit(batch, newest);
}

void Writer::trim(SequenceNumber newest, rocksdb::WriteBatch& batch, const OpenDatabase& open) {
    const auto kept = limits_.log_changes_kept;
    const auto step = std::clamp<std::uint64_t>(kept / 10, 1, kTrimStep);
    if (newest < trimmed_ + kept + step) {
        return;
    }
    const auto trimmed = std::min(newest - kept, published_);  // catch_up() reads the others
    batch.DeleteRange(open.log.get(), encode_number(trimmed_ + 1), encode_number(trimmed + 1));
    batch.Put(open.catalog.get(), kTrimmedKey, seal(encode_number(trimmed)));
    trimmed_ = trimmed;
}

// Publishes what was made although its commit had seemed to fail.
Result<void> Writer::catch_up() {
    while (published_ < database_.last_sequence()) {
        const auto changes = reader_.read_log(published_, kCatchUpStep);
        if (!changes) {
            return std::unexpected(changes.error());
        }
        publish(*changes);
    }
    return {};
}

void Writer::publish(std::span<const Change> changes) {
    if (changes.empty()) {
        return;
    }
    std::unique_lock lock(observers_mutex_);
    const auto observers = observers_;
    lock.unlock();
    published_ = changes.back().sequence;
    for (const auto& observer : *observers) {
        observer(changes);
    }
}

void Writer::complete(std::vector<Decided> group) {
    for (auto& decided : group) {
        queued_writes_ -= decided.outcomes.size();
        decided.done(std::move(decided.outcomes));
    }
}

void Writer::refuse_waiting(const Error& error) {
    std::vector<Decided> refused;
    refused.reserve(taken_.size());
    for (auto& submission : taken_) {
        refused.push_back(
            {refuse_all(submission.writes.size(), error), std::move(submission.done)});
    }
    taken_.clear();
    complete(std::move(refused));
}

}  // namespace meridian::store
