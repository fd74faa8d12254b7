#include "replication/source.h"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "replication/wire.h"

namespace meridian::replication {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr milliseconds kWaitMax = std::chrono::seconds{30};
constexpr std::size_t kWaitersMax = 256;
constexpr std::size_t kChangesAtOnce = 10'000;  // a part's bytes end it before, as a rule
constexpr std::size_t kItemHashesAtOnce = 1'000;
constexpr std::size_t kItemsAtOnce = 1'000;
constexpr std::size_t kItemsBytesMax = kMessageBytesMax * 3 / 4;

// A mark is a durable write, so there is one a second, whoever asks, and only when somebody does.
constexpr std::chrono::seconds kMarkEvery{1};
constexpr std::size_t kMarksKept = 16;  // for peers that are so many seconds behind

template <typename T>
Answer answer_of(Result<T> result) {
    return result ? Answer(*std::move(result)) : Answer(std::move(result).error());
}

}  // namespace

struct Source::State {
    struct Waiter {
        AskChanges ask;
        store::SequenceNumber read;  // there is nothing of this region's clients up to here
        nanoseconds until;
        SourceReply reply;
    };

    State(store::ReplicaStore& its_store, HeardTable& its_heard, const Clock& its_clock)
        : store(its_store), heard(its_heard), clock(its_clock) {}

    void answer_waiters();
    void keep_marking();
    void serve();
    [[nodiscard]] std::vector<Waiter> take_due();
    void wait(Waiter waiter, store::SequenceNumber seen);
    void make_mark();
    [[nodiscard]] bool has_everything() const;

    void answer(std::string_view from, Question question, SourceReply reply);
    void answer(std::string_view from, AskChanges ask, SourceReply reply);

    [[nodiscard]] Result<Hello> hello(std::string_view from, const AskHello& ask) const;
    // Nothing: there is nothing yet that is worth an answer.
    [[nodiscard]] Result<Answer> changes(const AskChanges& ask, store::SequenceNumber read);
    [[nodiscard]] std::optional<store::Mark> mark_up_to(store::SequenceNumber through);
    [[nodiscard]] Result<Page> page(const AskPage& ask) const;
    [[nodiscard]] Result<TableHashes> table_hashes() const;
    [[nodiscard]] Result<RangeHashes> range_hashes(const AskRangeHashes& ask) const;
    [[nodiscard]] Result<ItemHashes> item_hashes(const AskItemHashes& ask) const;
    [[nodiscard]] Result<Items> items(const AskItems& ask) const;

    store::ReplicaStore& store;
    HeardTable& heard;
    const Clock& clock;

    std::mutex mutex;
    std::condition_variable wake;
    std::vector<Waiter> waiters;
    store::SequenceNumber newest = 0;  // that the observer saw
    bool news = false;                 // for those who wait
    bool stopped = false;
    bool mark_wanted = false;
    nanoseconds marked_at{-kMarkEvery};
    std::deque<store::Mark> marks;

    std::condition_variable wake_marking;
    std::thread answering;
    std::thread marking;  // by itself: on a slow disk a mark takes long, and nobody waits for it
};

namespace {

// Whether a peer would rather wait than hear this.
bool is_nothing(const Answer& answer) {
    const auto* changes = std::get_if<Changes>(&answer);
    return changes != nullptr && changes->part.changes.empty() &&
           changes->part.through >= changes->last_sequence;
}

}  // namespace

void Source::State::answer_waiters() {
    while (true) {
        std::unique_lock lock(mutex);
        auto until = nanoseconds::max();
        for (const auto& waiter : waiters) {
            until = std::min(until, waiter.until);
        }
        const auto ready = [this] { return news || stopped; };
        if (waiters.empty()) {
            wake.wait(lock, [&] { return ready() || !waiters.empty(); });
        } else if (const auto left = until - clock.monotonic(); left > nanoseconds{0}) {
            // The nearest end may change meanwhile: looked at again soon.
            wake.wait_for(lock, std::min<nanoseconds>(left, milliseconds{20}), ready);
        }
        if (stopped) {
            return;
        }
        lock.unlock();
        serve();
    }
}

void Source::State::keep_marking() {
    while (true) {
        std::unique_lock lock(mutex);
        wake_marking.wait(lock, [this] { return stopped || mark_wanted; });
        wake_marking.wait_for(lock, marked_at + kMarkEvery - clock.monotonic(),
                              [this] { return stopped; });
        if (stopped) {
            return;
        }
        lock.unlock();
        make_mark();
    }
}

std::vector<Source::State::Waiter> Source::State::take_due() {
    const std::lock_guard lock(mutex);
    const bool all = std::exchange(news, false) || stopped;
    const auto now = clock.monotonic();
    const auto kept = std::ranges::partition(
        waiters, [&](const Waiter& waiter) { return !all && waiter.until > now; });
    std::vector<Waiter> due(std::make_move_iterator(kept.begin()),
                            std::make_move_iterator(kept.end()));
    waiters.erase(kept.begin(), kept.end());
    return due;
}

void Source::State::serve() {
    for (auto& waiter : take_due()) {
        std::unique_lock lock(mutex);
        const auto seen = newest;
        const bool over = stopped || waiter.until <= clock.monotonic();
        lock.unlock();
        auto answer = answer_of(changes(waiter.ask, waiter.read));
        if (!over && is_nothing(answer)) {
            waiter.read = std::get<Changes>(answer).part.through;
            wait(std::move(waiter), seen);
        } else {
            waiter.reply(encode(answer));
        }
    }
}

// REQUIRES: it was looked for changes after `newest` had been `seen`.
void Source::State::wait(Waiter waiter, store::SequenceNumber seen) {
    std::unique_lock lock(mutex);
    news = news || newest != seen;
    waiters.push_back(std::move(waiter));
    wake.notify_one();
    if (stopped) {  // meanwhile, and nobody else looks any more
        lock.unlock();
        serve();
    }
}

void Source::State::make_mark() {
    {
        const std::lock_guard lock(mutex);
        if (!mark_wanted || stopped || clock.monotonic() - marked_at < kMarkEvery) {
            return;
        }
        mark_wanted = false;
        marked_at = clock.monotonic();
    }
    if (!has_everything()) {
        return;
    }
    const auto mark = store.mark();
    if (!mark) {
        return;  // the next heartbeat tries again
    }
    const std::lock_guard lock(mutex);
    marks.push_back(*mark);
    if (marks.size() > kMarksKept) {
        marks.pop_front();
    }
}

// A region that lost its tables gets back from the others what its own clients had written: with
// stamps below those of marks that it would make before.
bool Source::State::has_everything() const {
    const auto regions = heard.regions();
    return std::ranges::all_of(regions, [this](const auto& region) {
        const auto cursor = store.cursor(region);
        return region == store.region() || (cursor && cursor->log != store::LogId{});
    });
}

std::optional<store::Mark> Source::State::mark_up_to(store::SequenceNumber through) {
    const std::lock_guard lock(mutex);
    mark_wanted = true;
    wake_marking.notify_one();
    for (auto mark = marks.rbegin(); mark != marks.rend(); ++mark) {
        if (mark->sequence <= through) {
            return *mark;
        }
    }
    return std::nullopt;
}

void Source::State::answer(std::string_view from, AskChanges ask, SourceReply reply) {
    for (const auto& entry : ask.heard) {
        if (entry.observer == from) {
            heard.note_log(from, entry.log);
        }
    }
    heard.note(ask.heard);
    std::unique_lock lock(mutex);
    const auto seen = newest;
    const bool may_wait = !stopped && waiters.size() < kWaitersMax && ask.wait > milliseconds{0};
    lock.unlock();
    auto answer = answer_of(changes(ask, ask.after));
    if (!may_wait || !is_nothing(answer)) {
        reply(encode(answer));
        return;
    }
    const auto read = std::get<Changes>(answer).part.through;
    const auto until = clock.monotonic() + std::min(ask.wait, kWaitMax);
    wait({std::move(ask), read, until, std::move(reply)}, seen);
}

Result<Answer> Source::State::changes(const AskChanges& ask, store::SequenceNumber read) {
    const auto log = store.log_id();
    if (ask.log != log) {
        return LogGone{log};
    }
    Changes changes;
    changes.log = log;
    changes.after = ask.after;
    changes.last_sequence = store.last_sequence();
    if (ask.after > changes.last_sequence) {
        return fail(
            ErrorCode::kCorruption,
            fmt::format("{} has changes up to {} only, and was heard up to {}: its folder is "
                        "an older copy of itself; restore it as a new log, or start it with "
                        "an empty folder",
                        store.region(), changes.last_sequence, ask.after));
    }
    auto part = store.read_own(read, kChangesAtOnce);
    if (!part) {
        if (part.error().code == ErrorCode::kLogTrimmed) {
            return LogGone{log};
        }
        return std::unexpected(std::move(part).error());
    }
    changes.part = *std::move(part);
    if (changes.part.through < changes.last_sequence) {
        const auto waiting = store.read_own(changes.part.through, 1);
        if (waiting && !waiting->changes.empty()) {
            changes.oldest_waiting = waiting->changes.front().at;
        }
    }
    changes.last_sequence = std::max(changes.last_sequence, changes.part.through);
    changes.mark = mark_up_to(changes.part.through);
    changes.now = clock.now();
    changes.heard = heard.all();
    return changes;
}

Result<Hello> Source::State::hello(std::string_view from, const AskHello& ask) const {
    if (ask.region != from) {
        return fail(ErrorCode::kAccessDenied,
                    fmt::format("{} says that it is {}: each region has a name of its own", from,
                                ask.region));
    }
    if (from == store.region()) {
        return fail(ErrorCode::kConfiguration,
                    fmt::format("{} asks {}: two regions have the same name, or one asks itself",
                                from, store.region()));
    }
    return Hello{kProtocolVersion, store.region(), store.log_id(), store.last_sequence()};
}

Result<Page> Source::State::page(const AskPage& ask) const {
    const auto view = store.open_view();
    if (!view) {
        return std::unexpected(view.error());
    }
    auto page = (*view)->page(ask.position);
    if (!page) {
        return std::unexpected(std::move(page).error());
    }
    return Page{store.log_id(), (*view)->sequence(), ask.position, *std::move(page)};
}

Result<TableHashes> Source::State::table_hashes() const {
    const auto view = store.open_view();
    if (!view) {
        return std::unexpected(view.error());
    }
    TableHashes hashes{
        .sequence = (*view)->sequence(), .tables = {}, .dropped = store.dropped_tables()};
    for (auto& table : store.list_tables()) {
        const auto content = (*view)->table_hash(table.name);
        if (!content) {
            return std::unexpected(content.error());
        }
        hashes.tables.push_back({std::move(table), *content});
    }
    return hashes;
}

Result<RangeHashes> Source::State::range_hashes(const AskRangeHashes& ask) const {
    const auto view = store.open_view();
    if (!view) {
        return std::unexpected(view.error());
    }
    auto ranges = (*view)->range_hashes(ask.table, ask.prefix);
    if (!ranges) {
        return std::unexpected(std::move(ranges).error());
    }
    return RangeHashes{*std::move(ranges)};
}

Result<ItemHashes> Source::State::item_hashes(const AskItemHashes& ask) const {
    const auto view = store.open_view();
    if (!view) {
        return std::unexpected(view.error());
    }
    auto page = (*view)->item_hashes(ask.table, ask.prefix, ask.position, kItemHashesAtOnce);
    if (!page) {
        return std::unexpected(std::move(page).error());
    }
    return ItemHashes{*std::move(page)};
}

Result<Items> Source::State::items(const AskItems& ask) const {
    Items items;
    std::size_t bytes = 0;
    const auto is_dropped = [dropped = store.dropped_tables()](const std::string& table) {
        return std::ranges::find(dropped, table) != dropped.end();
    };
    for (const auto& ref : ask.items) {
        auto state = store.get_version(ref);
        if (!state && is_dropped(ref.table)) {
            continue;
        }
        if (!state) {
            return std::unexpected(std::move(state).error());
        }
        if (!state->version) {
            continue;
        }
        if (std::ranges::find(items.tables, ref.table, &store::TableSchema::name) ==
            items.tables.end()) {
            auto schema = store.describe_table(ref.table);
            if (!schema) {
                return std::unexpected(std::move(schema).error());
            }
            items.tables.push_back(*std::move(schema));
        }
        bytes += state->image ? item::size_bytes(*state->image) : 0;
        if (bytes > kItemsBytesMax || items.items.size() == kItemsAtOnce) {
            return fail(
                ErrorCode::kTooLarge,
                fmt::format("{} items at once are too many; ask for fewer", ask.items.size()));
        }
        items.items.push_back({ref.table, ref.key, *std::move(state)});
    }
    return items;
}

void Source::State::answer(std::string_view from, Question question, SourceReply reply) {
    if (auto* ask = std::get_if<AskChanges>(&question)) {
        answer(from, std::move(*ask), std::move(reply));
        return;
    }
    struct Answering {
        const State& state;
        std::string_view from;
        Answer operator()(const AskHello& ask) { return answer_of(state.hello(from, ask)); }
        Answer operator()(const AskChanges& /*above*/) { return Error{ErrorCode::kIo, {}}; }
        Answer operator()(const AskPage& ask) { return answer_of(state.page(ask)); }
        Answer operator()(const AskTableHashes& /*ask*/) { return answer_of(state.table_hashes()); }
        Answer operator()(const AskRangeHashes& ask) { return answer_of(state.range_hashes(ask)); }
        Answer operator()(const AskItemHashes& ask) { return answer_of(state.item_hashes(ask)); }
        Answer operator()(const AskItems& ask) { return answer_of(state.items(ask)); }
    };
    reply(encode(std::visit(Answering{*this, from}, question)));
}

Source::Source(store::ReplicaStore& store, HeardTable& heard, const Clock& clock, Serving serving)
    : state_(std::make_shared<State>(store, heard, clock)) {
    heard.note_log(store.region(), store.log_id());
    // Observers can't be taken back, so this one may be called when the source is gone.
    store.observe([weak = std::weak_ptr(state_)](std::span<const store::Change> changes) {
        const auto state = weak.lock();
        if (!state || changes.empty()) {
            return;
        }
        const std::lock_guard lock(state->mutex);
        state->newest = changes.back().sequence;
        if (!state->waiters.empty()) {
            state->news = true;
            state->wake.notify_one();
        }
    });
    if (serving == Serving::kOwnThread) {
        state_->answering = std::thread([state = state_.get()] { state->answer_waiters(); });
        state_->marking = std::thread([state = state_.get()] { state->keep_marking(); });
    }
}

Source::~Source() {
    stop();
    for (auto* thread : {&state_->answering, &state_->marking}) {
        if (thread->joinable()) {
            thread->join();
        }
    }
    state_->serve();  // who came to wait meanwhile
}

void Source::answer(std::string_view from, std::string_view question, SourceReply reply) {
    auto asked = decode_question(question);
    if (!asked) {
        reply(encode(Answer(std::move(asked).error())));
        return;
    }
    state_->answer(from, *std::move(asked), std::move(reply));
}

void Source::serve() {
    state_->serve();
    state_->make_mark();
}

void Source::stop() {
    {
        const std::lock_guard lock(state_->mutex);
        state_->stopped = true;
    }
    state_->wake.notify_one();
    state_->wake_marking.notify_one();
    state_->serve();
}

}  // namespace meridian::replication
