// One client's connection: requests in, responses out, in order, one at a time.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "net/body_stream.h"
#include "net/exchange.h"
#include "net/http.h"
#include "net/output_queue.h"
#include "net/request_id.h"
#include "net/request_parser.h"
#include "net/response_writer.h"
#include "net/server.h"
#include "net/stream.h"
#include "net/tick_clock.h"
#include "net/waiting_room.h"

namespace meridian::net {

class Connection;

// What the connections of one loop share. Outlives them. Threads: the loop's.
struct ConnectionHost {
    const ServerOptions& options;
    const Handler& handler;
    std::atomic<std::size_t>& buffered_bytes;  // see ServerOptions::buffered_bytes_max
    std::shared_ptr<Mailbox> mailbox;
    TickClock ticks;
    RequestIds ids;
    std::string date;
    WaitingRoom room;
    std::uint64_t waits = 0;  // that have begun
    bool is_stopping = false;
    std::function<void(Connection&)> on_closed;
    std::function<void()> on_memory_short;  // called anywhere within a connection
};

// A state machine over a Stream, driven by callbacks: at the server's rates a coroutine frame for
// each operation would be a cost, and the states are few:
//
//   reading  → handling when a request is whole; → closing when it is refused
//   handling → reading when its reply is written; → closing after the last one, or at a timeout;
//              → streaming when the reply goes on
//   streaming → reading or closing at the stream's end; → closed when the client is gone or cut off
//   closing  sends what is left, then FIN, then drops input until the client closes too (a reset
//            on unread input could destroy the response on its way)
//   closed   the stream is gone
//
// Threads: the loop's.
class Connection final : public StreamSink,
                         public ReplyTarget,
                         public std::enable_shared_from_this<Connection> {
  public:
    Connection(ConnectionHost& host, std::unique_ptr<Stream> stream);

    void start();
    // Answers 503 without reading a request.
    void start_refused();
    [[nodiscard]] bool is_refused() const { return is_refused_; }

    // Whether no harm is done by closing it in favour of another: no request of it is being worked
    // on, or its client has long stopped to take the answer.
    [[nodiscard]] bool is_evictable() const;
    // For the same thing: which of its host's waits that is, and for how long.
    [[nodiscard]] std::uint64_t waiting_since() const { return waiting_since_; }
    [[nodiscard]] std::chrono::milliseconds waited() const {
        return host_.ticks.elapsed(deadline_, timeout(wait_));
    }
    // Closes it; with a word, where a request has begun.
    void evict();

    // Closes when idle; else the response under way will be the last.
    void begin_stop();
    void close();

    // For what it waits for.
    [[nodiscard]] bool is_late() const { return host_.ticks.has_passed(deadline_); }
    // Afterwards it waits for something else.
    void on_late();

    void on_received(std::size_t bytes) override;
    void on_ended() override;
    void on_writable() override;
    void on_watched(bool has_ended) override;
    void on_plain_text() override;
    void on_reply(Response response) override;
    [[nodiscard]] bool is_in_handler() const override { return in_handler_; }

    // Where it is kept. REQUIRES: set before it starts.
    WaitingRoom::Place place;
    [[nodiscard]] Wait wait() const { return wait_; }
    // Its part of the host's.
    [[nodiscard]] std::size_t buffered_bytes() const { return buffered_bytes_; }

  private:
    enum class Phase : std::uint8_t { kReading, kHandling, kStreaming, kClosing, kClosed };

    void advance();
    [[nodiscard]] bool take_requests();
    [[nodiscard]] bool flush();
    void handle_request();
    void identify();
    void handle_exception(const char* type);
    void respond(Response response, bool keep);
    void refuse(const Refusal& refusal);
    void abandon_exchange();
    void start_stream(Response response, BodyEnd body_end, bool keep);
    void on_stream_ready();
    [[nodiscard]] bool take_from_stream();
    void append_to_stream(std::string_view bytes);
    void interrupt_stream();
    void end_stream(bool is_whole);
    void wait_for_request();
    void linger();
    void receive();
    void count_buffer(std::size_t capacity);
    void wait_for(Wait wait);
    void wait_anew(Wait wait);
    [[nodiscard]] bool has_more_requests() const;
    [[nodiscard]] std::chrono::milliseconds timeout(Wait wait) const;
    [[nodiscard]] std::shared_ptr<Exchange> make_exchange() const;

    ConnectionHost& host_;
    std::unique_ptr<Stream> stream_;
    std::shared_ptr<Exchange> exchange_;
    RequestParser parser_;
    OutputQueue output_;
    struct Streaming {
        std::shared_ptr<BodyStream> source;
        BodyEnd body_end = BodyEnd::kChunked;
        bool keep = false;  // the connection, afterwards
    };
    Streaming streaming_;  // in that phase
    Phase phase_ = Phase::kReading;
    Wait wait_ = Wait::kNothing;
    TickClock::Deadline deadline_ = 0;
    std::uint64_t waiting_since_ = 0;
    std::size_t buffered_bytes_ = 0;
    std::size_t dropped_bytes_ = 0;  // while closing
    bool in_handler_ = false;
    bool is_identified_ = false;  // exchange_->id is the request's
    bool is_receiving_ = false;
    bool is_waiting_writable_ = false;
    bool is_watching_ = false;
    bool has_ended_ = false;  // the client has, while closing
    bool is_refused_ = false;
};

}  // namespace meridian::net
