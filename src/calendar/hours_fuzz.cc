// Bytes as times, dates and zone names: what is accepted must be what was written. Bytes as a
// schedule and instants: next_change() must be the next difference of status_at().
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "calendar/schedule.h"

namespace {

using namespace meridian;            // NOLINT(google-build-using-namespace)
using namespace meridian::calendar;  // NOLINT(google-build-using-namespace)
using namespace std::chrono;         // NOLINT(google-build-using-namespace)

constexpr std::array kZones = {"UTC",
                               "America/New_York",
                               "Europe/Dublin",
                               "Australia/Lord_Howe",
                               "Asia/Kolkata",
                               "Asia/Kathmandu",
                               "Pacific/Apia",
                               "Pacific/Kwajalein",
                               "Africa/Casablanca",
                               "America/Sao_Paulo",
                               "America/St_Johns",
                               "Not/AZone"};

// Takes values off the front of the input; zeros once it is used up.
class Bytes {
  public:
    explicit Bytes(std::string_view rest) : rest_(rest) {}

    template <typename T>
    T take() {
        T value{};
        const std::size_t size = std::min(sizeof(T), rest_.size());
        rest_.copy(reinterpret_cast<char*>(&value), size);
        rest_.remove_prefix(size);
        return value;
    }
    [[nodiscard]] bool empty() const { return rest_.empty(); }

  private:
    std::string_view rest_;
};

void check_parsers(std::string_view text) {
    if (const auto time = parse_time_of_day(text)) {
        const hh_mm_ss parts{*time};
        const auto written = fmt::format("{:02}:{:02}:{:02}", parts.hours().count(),
                                         parts.minutes().count(), parts.seconds().count());
        const std::string padded = (text.size() % 3 == 1 ? "0" : "") + std::string(text);
        CHECK(*time <= hours{24});
        CHECK(written == (padded.size() == 5 ? padded + ":00" : padded));
    }
    if (const auto date = parse_date(text)) {
        CHECK(date->ok());
        CHECK(text == fmt::format("{:04}-{:02}-{:02}", int{date->year()}, unsigned{date->month()},
                                  unsigned{date->day()}));
    }
    if (const auto zone = Zone::load(std::string(text))) {
        CHECK(zone->name() == text);
        CHECK(text.find('.') == std::string_view::npos && text.front() != '/');
    }
}

Schedule take_schedule(Bytes& bytes) {
    const auto time_of_day = [&bytes] { return seconds{bytes.take<std::uint32_t>() % 86'401}; };
    Schedule schedule;
    schedule.zone = Zone::load(kZones[bytes.take<std::uint8_t>() % kZones.size()]).value_or(Zone());
    for (int count = bytes.take<std::uint8_t>() % 16; count > 0; --count) {
        const std::size_t day = bytes.take<std::uint8_t>() % 7;
        const seconds open = time_of_day();
        schedule.week[day].push_back({.open = open, .close = time_of_day()});
    }
    for (int count = bytes.take<std::uint8_t>() % 16; count > 0; --count) {
        const sys_days date{days{bytes.take<std::int16_t>()}};  // 1880 to 2059
        schedule.holidays.emplace(date, bytes.take<std::uint8_t>() % 2 == 0 ? "Rest" : "Feast");
    }
    if (bytes.take<std::uint8_t>() == 0xE5) {
        schedule.emergency = "Flood";
    }
    return schedule;
}

bool same(Status a, Status b) {
    return a.state == b.state && a.reason == b.reason;
}

void check_next_change(const Schedule& schedule, Instant at, Bytes& bytes) {
    const Status now = status_at(schedule, at);
    const auto change = next_change(schedule, at);
    Instant until = Instant::max();
    if (change) {
        CHECK(change->at > at);
        CHECK(same(change->to, status_at(schedule, change->at)));
        CHECK(!same(change->to, now));
        CHECK(same(status_at(schedule, change->at - milliseconds{1}), now));
        until = change->at;
    } else {
        until = at < Instant::max() - days{14} ? at + days{14} : Instant::max();
    }
    // Unsigned, for from one end of time to the other is more than a signed number holds.
    const auto from = static_cast<std::uint64_t>(at.time_since_epoch().count());
    const auto gap = static_cast<std::uint64_t>(until.time_since_epoch().count()) - from;
    for (int probes = 0; probes < 8 && gap > 0; ++probes) {
        const std::uint64_t probe = from + bytes.take<std::uint64_t>() % gap;
        const Instant between{milliseconds{static_cast<std::int64_t>(probe)}};
        CHECK(same(status_at(schedule, between), now));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    check_parsers(input);

    Bytes bytes(input);
    const Schedule schedule = take_schedule(bytes);
    do {
        const auto far = bytes.take<std::uint8_t>();
        const Instant at = far == 0xFF ? Instant{milliseconds{bytes.take<std::int64_t>()}}
                                       : Instant{seconds{bytes.take<std::int32_t>()}};
        check_next_change(schedule, at, bytes);
    } while (!bytes.empty());
    return 0;
}
