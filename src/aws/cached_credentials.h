// Credentials that end, fetched anew before they do.
//
// Source: the limits are those of AWS's SDKs (botocore, credentials.py: advisory refresh 15 minutes
// before the end, mandatory 10; SDKs for Java and .NET: 5).
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>

#include "aws/credential_provider.h"
#include "base/clock.h"

namespace meridian::aws {

// Role: keeps what `fetch` gave. In the last 15 minutes of credentials a get() has newer ones
// fetched and answers with the old at once; in the last 5 it waits for the newer. A fetch that
// fails leaves the old ones until they end, and is made again later. Ownership: its one background
// thread, which runs while something is fetched, 30 s at most; destruction waits for that. Threads:
// any.
//
// Credentials that are past their end as they come are used for 5 minutes: a source that is cut off
// from its own service gives such, and this machine's clock may be wrong.
class CachedCredentials final : public CredentialProvider {
  public:
    // Called by one thread at a time, none of the callers', with a deadline of 30 s.
    using Fetch = std::function<Result<Credentials>()>;

    // `clock` must outlive it.
    CachedCredentials(Fetch fetch, const Clock& clock) : fetch_(std::move(fetch)), clock_(clock) {}
    ~CachedCredentials() override;

    [[nodiscard]] Result<SharedCredentials> get() override;
    // Makes the next get() fetch, twice a minute at most.
    [[nodiscard]] bool renew(const SharedCredentials& refused) override;

  private:
    enum class Freshness : std::uint8_t { kFresh, kAdvisory, kMandatory, kUnusable };
    [[nodiscard]] Freshness freshness() const;
    void start_fetch();
    void fetch();
    void keep(Credentials credentials);
    void note_failure(Error error);

    const Fetch fetch_;
    const Clock& clock_;
    std::mutex mutex_;  // of everything below
    std::condition_variable fetched_;
    std::thread fetcher_;
    bool is_fetching_ = false;
    std::uint64_t fetches_ = 0;  // that have ended
    SharedCredentials current_;  // null: none yet
    Instant usable_until_{};
    Result<void> last_ = {};                  // what the last fetch came to
    std::chrono::nanoseconds next_fetch_{0};  // not before; by clock_.monotonic()
    std::chrono::nanoseconds next_renewal_{0};
};

}  // namespace meridian::aws
