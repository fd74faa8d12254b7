#include "replication/puller.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <variant>

#include "base/log.h"
#include "replication/wire.h"

namespace meridian::replication {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr std::size_t kUnderWayMax = 2;
constexpr store::SequenceNumber kFarBehind = 10'000;
constexpr unsigned kRefusedSlower = 5;
constexpr unsigned kDoublingsMax = 16;
// Collecting tombstones relies on no older page being applied.
constexpr std::chrono::seconds kPageAgeMax{30};

bool people_must_see(ErrorCode code) {
    switch (code) {
        case ErrorCode::kAccessDenied:
        case ErrorCode::kInvalidSignature:
        case ErrorCode::kUnrecognizedClient:
        case ErrorCode::kMissingAuthentication:
        case ErrorCode::kNotSupported:
        case ErrorCode::kConfiguration:
        case ErrorCode::kTableExists:
        case ErrorCode::kCorruption:
            return true;
        default:
            return false;
    }
}

// Of the peer's changes: what they are will not change.
bool can_never_be_applied(ErrorCode code) {
    return people_must_see(code) || code == ErrorCode::kInvalidInput ||
           code == ErrorCode::kTooLarge || code == ErrorCode::kTableNotFound;
}

std::unexpected<Error> unexpected_answer(std::string_view peer) {
    return fail(ErrorCode::kUnavailable,
                fmt::format("{} answered another question than the one that was asked", peer));
}

}  // namespace

std::string_view to_string(LinkState state) {
    switch (state) {
        case LinkState::kConnecting:
            return "connecting";
        case LinkState::kCatchingUp:
            return "catching up";
        case LinkState::kFollowing:
            return "following";
        case LinkState::kUnreachable:
            return "unreachable";
        case LinkState::kRefused:
            return "refused";
    }
    return "";
}

Puller::Puller(std::string peer, const PullerParts& parts, const ReplicatorOptions& options)
    : peer_(std::move(peer)),
      parts_(parts),
      options_(options),
      heard_all_at_(parts.clock.monotonic()) {
    status_.peer = peer_;
}

Puller::~Puller() {
    finish();
}

milliseconds Puller::step() {
    wait_for_room(kUnderWayMax);
    if (const auto failure = take_failure()) {
        return fail_with(Failed::kApplying, *failure);
    }
    pause_ = milliseconds{0};
    if (const auto done = advance(); !done) {
        return fail_with(Failed::kAsking, done.error());
    }
    tell_heard();
    return pause_;
}

Result<void> Puller::advance() {
    switch (mode_) {
        case Mode::kGreeting:
            return greet();
        case Mode::kPages:
            return turn_page();
        case Mode::kLog:
            return follow();
    }
    return {};
}

// ---- Asking

Result<Answer> Puller::ask(const Question& question, milliseconds wait) {
    asked_at_ = parts_.clock.now();
    asked_moment_ = parts_.clock.monotonic();
    const auto frame = parts_.link.ask(encode(question), wait + options_.timeout);
    answered_at_ = parts_.clock.now();
    if (!frame) {
        return std::unexpected(frame.error());
    }
    auto answer = decode_answer(*frame);
    if (!answer) {
        return std::unexpected(std::move(answer).error());
    }
    if (auto* error = std::get_if<Error>(&*answer)) {
        return fail(error->code, fmt::format("{} answered: {}", peer_, error->message));
    }
    const std::lock_guard lock(mutex_);
    heard_at_ = parts_.clock.monotonic();
    return answer;
}

Result<void> Puller::greet() {
    const auto answer = ask(AskHello{.region = parts_.store.region()}, milliseconds{0});
    if (!answer) {
        return std::unexpected(answer.error());
    }
    const auto* hello = std::get_if<Hello>(&*answer);
    if (hello == nullptr) {
        return unexpected_answer(peer_);
    }
    if (hello->region != peer_) {
        return fail(ErrorCode::kConfiguration,
                    fmt::format("{} is expected there, and {} answers: mend the peer's address",
                                peer_, hello->region));
    }
    parts_.heard.note_log(peer_, hello->log);
    const auto cursor = parts_.store.cursor(peer_);
    if (!cursor) {
        return std::unexpected(cursor.error());
    }
    {
        const std::lock_guard lock(mutex_);
        status_.peer_sequence = hello->last_sequence;
    }
    if (cursor->log != hello->log) {
        start_pages(hello->log);
        return {};
    }
    log_ = hello->log;
    asked_ = cursor->sequence;
    mode_ = Mode::kLog;
    return {};
}

// Of a peer whose log is another one than it was, too: it lost its tables, or they were restored.
// What its clients had written before, and only some others have, it gets back from them, and then
// it is in its log.
void Puller::start_pages(store::LogId log) {
    log_ = log;
    position_.clear();
    oldest_view_ = ~store::SequenceNumber{0};
    mode_ = Mode::kPages;
    parts_.heard.note_log(peer_, log);
}

Result<void> Puller::turn_page() {
    auto answer = ask(AskPage{position_}, milliseconds{0});
    if (!answer) {
        return std::unexpected(std::move(answer).error());
    }
    auto* page = std::get_if<Page>(&*answer);
    if (page == nullptr || page->position != position_) {
        return unexpected_answer(peer_);
    }
    if (parts_.clock.monotonic() - asked_moment_ > kPageAgeMax) {
        return fail(ErrorCode::kTimeout, fmt::format("{} took too long for a page", peer_));
    }
    if (page->log != log_) {
        start_pages(page->log);
    } else {
        apply(std::move(*page));
    }
    return {};
}

void Puller::apply(Page page) {
    oldest_view_ = std::min(oldest_view_, page.sequence);
    auto next = std::move(page.page.next);
    store::RemoteBatch batch{
        .from = peer_, .tables = std::move(page.page.tables), .items = std::move(page.page.items)};
    {
        const std::lock_guard lock(mutex_);
        ++status_.pages;
    }
    if (next) {
        position_ = *std::move(next);
    } else {
        batch.complete = store::Cursor{log_, oldest_view_};
        asked_ = oldest_view_;
        mode_ = Mode::kLog;
    }
    parts_.store.submit_remote(std::move(batch), under_way({.far_behind = true}));
}

Result<void> Puller::follow() {
    auto answer = ask(AskChanges{log_, asked_, options_.poll, parts_.heard.all()}, options_.poll);
    if (!answer) {
        return std::unexpected(std::move(answer).error());
    }
    if (const auto* gone = std::get_if<LogGone>(&*answer)) {
        finish();
        start_pages(gone->log);
        return {};
    }
    auto* changes = std::get_if<Changes>(&*answer);
    if (changes == nullptr || changes->log != log_ || changes->after != asked_) {
        return unexpected_answer(peer_);
    }
    parts_.heard.note(changes->heard);
    note_exchange(*changes);
    apply(std::move(*changes));
    return {};
}

void Puller::apply(Changes changes) {
    Batch batch{.mark = changes.mark,
                .far_behind = changes.part.through + kFarBehind < changes.last_sequence};
    if (changes.part.through >= changes.last_sequence) {
        batch.heard_all = parts_.clock.monotonic();
    }
    if (changes.part.through == asked_) {  // a heartbeat
        if (parts_.clock.monotonic() - asked_moment_ < options_.poll / 2) {
            pause_ = options_.retry_first;  // the peer lets nobody wait: it is about to end
        }
        finish();
        const std::lock_guard lock(mutex_);
        if (!failure_) {
            note_applied(batch, {});
        }
        return;
    }
    store::RemoteBatch remote{.from = peer_,
                              .tables = std::move(changes.part.tables),
                              .part = store::LogPart{log_, asked_, changes.part.through}};
    remote.items.reserve(changes.part.changes.size());
    batch.written.reserve(changes.part.changes.size());
    for (auto& change : changes.part.changes) {
        batch.written.push_back(change.at);
        remote.items.push_back(std::move(change.item));
    }
    asked_ = changes.part.through;
    parts_.store.submit_remote(std::move(remote), under_way(std::move(batch)));
}

// ---- What came of it

store::ApplyDone Puller::under_way(Batch batch) {
    const std::lock_guard lock(mutex_);
    ++under_way_;
    return [this, batch = std::move(batch)](const Result<store::Applied>& result) {
        applied(batch, result);
    };
}

void Puller::applied(const Batch& batch, const Result<store::Applied>& result) {
    const std::lock_guard lock(mutex_);
    --under_way_;
    if (result) {
        note_applied(batch, *result);
    } else if (!failure_) {
        failure_ = result.error();
    }
    done_.notify_all();
}

void Puller::note_applied(const Batch& batch, const store::Applied& applied) {
    const auto now = parts_.clock.now();
    const auto ahead = offset_.ahead();
    const auto moment = parts_.clock.monotonic();
    for (const auto written : batch.written) {
        lag_.note(moment, std::max(now - written + ahead, milliseconds{0}));
    }
    status_.items_applied += applied.won + applied.lost + applied.known;
    status_.conflicts += applied.conflicts;
    if (batch.mark) {
        mark_ = batch.mark;
    }
    if (batch.heard_all) {
        heard_all_at_ = *batch.heard_all;
        settled_ = true;
    }
    failures_ = 0;
    enter(batch.far_behind ? LinkState::kCatchingUp : LinkState::kFollowing, {});
}

void Puller::note_exchange(const Changes& changes) {
    const auto moment = parts_.clock.monotonic();
    const std::lock_guard lock(mutex_);
    offset_.note(asked_at_, answered_at_, changes.now, moment);
    status_.peer_sequence = changes.last_sequence;
    waiting_since_.reset();
    if (changes.oldest_waiting) {
        waiting_since_ = moment - std::max(changes.now - *changes.oldest_waiting, milliseconds{0});
    }
}

void Puller::tell_heard() {
    std::unique_lock lock(mutex_);
    const auto mark = std::exchange(mark_, std::nullopt);
    lock.unlock();
    if (mark) {
        parts_.heard.note(Heard{parts_.store.region(), peer_, mark->time, parts_.store.log_id()});
    }
}

void Puller::wait_for_room(std::size_t fewer_than) {
    std::unique_lock lock(mutex_);
    done_.wait(lock, [&] { return under_way_ < fewer_than; });
}

void Puller::finish() {
    wait_for_room(1);
}

std::optional<Error> Puller::take_failure() {
    std::unique_lock lock(mutex_);
    if (!failure_) {
        return std::nullopt;
    }
    // What was queued behind it fails, too.
    done_.wait(lock, [&] { return under_way_ == 0; });
    return std::exchange(failure_, std::nullopt);
}

milliseconds Puller::fail_with(Failed what, const Error& error) {
    const bool applying = what == Failed::kApplying;
    const bool refused = applying ? can_never_be_applied(error.code) : people_must_see(error.code);
    if (applying || refused) {
        mode_ = Mode::kGreeting;
    }
    const std::lock_guard lock(mutex_);
    settled_ = true;
    const auto doublings = std::min(failures_++, kDoublingsMax);
    if (!applying ||
        (error.code != ErrorCode::kVersionConflict && error.code != ErrorCode::kOverloaded)) {
        enter(refused ? LinkState::kRefused : LinkState::kUnreachable,
              applying
                  ? fmt::format("What {} wrote can't be applied here: {}", peer_, error.message)
                  : error.message);
    }
    auto delay = std::min(options_.retry_first * (1 << doublings), options_.retry_max);
    if (refused) {
        delay = options_.retry_max * kRefusedSlower;
    }
    const auto half = static_cast<std::uint64_t>(delay.count() / 2);
    return delay - milliseconds{half == 0 ? 0 : parts_.random.next() % half};
}

void Puller::enter(LinkState state, std::string error) {
    if (state != status_.state) {
        meridian::log(error.empty() ? LogLevel::kInfo : LogLevel::kWarn, "replication",
                      "{}: {}{}{}", peer_, to_string(state), error.empty() ? "" : ": ", error);
    }
    status_.state = state;
    status_.error = std::move(error);
}

bool Puller::is_silent(nanoseconds now) const {
    return status_.state == LinkState::kUnreachable || status_.state == LinkState::kRefused ||
           !heard_at_ || now - *heard_at_ > options_.poll + options_.timeout;
}

LinkStatus Puller::status() const {
    const auto cursor = parts_.store.cursor(peer_);
    const auto now = parts_.clock.monotonic();
    const std::lock_guard lock(mutex_);
    auto status = status_;
    status.cursor = cursor ? *cursor : store::Cursor{};
    status.lag = lag_.summary(now);
    auto since = now;
    if (is_silent(now)) {
        since = heard_all_at_;
    } else if (waiting_since_) {
        since = *waiting_since_;
    }
    status.oldest_waiting = std::chrono::duration_cast<milliseconds>(now - since);
    if (heard_at_) {
        status.last_heard = std::chrono::duration_cast<milliseconds>(now - *heard_at_);
    }
    return status;
}

bool Puller::has_settled() const {
    const std::lock_guard lock(mutex_);
    return settled_;
}

}  // namespace meridian::replication
