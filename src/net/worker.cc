#include "net/worker.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "net/response_writer.h"

namespace meridian::net {
namespace {

constexpr std::chrono::milliseconds kTickMin{5};
constexpr std::chrono::milliseconds kTickMax{500};

// Who goes first when there is no room: who has no request, then who has none yet, then who has
// been answered, then whose request is still coming, then who doesn't take its answer.
constexpr Wait kEvictionOrder[] = {Wait::kIdle,   Wait::kHandshake, Wait::kHead,
                                   Wait::kLinger, Wait::kBody,      Wait::kRoom};
// Those at the front that cannot go are soon no longer there.
constexpr int kCandidatesMax = 16;

// Connections that are told that there is no room at the same time.
constexpr std::size_t kRefusalsMax = 64;

// Fine enough for the shortest timeout, and for the Date header's seconds.
std::chrono::milliseconds tick_interval(const ServerOptions& options) {
    const auto shortest = std::min({options.header_timeout, options.body_timeout,
                                    options.idle_timeout, options.reply_timeout});
    return std::clamp(shortest / 8, kTickMin, kTickMax);
}

}  // namespace

Worker::Worker(const Shared& shared, std::function<void()> ask_others)
    : shared_(shared),
      host_{.options = shared.options,
            .handler = shared.handler,
            .buffered_bytes = shared.buffered_bytes,
            .mailbox = loop_.mailbox(),
            .ticks = TickClock(tick_interval(shared.options)),
            .ids = {},
            .date = {},
            .room = {},
            .is_stopping = false,
            .on_closed = [this](Connection& connection) { forget(connection); },
            .on_memory_short =
                [this] {
                    if (!std::exchange(is_saving_memory_, true)) {
                        loop_.mailbox()->post([this] { save_memory(); });
                    }
                }},
      ask_others_(std::move(ask_others)) {
    on_tick();
    loop_.every(tick_interval(shared.options), [this] { on_tick(); });
}

void Worker::start() {
    thread_ = std::thread([this] { loop_.run(); });
}

void Worker::join() {
    if (thread_.joinable()) {
        thread_.join();
    }
}

void Worker::adopt(std::unique_ptr<Stream> stream) {
    if (loop_.mailbox()->is_current_thread()) {
        return serve(std::move(stream));
    }
    loop_.mailbox()->post(
        [this, stream = std::move(stream)]() mutable { serve(std::move(stream)); });
}

void Worker::serve(std::unique_ptr<Stream> stream) {
    if (shared_.open <= shared_.options.connections_max || make_room(1)) {
        return enter(std::move(stream))->start();
    }
    newcomers_.push_back(std::move(stream));
    ask_others_();
}

void Worker::take_answer(bool there_is_room) {
    loop_.mailbox()->post([this, there_is_room] {
        if (newcomers_.empty()) {
            return;
        }
        auto stream = std::move(newcomers_.front());
        newcomers_.pop_front();
        there_is_room ? enter(std::move(stream))->start() : refuse(std::move(stream));
    });
}

// While many are being told, more are just closed.
void Worker::refuse(std::unique_ptr<Stream> stream) {
    --shared_.open;
    if (++shared_.refused <= kRefusalsMax) {
        enter(std::move(stream))->start_refused();
    } else {
        --shared_.refused;
    }
}

std::shared_ptr<Connection> Worker::enter(std::unique_ptr<Stream> stream) {
    auto connection = std::make_shared<Connection>(host_, std::move(stream));
    connection->place = host_.room.enter(connection);
    ++connections_;
    return connection;
}

bool Worker::make_room(int connections) {
    int evicted = 0;
    while (evicted < connections && evict_one()) {
        ++evicted;
    }
    return evicted > 0;
}

bool Worker::evict_one() {
    for (const Wait wait : kEvictionOrder) {
        int candidates = 0;
        for (const auto& candidate : host_.room.waiting_for(wait)) {
            if (!candidate->is_refused() && candidate->is_evictable()) {
                const auto connection = candidate;
                connection->evict();
                return true;
            }
            if (++candidates == kCandidatesMax) {
                break;
            }
        }
    }
    return false;
}

// Those whose requests are being handled keep theirs: what is still coming has to wait for memory.
void Worker::save_memory() {
    is_saving_memory_ = false;
    for (const Wait wait : {Wait::kBody, Wait::kHead}) {
        const auto& waiting = host_.room.waiting_for(wait);
        const std::vector<std::shared_ptr<Connection>> all(waiting.begin(), waiting.end());
        for (const auto& connection : all) {
            if (host_.buffered_bytes <= host_.options.buffered_bytes_max) {
                return;
            }
            if (connection->buffered_bytes() > 0) {
                connection->evict();
            }
        }
    }
}

void Worker::forget(Connection& connection) {
    host_.room.leave(connection.place, connection.wait());
    --connections_;
    --(connection.is_refused() ? shared_.refused : shared_.open);
    if (host_.is_stopping && connections_ == 0) {
        loop_.finish();
    }
}

void Worker::begin_stop(std::chrono::milliseconds grace) {
    loop_.mailbox()->post([this, grace] { stop_now(grace); });
}

void Worker::stop_now(std::chrono::milliseconds grace) {
    host_.is_stopping = true;
    shared_.open -= newcomers_.size();
    newcomers_.clear();
    for (const auto& connection : host_.room.everyone()) {
        connection->begin_stop();
    }
    if (connections_ == 0) {
        return loop_.finish();
    }
    loop_.after(grace, [this] { close_all(); });
}

void Worker::close_all() {
    for (const auto& connection : host_.room.everyone()) {
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
    for (std::size_t i = 0; i < kWaits; ++i) {
        const auto wait = static_cast<Wait>(i);
        const auto& waiting = host_.room.waiting_for(wait);
        while (wait != Wait::kNothing && !waiting.empty() && waiting.front()->is_late()) {
            const auto connection = waiting.front();
            connection->on_late();
        }
    }
}

}  // namespace meridian::net
