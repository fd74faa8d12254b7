// A response body that is written bit by bit, for as long as somebody listens: server-sent events.
#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace meridian::net {

// Shared by its writer and the connection. The connection takes what was written as fast as the
// client reads; no deadline ends a stream whose client does. A server that stops ends it where it
// is: finish() first, for a body that the client shall take as whole. A client that closes its
// sending side counts as gone. Threads: any.
class BodyStream {
  public:
    // At most that many bytes wait for a slow client.
    explicit BodyStream(std::size_t bytes_max) : bytes_max_(bytes_max) {}

    // Queues bytes. False: the client is gone, or has so much waiting that it is cut off now;
    // nothing written from here on is sent.
    [[nodiscard]] bool write(std::string_view bytes);
    // How much write() takes now without cutting a slow client off; 0 once it is gone.
    [[nodiscard]] std::size_t room() const;
    // Ends the body after what was written.
    void finish();
    // Whether the client is gone or cut off.
    [[nodiscard]] bool is_closed() const;

    // ---- For the connection.
    // From now on calls `wake` when there is something to take where there was nothing; on the
    // writer's thread, which holds the lock: it must not come back in here.
    void on_ready(std::function<void()> wake);
    struct Taken {
        std::string bytes;
        bool is_last = false;
        bool is_cut_off = false;  // the client was too slow: close without a proper end
    };
    [[nodiscard]] Taken take(std::size_t bytes_max);
    // The client is gone.
    void close();

  private:
    void wake() const;
    void drop_waiting();
    [[nodiscard]] std::size_t waiting_bytes() const { return waiting_.size() - taken_; }

    const std::size_t bytes_max_;
    mutable std::mutex mutex_;
    std::string waiting_;
    std::size_t taken_ = 0;  // of its front
    std::function<void()> wake_;
    bool is_finished_ = false;
    bool is_cut_off_ = false;
    bool is_closed_ = false;
};

}  // namespace meridian::net
