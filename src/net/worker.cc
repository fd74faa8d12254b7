#include "net/worker.h"

#include <algorithm>
#include <utility>

#include "net/response_writer.h"

namespace meridian::net {
namespace {

constexpr std::chrono::milliseconds kTickMin{5};
constexpr std::chrono::milliseconds kTickMax{500};

// Fine enough for the shortest timeout, and for the Date header's seconds.
std::chrono::milliseconds tick_interval(const ServerOptions& options) {
    const auto shortest = std::min({options.header_timeout, options.body_timeout,
                                    options.idle_timeout, options.reply_timeout});
    return std::clamp(shortest / 8, kTickMin, kTickMax);
}

}  // namespace

Worker::Worker(const ServerOptions& options, const Handler& handler, std::atomic<std::size_t>& open)
    : open_(open),
      host_{.options = options,
            .handler = handler,
            .mailbox = loop_.mailbox(),
            .ticks = TickClock(tick_interval(options)),
            .ids = {},
            .date = {},
            .is_stopping = false,
            .on_closed = [this](Connection& connection) { forget(connection); }} {
    on_tick();
    loop_.every(tick_interval(options), [this] { on_tick(); });
}

void Worker::start() {
    thread_ = std::thread([this] { loop_.run(); });
}

void Worker::join() {
    if (thread_.joinable()) {
        thread_.join();
    }
}

void Worker::adopt(std::unique_ptr<Stream> stream, bool is_over_limit) {
    if (loop_.mailbox()->is_current_thread()) {
        return serve(std::move(stream), is_over_limit);
    }
    loop_.mailbox()->post([this, stream = std::move(stream), is_over_limit]() mutable {
        serve(std::move(stream), is_over_limit);
    });
}

void Worker::serve(std::unique_ptr<Stream> stream, bool is_over_limit) {
    const auto connection = std::make_shared<Connection>(host_, std::move(stream));
    connection->index = connections_.size();
    connections_.push_back(connection);
    if (is_over_limit) {
        connection->start_refused();
    } else {
        connection->start();
    }
}

void Worker::forget(Connection& connection) {
    const std::size_t index = connection.index;
    connections_.back()->index = index;
    std::swap(connections_[index], connections_.back());
    connections_.pop_back();
    --open_;
    if (host_.is_stopping && connections_.empty()) {
        loop_.finish();
    }
}

void Worker::begin_stop(std::chrono::milliseconds grace) {
    loop_.mailbox()->post([this, grace] { stop_now(grace); });
}

void Worker::stop_now(std::chrono::milliseconds grace) {
    host_.is_stopping = true;
    // From the back: a connection that closes swaps places with the last.
    for (std::size_t i = connections_.size(); i-- > 0;) {
        const auto connection = connections_[i];
        connection->begin_stop();
    }
    if (connections_.empty()) {
        return loop_.finish();
    }
    loop_.after(grace, [this] { close_all(); });
}

void Worker::close_all() {
    for (std::size_t i = connections_.size(); i-- > 0;) {
        const auto connection = connections_[i];
        connection->close();
    }
}

void Worker::on_tick() {
    const std::time_t now = std::time(nullptr);
    if (now != date_second_) {
        date_second_ = now;
        host_.date = http_date(now);
    }
    host_.ticks.tick();
    for (std::size_t i = connections_.size(); i-- > 0;) {
        const auto connection = connections_[i];
        connection->on_tick();
    }
}

}  // namespace meridian::net
