// GET /events: changes of rules, business hours and agents, told as they are made.
//
// Source of the form: WHATWG, "HTML", 9.2 "Server-sent events". Each listener is told what the
// store's change log holds after its position, so what it missed and what happens now are one
// sequence, without a gap or a repetition.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string_view>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/log_limit.h"
#include "base/result.h"
#include "management/entity.h"
#include "net/body_stream.h"
#include "net/http.h"
#include "store/table_store.h"

namespace meridian::api {

struct EventHubOptions {
    std::size_t listeners_max = 100;
    std::size_t waiting_bytes_max = std::size_t{256} * 1024;  // for one that reads slowly
    std::chrono::seconds heartbeat_every{15};
};

// What a listener wants.
struct EventQuery {
    std::optional<store::SequenceNumber> after = std::nullopt;  // nothing: from now on
    std::vector<management::Kind> kinds = {};                   // empty: all
    // Asked about once a second: false ends the stream. Empty: always.
    std::function<bool()> is_welcome = nullptr;
};
// From `?kind=routing,agents`, and `Last-Event-ID` or `?after=`. kInvalidInput names the parameter.
[[nodiscard]] Result<EventQuery> parse_event_query(const net::Request& request);

// Role: tells listeners of changes:
//
//   id: 4711
//   event: change
//   data: {"sequence":4711,"at":"…","kind":"routing","entity":"routing/+1800…/us-east-1",
//          "operation":"put|delete","version":3}
//
// A position that the log no longer holds, or never held, gets an event `reset` ("read all again"),
// and goes on from there. A comment with the position as id keeps the connection, so whoever comes
// back after a quiet month still finds its place. A slow client is not waited for: it falls behind
// in the log, and net closes its connection when it takes nothing for a while.
//
// Costs a commit one look at a counter while nobody listens, and a wake-up while somebody does; the
// log is read on a thread of the hub's. `store` and `clock` must outlive it. Threads: any, but
// step().
class EventHub {
  public:
    EventHub(store::TableStore& store, EventHubOptions options, const Clock& clock);
    ~EventHub();  // stop()
    EventHub(const EventHub&) = delete;
    EventHub& operator=(const EventHub&) = delete;

    // From here on a thread calls step() when there is something to do.
    void start();
    // Ends all streams; no listener is taken any more. Call it before the server stops.
    void stop();

    // A response that goes on. kUnavailable: there are as many listeners as there may be. Doesn't
    // block.
    [[nodiscard]] Result<net::Response> listen(EventQuery query);

    [[nodiscard]] std::size_t listeners() const;

    // Tells what there is to tell. kMore: call it again at once; kBlocked: soon, a client has to
    // read first; kIdle: at the next commit, or after a second.
    enum class Next : std::uint8_t { kIdle, kBlocked, kMore };
    Next step();

  private:
    struct Bell;
    struct Listener;
    struct Page;
    class Pages;

    void run(const std::stop_token& stop);
    void admit();
    [[nodiscard]] bool is_welcome(Listener& listener) const;
    [[nodiscard]] Next tell(Listener& listener, Pages& pages);
    [[nodiscard]] Next reset(Listener& listener, std::string_view why) const;
    [[nodiscard]] bool send(Listener& listener, std::string_view text) const;
    void keep_alive(Listener& listener) const;
    void dismiss(const Listener& listener);

    store::TableStore& store_;
    const EventHubOptions options_;
    const Clock& clock_;
    LogLimit complaints_;
    std::shared_ptr<Bell> bell_;       // shared with the store's observer
    std::vector<Listener> listeners_;  // step()'s
    std::jthread thread_;
};

}  // namespace meridian::api
