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
// Of the time for a request's header. Who has waited for less is rather at work: a connection that
// was just made is idle, too. Only if there is nobody else one of these goes, the oldest.
constexpr int kPatiencePart = 10;
// Those at the front that cannot go are soon no longer there.
constexpr int kCandidatesMax = 16;

// TLS takes some 50 KB until a handshake is over; longer ones are cut off when there are more.
constexpr std::size_t kHandshakesMax = 512;
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
        return admit(std::move(stream));
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
        there_is_room ? admit(std::move(stream)) : refuse(std::move(stream));
    });
}

void Worker::admit(std::unique_ptr<Stream> stream) {
    enter(std::move(stream))->start();
    const auto& handshakes = host_.room.waiting_for(Wait::kHandshake);
    while (handshakes.size() > kHandshakesMax) {
        const auto connection = handshakes.front();
        connection->on_late();
    }
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
    for (auto next = choose(); next && evicted < connections; next = choose()) {
        next->evict();
        ++evicted;
    }
    return evicted > 0;
}

std::shared_ptr<Connection> Worker::choose() const {
    for (const Wait wait : kEvictionOrder) {
        if (auto found = find_evictable(wait, shared_.options.header_timeout / kPatiencePart)) {
            return found;
        }
    }
    std::shared_ptr<Connection> longest;
    for (const Wait wait : kEvictionOrder) {
        auto found = find_evictable(wait, {});
        if (found && (!longest || found->waiting_since() < longest->waiting_since())) {
            longest = std::move(found);
        }
    }
    return longest;
}

std::shared_ptr<Connection> Worker::find_evictable(Wait wait,
                                                   std::chrono::milliseconds waited) const {
    int candidates = 0;
    for (const auto& candidate : host_.room.waiting_for(wait)) {
        if (++candidates > kCandidatesMax || candidate->waited() < waited) {
            break;
        }
        if (candidate->is_evictable()) {
            return candidate;
        }
    }
    return nullptr;
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
