#include "api/event_hub.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "api/target.h"
#include "base/log.h"
#include "item/json.h"
#include "management/editor.h"

namespace meridian::api {
namespace {

using management::Kind;

constexpr std::size_t kChangesAPage = 256;
constexpr std::chrono::seconds kTick{1};
constexpr std::chrono::milliseconds kReaderPause{20};  // of a client that has much to read

std::optional<Kind> kind_of_table(std::string_view table) {
    for (const auto kind : {Kind::kRule, Kind::kHours, Kind::kAgent}) {
        if (management::table_of(kind) == table) {
            return kind;
        }
    }
    return std::nullopt;
}

std::string event_text(const store::Change& change, Kind kind) {
    std::string entity;
    item::append_json_string(to_text(management::id_of(kind, change.key)), entity);
    const auto& item = change.after ? change.after : change.before;
    return fmt::format(
        "id: {}\nevent: change\ndata: {{\"sequence\":{},\"at\":\"{}\",\"kind\":\"{}\","
        "\"entity\":{},\"operation\":\"{}\",\"version\":{}}}\n\n",
        change.sequence, change.sequence, format_instant(change.at), to_string(kind), entity,
        change.after ? "put" : "delete", item ? management::version_of(*item) : 0);
}

Result<store::SequenceNumber> parse_position(std::string_view text) {
    store::SequenceNumber number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) {
        return fail(ErrorCode::kInvalidInput,
                    "Last-Event-ID and after are the id of an event, a whole number as in 4711");
    }
    return number;
}

Result<std::vector<Kind>> parse_kinds(std::string_view text) {
    std::vector<Kind> kinds;
    while (!text.empty()) {
        const auto comma = std::min(text.find(','), text.size());
        const auto name = text.substr(0, comma);
        for (const auto kind : {Kind::kRule, Kind::kHours, Kind::kAgent}) {
            if (to_string(kind) == name) {
                kinds.push_back(kind);
                break;
            }
            if (kind == Kind::kAgent) {
                return fail(ErrorCode::kInvalidInput,
                            "kind is one or more of routing, business-hours and agents, as in "
                            "kind=routing,agents");
            }
        }
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    return kinds;
}

}  // namespace

Result<EventQuery> parse_event_query(const net::Request& request) {
    EventQuery query;
    auto position = std::string(request.header("Last-Event-ID"));
    if (position.empty()) {
        position = query_parameter(request.target, "after").value_or("");
    }
    if (!position.empty()) {
        const auto after = parse_position(position);
        if (!after) {
            return std::unexpected(after.error());
        }
        query.after = *after;
    }
    auto kinds = parse_kinds(query_parameter(request.target, "kind").value_or(""));
    if (!kinds) {
        return std::unexpected(kinds.error());
    }
    query.kinds = std::move(*kinds);
    return query;
}

struct EventHub::Listener {
    std::shared_ptr<net::BodyStream> stream;
    EventQuery query;
    store::SequenceNumber position = 0;  // all up to here was told, or is not asked for
    std::chrono::nanoseconds told{};
    std::chrono::nanoseconds asked{};  // whether it is welcome

    [[nodiscard]] bool wants(Kind kind) const {
        return query.kinds.empty() || std::ranges::find(query.kinds, kind) != query.kinds.end();
    }
};

// What wakes the thread, and what comes in by the same door.
struct EventHub::Bell {
    std::atomic<std::size_t> listeners = 0;  // those who are coming, too
    std::mutex mutex;                        // of what follows
    std::condition_variable_any changed;
    bool has_rung = false;
    bool is_closed = false;
    std::vector<Listener> arrivals;

    void ring() {
        const std::lock_guard lock(mutex);
        has_rung = true;
        changed.notify_one();
    }
};

// A piece of the log, as it is told.
struct EventHub::Page {
    struct Event {
        store::SequenceNumber sequence = 0;
        Kind kind = Kind::kRule;
        std::string text;
    };
    std::vector<Event> events;
    store::SequenceNumber last = 0;
};

// The log by position, read once for all who are at the same one.
class EventHub::Pages {
  public:
    explicit Pages(const store::TableStore& store) : store_(store) {}

    const Result<Page>& after(store::SequenceNumber position) {
        const auto found = pages_.find(position);
        return found != pages_.end() ? found->second
                                     : pages_.emplace(position, read(position)).first->second;
    }

  private:
    [[nodiscard]] Result<Page> read(store::SequenceNumber position) const {
        const auto changes = store_.read_log(position, kChangesAPage);
        if (!changes) {
            return std::unexpected(changes.error());
        }
        Page page{.events = {}, .last = position};
        for (const auto& change : *changes) {
            page.last = change.sequence;
            if (const auto kind = kind_of_table(change.table)) {
                page.events.push_back({change.sequence, *kind, event_text(change, *kind)});
            }
        }
        return page;
    }

    const store::TableStore& store_;
    std::map<store::SequenceNumber, Result<Page>> pages_;
};

EventHub::EventHub(store::TableStore& store, EventHubOptions options, const Clock& clock)
    : store_(store),
      options_(options),
      clock_(clock),
      complaints_(clock),
      bell_(std::make_shared<Bell>()) {
    store.observe([bell = bell_](std::span<const store::Change> /*changes*/) {
        if (bell->listeners > 0) {
            bell->ring();
        }
    });
}

EventHub::~EventHub() {
    stop();
}

void EventHub::start() {
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void EventHub::stop() {
    thread_ = {};
    {
        const std::lock_guard lock(bell_->mutex);
        bell_->is_closed = true;
    }
    admit();
    for (const auto& listener : std::exchange(listeners_, {})) {
        dismiss(listener);
    }
}

std::size_t EventHub::listeners() const {
    return bell_->listeners;
}

Result<net::Response> EventHub::listen(EventQuery query) {
    if (bell_->listeners.fetch_add(1) >= options_.listeners_max) {
        --bell_->listeners;
        return fail(ErrorCode::kUnavailable,
                    "as many listen to events as may; try again later, or in another region");
    }
    // From here on commits ring, so none is missed between this position and the first look.
    const auto position = query.after.value_or(store_.last_sequence());
    net::Response response;
    response.headers = {{"Content-Type", "text/event-stream"}, {"Cache-Control", "no-store"}};
    response.body = fmt::format(": changes after {}\nretry: 2000\nid: {}\n\n", position, position);
    response.stream = std::make_shared<net::BodyStream>(options_.waiting_bytes_max);
    const auto now = clock_.monotonic();
    const std::lock_guard lock(bell_->mutex);
    if (bell_->is_closed) {
        --bell_->listeners;
        return fail(ErrorCode::kUnavailable, "the region is stopping");
    }
    bell_->arrivals.push_back({response.stream, std::move(query), position, now, now});
    bell_->has_rung = true;
    bell_->changed.notify_one();
    return response;
}

void EventHub::run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        const auto next = step();
        if (next == Next::kMore) {
            continue;
        }
        std::unique_lock lock(bell_->mutex);
        const auto has_rung = [this] { return std::exchange(bell_->has_rung, false); };
        if (listeners_.empty()) {
            bell_->changed.wait(lock, stop, has_rung);
        } else {
            bell_->changed.wait_for(lock, stop, next == Next::kBlocked ? kReaderPause : kTick,
                                    has_rung);
        }
    }
}

EventHub::Next EventHub::step() {
    admit();
    std::erase_if(listeners_, [this](Listener& listener) {
        const bool stays = !listener.stream->is_closed() && is_welcome(listener);
        if (!stays) {
            dismiss(listener);
        }
        return !stays;
    });
    Pages pages(store_);
    auto next = Next::kIdle;
    for (auto& listener : listeners_) {
        next = std::max(next, tell(listener, pages));
        keep_alive(listener);
    }
    return next;
}

void EventHub::admit() {
    const std::lock_guard lock(bell_->mutex);
    std::ranges::move(std::exchange(bell_->arrivals, {}), std::back_inserter(listeners_));
}

void EventHub::dismiss(const Listener& listener) {
    listener.stream->finish();
    --bell_->listeners;
}

bool EventHub::is_welcome(Listener& listener) const {
    const auto now = clock_.monotonic();
    if (!listener.query.is_welcome || now - listener.asked < kTick) {
        return true;
    }
    listener.asked = now;
    return listener.query.is_welcome();
}

EventHub::Next EventHub::tell(Listener& listener, Pages& pages) {
    const auto newest = store_.last_sequence();
    if (listener.position == newest) {
        return Next::kIdle;
    }
    if (listener.position > newest) {
        return reset(listener, "there is no such change");
    }
    const auto& page = pages.after(listener.position);
    if (!page) {
        if (page.error().code == ErrorCode::kLogTrimmed) {
            return reset(listener, "the changes since are no longer kept");
        }
        log_limited(complaints_, LogLevel::kError, "events", "the log cannot be read: {}",
                    page.error().message);
        return Next::kIdle;
    }
    for (const auto& event : page->events) {
        if (listener.wants(event.kind) && !send(listener, event.text)) {
            return Next::kBlocked;
        }
        listener.position = event.sequence;
    }
    listener.position = page->last;
    return listener.position < newest ? Next::kMore : Next::kIdle;
}

EventHub::Next EventHub::reset(Listener& listener, std::string_view why) const {
    const auto newest = store_.last_sequence();
    const auto text = fmt::format(
        "id: {}\nevent: reset\ndata: {{\"sequence\":{},\"message\":\"{}; read all again\"}}\n\n",
        newest, newest, why);
    if (!send(listener, text)) {
        return Next::kBlocked;
    }
    listener.position = newest;
    return Next::kIdle;
}

// False: it has to read first.
bool EventHub::send(Listener& listener, std::string_view text) const {
    if (listener.stream->room() < text.size()) {
        return false;
    }
    listener.told = clock_.monotonic();
    return listener.stream->write(text);
}

void EventHub::keep_alive(Listener& listener) const {
    if (clock_.monotonic() - listener.told >= options_.heartbeat_every) {
        (void)send(listener, fmt::format(": heartbeat\nid: {}\n\n", listener.position));
    }
}

}  // namespace meridian::api
