#include "store/rocksdb/writer.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "base/log.h"
#include "store/rocksdb/group_batch.h"
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
constexpr std::chrono::seconds kUpkeepPause{1};  // after a failure

}  // namespace

Writer::Writer(Database& database, WriterSources sources, const Clock& clock, WriterLimits limits)
    : database_(database),
      sources_(std::move(sources)),
      clock_(clock),
      limits_(limits),
      hybrid_clock_(sources_.catalog.newest_time()),
      collected_(sources_.catalog.collected()),
      published_(database.last_sequence()),
      trimmed_(database.trimmed_at_opening()),
      upkeep_(database, sources_.catalog),
      thread_([this] { run(); }) {}

Writer::~Writer() {
    {
        const std::lock_guard lock(queue_mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

void Writer::queue(std::unique_ptr<WriteJob> job) {
    std::unique_lock lock(queue_mutex_);
    if (stopping_ || queued_writes_ + job->writes() > limits_.queue_writes_max) {
        lock.unlock();
        job->finish(std::unexpected(queue_full(limits_.queue_writes_max)));
        return;
    }
    const bool was_empty = queue_.empty();
    queued_writes_ += job->writes();
    queue_.push_back(std::move(job));
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
    while (wait_for_work()) {
        do {
            if (!taken_.empty()) {
                make_group();
            }
            do_upkeep();
        } while (!taken_.empty());
    }
}

// False when there is none and there will be none.
bool Writer::wait_for_work() {
    std::unique_lock lock(queue_mutex_);
    const auto is_wanted = [this] { return stopping_ || !queue_.empty(); };
    if (upkeep_.idle()) {
        wake_.wait(lock, is_wanted);
    } else if (upkeep_failed_) {
        wake_.wait_for(lock, kUpkeepPause, is_wanted);
    }
    std::swap(queue_, taken_);
    return !taken_.empty() || !stopping_;
}

void Writer::do_upkeep() {
    if (upkeep_.idle()) {
        return;
    }
    auto done = database_.make_ready();
    if (done) {
        done = upkeep_.step();
    }
    upkeep_failed_ = !done;
    if (!done) {
        log(LogLevel::kWarn, "store", "indexes and dropped tables wait: {}", done.error().message);
    }
}

void Writer::make_group() {
    auto ready = database_.make_ready();
    if (ready) {
        ready = catch_up();
    }
    if (!ready) {
        finish(std::exchange(taken_, {}), ready);
        return;
    }
    WriteStage stage({.tables = sources_.catalog.tables(),
                      .committed = *this,
                      .clock = hybrid_clock_,
                      .region = sources_.catalog.region(),
                      .at = clock_.now(),
                      .last = database_.last_sequence(),
                      .collected = collected_});
    auto jobs = decide_group(stage);
    auto& group = stage.group();
    if (const auto committed = commit(group); !committed) {
        if (group.redefined) {
            unsettled_.insert(group.redefined->id);
        }
        finish(std::move(jobs), committed);
        return;
    }
    collected_ = std::max(collected_, group.collected);
    if (group.redefined) {
        take_over(*std::move(group.redefined));
    }
    std::vector<Change> changes;
    changes.reserve(group.changes.size());
    for (auto& staged : group.changes) {
        if (staged.change.sequence != 0) {
            changes.push_back(std::move(staged.change));
        }
    }
    publish(changes);
    finish(std::move(jobs), {});
}

Writer::Jobs Writer::decide_group(WriteStage& stage) {
    Jobs decided;
    while (!taken_.empty() && stage.group().changes.size() < kGroupChangesMax &&
           stage.bytes() < kGroupBytesMax) {
        const bool alone = taken_.front()->company() == WriteJob::Company::kAlone;
        if (alone && !decided.empty()) {
            break;
        }
        decided.push_back(std::move(taken_.front()));
        taken_.pop_front();
        decided.back()->decide(stage);
        if (alone) {
            break;
        }
    }
    return decided;
}

Result<VersionedImage> Writer::row(std::string_view row) const {
    return sources_.reader.state_at(row, sources_.tombstones.may_have(row)
                                             ? Reader::Look::kItemOrTombstone
                                             : Reader::Look::kItem);
}

Result<Cursor> Writer::cursor(std::string_view region) const {
    return sources_.catalog.cursor(region);
}

Result<void> Writer::admit(const RemoteBatch& batch) {
    auto unknown = sources_.catalog.regions().unknown_in(batch);
    if (!unknown) {
        return std::unexpected(std::move(unknown).error());
    }
    if (!unknown->empty()) {
        if (auto learned = sources_.catalog.learn(*std::move(unknown)); !learned) {
            return learned;
        }
    }
    for (const auto& schema : batch.tables) {
        if (auto created = sources_.catalog.create_table(schema); !created) {
            return created;
        }
    }
    return {};
}

Result<void> Writer::commit(const StagedGroup& group) {
    if (group.empty()) {
        return {};
    }
    const auto& catalog = sources_.catalog;
    std::optional<GroupBatch> made;
    {
        const auto open = database_.access();
        if (!open) {
            return std::unexpected(open.error());
        }
        made.emplace(**open, catalog.regions(), upkeep_.fills());
        for (const auto id : unsettled_) {
            made->put(**catalog.tables().find(id));
        }
        made->put(group);
        for (const auto& staged : group.changes) {
            if (!staged.change.after) {
                sources_.tombstones.add(staged.row);
            }
        }
        made->batch().Put((*open)->catalog.get(), kClockKey,
                          seal(encode_number(hybrid_clock_.newest().bits)));
        trim(made->newest(), made->batch(), **open);
        (*open)->pins->remove_ended(clock_.monotonic());
    }
    if (auto committed = database_.commit(made->batch(), made->newest()); !committed) {
        return committed;
    }
    unsettled_.clear();
    made->extents().count();
    return {};
}

void Writer::take_over(Table redefined) {
    const auto id = redefined.id;
    sources_.catalog.redefine(std::move(redefined));
    upkeep_.note(**sources_.catalog.tables().find(id));
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
        const auto changes = sources_.log.read_log(published_, kCatchUpStep);
        if (!changes) {
            return std::unexpected(changes.error());
        }
        count(*changes);
        publish(*changes);
    }
    return {};
}

void Writer::count(std::span<const Change> changes) const {
    ExtentChanges extents;
    for (const auto& change : changes) {
        if (const auto table = sources_.catalog.tables().find(change.table)) {
            extents.add(**table, change, upkeep_.fills());
        }
    }
    extents.count();
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

void Writer::finish(Jobs jobs, const Result<void>& made) {
    for (auto& job : jobs) {
        queued_writes_ -= job->writes();
        job->finish(made);
        job.reset();
    }
}

}  // namespace meridian::store
