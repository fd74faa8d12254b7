// A connected stream of bytes: TCP, or TLS over it.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace meridian::net {

// What happens on a stream. Called on its loop's thread, never from within a call of the stream.
class StreamSink {
  public:
    virtual ~StreamSink() = default;

    virtual void on_received(std::size_t bytes) = 0;
    // The peer has finished sending, or the connection is broken.
    virtual void on_ended() = 0;
    virtual void on_writable() = 0;
    // What Stream::watch() was for: the peer has sent something, or has finished sending.
    virtual void on_watched(bool has_ended) = 0;
    // In place of on_received or on_ended: the peer doesn't speak the stream's protocol. What is
    // sent from here on goes out as it is.
    virtual void on_plain_text() = 0;
};

// Ownership: an operation under way keeps its sink alive. Threads: its loop's only.
class Stream {
  public:
    virtual ~Stream() = default;

    // One at a time; `into` must live as long as the sink. Ends in on_received or on_ended, unless
    // the stream is closed first.
    virtual void receive(std::span<char> into, std::shared_ptr<StreamSink> sink) = 0;

    // Sends what fits at once and says how much that was; nothing: the connection is broken.
    [[nodiscard]] virtual std::optional<std::size_t> send(
        std::span<const std::string_view> pieces) = 0;
    // One at a time. Ends in on_writable, unless the stream is closed first.
    virtual void wait_writable(std::shared_ptr<StreamSink> sink) = 0;

    // Waits for what comes next, and leaves it there. One at a time; begun while no receive() is
    // under way. Ends in on_watched, unless the stream is closed first.
    virtual void watch(std::shared_ptr<StreamSink> sink) = 0;

    // Whether the two sides have agreed on how to talk.
    [[nodiscard]] virtual bool is_established() const = 0;

    // Whether bytes have come that no receive() has taken.
    [[nodiscard]] virtual bool has_input() = 0;

    virtual void shut_down_sending() = 0;
    virtual void close() = 0;

    [[nodiscard]] virtual std::string peer() const = 0;
    [[nodiscard]] virtual bool peer_is_loopback() const = 0;
};

}  // namespace meridian::net
