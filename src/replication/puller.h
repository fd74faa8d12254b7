// Follows one peer: what its clients write comes here.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "replication/heard.h"
#include "replication/lag.h"
#include "replication/link.h"
#include "replication/link_status.h"
#include "replication/message.h"
#include "store/replica_store.h"

namespace meridian::replication {

// What a puller works with. All of it must outlive it.
struct PullerParts {
    store::ReplicaStore& store;
    HeardTable& heard;
    Link& link;
    const Clock& clock;
    Random& random;
};

// Role: asks a peer for what comes after the cursor, and applies it; for everything, in pages, when
// the peer's log is another one or no longer reaches back. The next part is on its way while the
// one before is applied; two at most wait for the store, so the memory is bounded and a peer is not
// asked faster than the disk takes it. A crash at any place is gone on from. Threads: step() and
// finish() one at a time; status() and has_settled() any.
class Puller {
  public:
    Puller(std::string peer, const PullerParts& parts, const ReplicatorOptions& options);
    ~Puller();  // finish()
    Puller(const Puller&) = delete;
    Puller& operator=(const Puller&) = delete;

    // One question, and what follows from its answer. Says how long to wait before the next one.
    [[nodiscard]] std::chrono::milliseconds step();
    // Waits for what the store has not applied yet.
    void finish();

    [[nodiscard]] LinkStatus status() const;
    // The peer was heard completely once, or could not be reached.
    [[nodiscard]] bool has_settled() const;

  private:
    enum class Mode : std::uint8_t { kGreeting, kPages, kLog };
    // What is to be noted once a batch is applied.
    struct Batch {
        std::vector<Instant> written = {};
        std::optional<store::Mark> mark = {};
        bool far_behind = false;
        std::optional<std::chrono::nanoseconds> heard_all = {};  // then, it was everything
    };
    enum class Failed : std::uint8_t { kAsking, kApplying };

    [[nodiscard]] Result<void> advance();
    [[nodiscard]] Result<void> greet();
    void start_pages(store::LogId log);
    [[nodiscard]] Result<void> turn_page();
    void apply(Page page);
    [[nodiscard]] Result<void> follow();
    void apply(Changes changes);
    [[nodiscard]] Result<Answer> ask(const Question& question, std::chrono::milliseconds wait);

    [[nodiscard]] store::ApplyDone under_way(Batch batch);
    void applied(const Batch& batch, const Result<store::Applied>& result);
    void note_applied(const Batch& batch, const store::Applied& applied);  // under the mutex
    void note_exchange(const Changes& changes);
    void tell_heard();
    // Waits until fewer are under way.
    void wait_for_room(std::size_t fewer_than);
    [[nodiscard]] std::optional<Error> take_failure();
    [[nodiscard]] std::chrono::milliseconds fail_with(Failed what, const Error& error);
    void enter(LinkState state, std::string error);  // under the mutex
    [[nodiscard]] bool is_silent(std::chrono::nanoseconds now) const;

    const std::string peer_;
    const PullerParts parts_;
    const ReplicatorOptions options_;

    // The stepping thread's.
    Mode mode_ = Mode::kGreeting;
    store::LogId log_{};
    store::SequenceNumber asked_ = 0;  // received up to there, applied perhaps not yet
    std::string position_;
    store::SequenceNumber oldest_view_ = 0;
    Instant asked_at_{};  // the last answer's question, and the answer
    Instant answered_at_{};
    std::chrono::nanoseconds asked_moment_{0};
    std::chrono::milliseconds pause_{0};

    mutable std::mutex mutex_;
    std::condition_variable done_;
    std::size_t under_way_ = 0;
    std::optional<Error> failure_;
    std::optional<store::Mark> mark_;  // applied, to be told
    unsigned failures_ = 0;            // in a row
    bool settled_ = false;
    LinkStatus status_;  // without what is computed when it is asked for
    LagWindow lag_;
    ClockOffset offset_;
    std::optional<std::chrono::nanoseconds> heard_at_;
    std::chrono::nanoseconds heard_all_at_;  // or the start
    std::optional<std::chrono::nanoseconds> waiting_since_;
};

}  // namespace meridian::replication
