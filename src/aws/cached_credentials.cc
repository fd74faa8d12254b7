#include "aws/cached_credentials.h"

#include <fmt/format.h>

#include <utility>

#include "base/deadline.h"
#include "base/log.h"

namespace meridian::aws {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr minutes kAdvisory{15};
constexpr minutes kMandatory{5};
constexpr minutes kGrace{5};  // for those that come past their end
constexpr seconds kFetchMax{30};
constexpr seconds kRenewalMin{30};
// Until the next fetch after one that failed, by how much the new ones are needed.
constexpr seconds kPauseAdvisory{60};
constexpr seconds kPauseMandatory{10};
constexpr seconds kPauseUnusable{1};
constexpr minutes kWait{1};  // of a caller without a deadline

}  // namespace

CachedCredentials::~CachedCredentials() {
    if (fetcher_.joinable()) {
        fetcher_.join();
    }
}

Result<SharedCredentials> CachedCredentials::get() {
    const auto deadline = deadline_within(kWait);
    std::unique_lock lock(mutex_);
    const auto state = freshness();
    if (state == Freshness::kFresh) {
        return current_;
    }
    const bool may_start = clock_.monotonic() >= next_fetch_;
    if (!is_fetching_ && may_start) {
        start_fetch();
    }
    if (state == Freshness::kAdvisory || (!is_fetching_ && state == Freshness::kMandatory)) {
        return current_;
    }
    if (is_fetching_) {
        const auto before = fetches_;
        const bool has_ended =
            fetched_.wait_until(lock, deadline, [&] { return fetches_ != before; });
        if (!has_ended && freshness() == Freshness::kUnusable) {
            return fail(ErrorCode::kUnavailable,
                        "the source of the credentials does not answer in time");
        }
    }
    if (freshness() == Freshness::kUnusable) {
        return std::unexpected(last_ ? Error{ErrorCode::kUnavailable, "the credentials have ended"}
                                     : last_.error());
    }
    return current_;
}

bool CachedCredentials::renew(const SharedCredentials& refused) {
    const std::lock_guard lock(mutex_);
    if (current_ != refused) {
        return true;  // by somebody else, meanwhile
    }
    if (clock_.monotonic() < next_renewal_) {
        return false;
    }
    next_renewal_ = clock_.monotonic() + kRenewalMin;
    next_fetch_ = {};
    current_.reset();
    return true;
}

CachedCredentials::Freshness CachedCredentials::freshness() const {
    if (!current_) {
        return Freshness::kUnusable;
    }
    if (!current_->expires) {
        return Freshness::kFresh;
    }
    const auto left = usable_until_ - clock_.now();
    if (left <= std::chrono::milliseconds{0}) {
        return Freshness::kUnusable;
    }
    return left <= kMandatory  ? Freshness::kMandatory
           : left <= kAdvisory ? Freshness::kAdvisory
                               : Freshness::kFresh;
}

void CachedCredentials::start_fetch() {
    if (fetcher_.joinable()) {
        fetcher_.join();  // it has ended, or is about to: it no longer takes the lock
    }
    is_fetching_ = true;
    fetcher_ = std::thread([this] { fetch(); });
}

void CachedCredentials::fetch() {
    const ScopedDeadline deadline(kFetchMax);
    auto got = fetch_();
    {
        const std::lock_guard lock(mutex_);
        if (got) {
            keep(*std::move(got));
        } else {
            note_failure(std::move(got.error()));
        }
        is_fetching_ = false;
        ++fetches_;
        fetched_.notify_all();
    }
}

void CachedCredentials::keep(Credentials credentials) {
    const auto now = clock_.now();
    usable_until_ = credentials.expires.value_or(now);
    if (credentials.expires && usable_until_ <= now) {
        log(LogLevel::kWarn, "aws",
            "credentials came that ended at {}; they are used for 5 minutes more, and asked for "
            "again",
            format_instant(usable_until_));
        usable_until_ = now + kGrace;
        next_fetch_ = clock_.monotonic() + kPauseMandatory;
    } else {
        next_fetch_ = {};
    }
    current_ = std::make_shared<const Credentials>(std::move(credentials));
    last_ = {};
}

void CachedCredentials::note_failure(Error error) {
    const auto state = freshness();
    const auto pause = state == Freshness::kUnusable    ? kPauseUnusable
                       : state == Freshness::kMandatory ? kPauseMandatory
                                                        : kPauseAdvisory;
    next_fetch_ = clock_.monotonic() + pause;
    if (state != Freshness::kUnusable) {
        log(LogLevel::kWarn, "aws", "no newer credentials came, those of before stay until {}: {}",
            format_instant(usable_until_), error.message);
    }
    last_ = std::unexpected(std::move(error));
}

}  // namespace meridian::aws
