#include "net/connection.h"

#include <algorithm>
#include <exception>
#include <limits>
#include <typeinfo>
#include <utility>

#include "base/log.h"
#include "net/response_writer.h"

namespace meridian::net {
namespace {

// How long a client may take to close its side after our last byte.
constexpr std::chrono::milliseconds kLingerTimeout{1'000};
// How much it may send meanwhile: more than what it can have had under way.
constexpr std::size_t kDroppedBytesMax = std::size_t{16} * 1024 * 1024;
// A client that took nothing for so long is not merely slow.
constexpr std::chrono::milliseconds kStuckTime{1'000};
// What a stream gives at once, so that its bound is what waits for a slow client.
constexpr std::size_t kStreamPieceBytes = std::size_t{64} * 1024;

// The writer of a stream that nobody will send learns it.
void discard(const Response& response) {
    if (response.stream) {
        response.stream->close();
    }
}

}  // namespace

Connection::Connection(ConnectionHost& host, std::unique_ptr<Stream> stream)
    : host_(host),
      stream_(std::move(stream)),
      exchange_(make_exchange()),
      parser_({.header_bytes_max = host.options.header_bytes_max,
               .body_bytes_max = host.options.body_bytes_max}) {}

std::shared_ptr<Exchange> Connection::make_exchange() const {
    auto exchange = std::make_shared<Exchange>();
    exchange->peer = stream_->peer();
    exchange->mailbox = host_.mailbox;
    exchange->request.peer = exchange->peer;
    exchange->request.id = to_view(exchange->id);
    exchange->request.peer_is_loopback = stream_->peer_is_loopback();
    return exchange;
}

void Connection::start() {
    exchange_->target = weak_from_this();
    wait_for_request();
}

void Connection::start_refused() {
    is_refused_ = true;
    refuse({503, "The server has as many connections as it may have; try again later."});
    advance();
}

void Connection::begin_stop() {
    if (phase_ == Phase::kStreaming) {
        interrupt_stream();
        return advance();
    }
    if (phase_ == Phase::kReading && exchange_->input.empty() && output_.empty() &&
        !stream_->has_input()) {
        close();
    }
}

void Connection::close() {
    if (phase_ == Phase::kClosed) {
        return;
    }
    phase_ = Phase::kClosed;
    exchange_->target.reset();
    if (streaming_.source) {
        streaming_.source->close();
    }
    count_buffer(0);
    stream_->close();
    host_.on_closed(*this);
}

void Connection::on_received(std::size_t bytes) {
    is_receiving_ = false;
    if (phase_ == Phase::kReading) {
        exchange_->input.commit(bytes);
        advance();
    } else if (phase_ == Phase::kClosing) {
        dropped_bytes_ += bytes;
        dropped_bytes_ > kDroppedBytesMax ? close() : advance();
    }
}

// No read is under way while a request is handled, so a client that shuts down its sending side
// still gets the responses that it has asked for.
void Connection::on_ended() {
    is_receiving_ = false;
    has_ended_ = true;
    if (output_.empty()) {
        close();
    }
}

void Connection::on_writable() {
    is_waiting_writable_ = false;
    if (phase_ != Phase::kClosed) {
        advance();
    }
}

void Connection::on_watched(bool has_ended) {
    is_watching_ = false;
    if (has_ended && phase_ == Phase::kStreaming) {
        close();
    }
}

void Connection::on_plain_text() {
    is_receiving_ = false;
    if (phase_ == Phase::kClosed) {
        return;
    }
    if (phase_ == Phase::kReading) {
        refuse({400, "This port speaks TLS: use https."});
    }
    advance();
}

void Connection::on_reply(Response response) {
    if (phase_ != Phase::kHandling) {
        return discard(response);
    }
    respond(std::move(response),
            parser_.head().keep_alive && (!host_.is_stopping || has_more_requests()));
    if (!in_handler_) {
        advance();
    }
}

void Connection::advance() {
    for (;;) {
        const bool is_starved = take_requests();
        if (!flush()) {
            return;
        }
        if (phase_ == Phase::kStreaming) {
            if (!take_from_stream()) {
                return;
            }
            continue;
        }
        if (phase_ == Phase::kClosing) {
            return linger();
        }
        if (phase_ != Phase::kReading) {
            return;
        }
        if (is_starved) {
            return wait_for_request();
        }
    }
}

// Handles the requests that have come. True: it needs more input to go on; false: it waits for a
// reply or for room in the output, or reads no more.
bool Connection::take_requests() {
    while (phase_ == Phase::kReading && !output_.is_full()) {
        switch (parser_.parse(exchange_->input, exchange_->request)) {
            case RequestParser::Status::kNeedMore:
                if (parser_.take_expectation()) {
                    output_.text() += "HTTP/1.1 100 Continue\r\n\r\n";
                }
                return true;
            case RequestParser::Status::kRefused:
                refuse(parser_.refusal());
                break;
            case RequestParser::Status::kComplete:
                handle_request();
                break;
        }
    }
    return false;
}

void Connection::handle_request() {
    identify();
    phase_ = Phase::kHandling;
    wait_anew(Wait::kNothing);
    in_handler_ = true;
    try {
        host_.handler(exchange_->request, make_reply(exchange_));
    } catch (const std::exception& exception) {
        handle_exception(typeid(exception).name());
    } catch (...) {
        handle_exception("unknown");
    }
    in_handler_ = false;
    if (phase_ == Phase::kHandling) {
        wait_for(Wait::kReply);
    }
}

void Connection::identify() {
    if (!std::exchange(is_identified_, true)) {
        host_.ids.make(exchange_->id);
    }
}

// The Reply was either dropped on the way out, which has answered, or is kept somewhere.
void Connection::handle_exception(const char* type) {
    log(LogLevel::kError, "net", "a handler threw {}", type);
    if (phase_ == Phase::kHandling) {
        abandon_exchange();
        refuse({500, "The server failed to answer the request."});
    }
}

void Connection::respond(Response response, bool keep) {
    if (!is_sendable(response)) {
        log(LogLevel::kError, "net", "a handler's response (status {}) cannot be sent",
            response.status);
        discard(response);
        response = refusal_response({500, "The server failed to answer the request."});
    }
    identify();
    const RequestHead& head = parser_.head();
    const bool takes_body =
        !(parser_.head_is_read() && head.is_head) && status_has_body(response.status);
    const BodyEnd body_end = !response.stream ? BodyEnd::kLength
                             : head.is_http10 ? BodyEnd::kConnection
                                              : BodyEnd::kChunked;
    keep = keep && body_end != BodyEnd::kConnection;
    const Persistence kept = head.is_http10 ? Persistence::kKeepAsHttp10 : Persistence::kKeep;
    append_head(output_.text(), response,
                {.persistence = keep ? kept : Persistence::kClose,
                 .body_end = body_end,
                 .request_id = to_view(exchange_->id),
                 .date = host_.date});
    is_identified_ = false;
    if (keep) {
        exchange_->input.consume(parser_.request_bytes());
        parser_.next();
    }
    phase_ = keep ? Phase::kReading : Phase::kClosing;
    wait_anew(Wait::kNothing);
    if (!takes_body) {
        discard(response);
    } else if (response.stream) {
        start_stream(std::move(response), body_end, keep);
    } else {
        output_.append_body(std::move(response.body));
    }
}

void Connection::start_stream(Response response, BodyEnd body_end, bool keep) {
    phase_ = Phase::kStreaming;
    streaming_ = {.source = std::move(response.stream), .body_end = body_end, .keep = keep};
    append_to_stream(response.body);
    if (host_.is_stopping) {
        return interrupt_stream();
    }
    streaming_.source->on_ready([mailbox = host_.mailbox, weak = weak_from_this()] {
        mailbox->post([weak] {
            if (const auto self = weak.lock()) {
                self->on_stream_ready();
            }
        });
    });
}

void Connection::on_stream_ready() {
    if (phase_ != Phase::kStreaming) {
        return;
    }
    if (streaming_.source->is_closed()) {
        return close();
    }
    advance();
}

// False: there is nothing to send just now, or never again. REQUIRES: what was taken before is
// sent.
bool Connection::take_from_stream() {
    const auto taken = streaming_.source->take(kStreamPieceBytes);
    if (taken.is_cut_off) {
        close();
        return false;
    }
    append_to_stream(taken.bytes);
    if (taken.is_last) {
        end_stream(true);
        return true;
    }
    if (!taken.bytes.empty()) {
        return true;
    }
    wait_anew(Wait::kNothing);
    if (!std::exchange(is_watching_, true)) {
        stream_->watch(shared_from_this());
    }
    return false;
}

void Connection::append_to_stream(std::string_view bytes) {
    if (streaming_.body_end == BodyEnd::kChunked) {
        append_chunk(output_.text(), bytes);
    } else {
        output_.text() += bytes;
    }
}

// Sends what was written so far. Unless that is all, the client sees that the body is cut short.
void Connection::interrupt_stream() {
    const auto taken = streaming_.source->take(std::numeric_limits<std::size_t>::max());
    append_to_stream(taken.bytes);
    end_stream(taken.is_last);
}

void Connection::end_stream(bool is_whole) {
    if (is_whole && streaming_.body_end == BodyEnd::kChunked) {
        append_last_chunk(output_.text());
    }
    streaming_.source->close();
    phase_ = is_whole && streaming_.keep ? Phase::kReading : Phase::kClosing;
    streaming_ = {};
}

void Connection::refuse(const Refusal& refusal) {
    identify();
    if (host_.options.on_refusal) {
        host_.options.on_refusal(
            {.status = refusal.status, .id = to_view(exchange_->id), .peer = exchange_->peer});
    }
    respond(refusal_response(refusal), false);
}

// Leaves the request to the handler that still looks at it.
void Connection::abandon_exchange() {
    exchange_->target.reset();
    const RequestId id = exchange_->id;
    exchange_ = make_exchange();
    exchange_->id = id;
}

// True: everything is sent. False: waiting for room, or closed.
bool Connection::flush() {
    while (!output_.empty()) {
        const auto sent = stream_->send(output_.pieces());
        if (!sent) {
            close();
            return false;
        }
        if (*sent > 0) {
            output_.mark_sent(*sent);
            if (wait_ == Wait::kRoom) {
                wait_anew(Wait::kNothing);
            }
            continue;
        }
        if (!is_waiting_writable_) {
            is_waiting_writable_ = true;
            stream_->wait_writable(shared_from_this());
        }
        if (phase_ != Phase::kHandling) {
            wait_for(Wait::kRoom);
        }
        return false;
    }
    return true;
}

// Behind the one that is being answered.
bool Connection::has_more_requests() const {
    return exchange_->input.size() > parser_.request_bytes() || stream_->has_input();
}

void Connection::wait_for_request() {
    if (host_.is_stopping && exchange_->input.empty() && !stream_->has_input()) {
        phase_ = Phase::kClosing;
        return linger();
    }
    if (parser_.head_is_read()) {
        wait_for(Wait::kBody);
    } else if (!exchange_->input.empty()) {
        wait_for(Wait::kHead);
    } else {
        wait_anew(stream_->is_established() ? Wait::kIdle : Wait::kHandshake);
        if (!is_receiving_) {
            exchange_->input.release_excess();
        }
    }
    receive();
}

void Connection::linger() {
    if (has_ended_) {
        return close();
    }
    if (wait_ != Wait::kLinger) {
        stream_->shut_down_sending();
        wait_for(Wait::kLinger);
    }
    exchange_->input.clear();
    receive();
}

void Connection::receive() {
    if (!is_receiving_) {
        is_receiving_ = true;
        const auto space = exchange_->input.free_space();
        count_buffer(exchange_->input.capacity());
        stream_->receive(space, shared_from_this());
    }
}

void Connection::count_buffer(std::size_t capacity) {
    const std::size_t counted = capacity > InputBuffer::kCapacityKeptBytes ? capacity : 0;
    if (counted == buffered_bytes_) {
        return;
    }
    const bool has_grown = counted > buffered_bytes_;
    host_.buffered_bytes += counted - buffered_bytes_;  // modulo 2^64, downwards too
    buffered_bytes_ = counted;
    if (has_grown && host_.buffered_bytes > host_.options.buffered_bytes_max) {
        host_.on_memory_short();
    }
}

// Waiting longer for the same thing does not move its deadline.
void Connection::wait_for(Wait wait) {
    if (wait_ != wait) {
        wait_anew(wait);
    }
}

void Connection::wait_anew(Wait wait) {
    if (wait_ != Wait::kNothing || wait != Wait::kNothing) {
        host_.room.move(place, wait_, wait);
        wait_ = wait;
        waiting_since_ = ++host_.waits;
        deadline_ = host_.ticks.after(timeout(wait));
    }
}

std::chrono::milliseconds Connection::timeout(Wait wait) const {
    switch (wait) {
        case Wait::kIdle:
            return host_.options.idle_timeout;
        case Wait::kHandshake:
        case Wait::kHead:
            return host_.options.header_timeout;
        case Wait::kReply:
            return host_.options.reply_timeout;
        case Wait::kLinger:
            return std::min(kLingerTimeout, host_.options.idle_timeout);
        case Wait::kBody:
        case Wait::kRoom:
        case Wait::kNothing:
            break;
    }
    return host_.options.body_timeout;
}

void Connection::on_late() {
    switch (wait_) {
        case Wait::kHead:
        case Wait::kBody:
            refuse({408, "The request did not come in time."});
            return advance();
        case Wait::kReply:
            abandon_exchange();
            refuse({504, "The server did not answer the request in time."});
            return advance();
        case Wait::kHandshake:
            return stream_->is_established() ? wait_anew(Wait::kIdle) : close();
        case Wait::kIdle:
        case Wait::kRoom:
        case Wait::kLinger:
        case Wait::kNothing:
            return close();
    }
}

bool Connection::is_evictable() const {
    switch (wait_) {
        case Wait::kIdle:
            return !stream_->has_input();  // else it has a request, which was only not read yet
        case Wait::kLinger:
            return !is_refused_;  // it takes nobody's place
        case Wait::kHandshake:
        case Wait::kHead:
        case Wait::kBody:
            return true;
        case Wait::kRoom:
            return waited() >= kStuckTime;
        case Wait::kReply:
        case Wait::kNothing:
            break;
    }
    return false;
}

void Connection::evict() {
    if (wait_ == Wait::kHead || wait_ == Wait::kBody) {
        refuse({503, "The server has too much to do to wait for the request; try again later."});
        (void)stream_->send(output_.pieces());
    }
    close();
}

}  // namespace meridian::net
