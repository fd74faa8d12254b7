#include "fault/fault_words.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

namespace meridian::app {
namespace {

using std::chrono::milliseconds;

struct Unit {
    std::string_view name;
    double size;
};
constexpr std::array<Unit, 4> kTimes{{{"ms", 1}, {"s", 1e3}, {"m", 60e3}, {"h", 3'600e3}}};
constexpr std::array<Unit, 4> kRates{
    {{"B", 1}, {"KB", 1'024}, {"MB", 1'024.0 * 1'024}, {"GB", 1'024.0 * 1'024 * 1'024}}};
constexpr double kMost = 1e15;

// "1.5s" in the smallest unit. Nothing: it is no such text.
std::optional<double> quantity_of(std::string_view text, const std::array<Unit, 4>& units) {
    double number = 0;
    const auto* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
    if (error != std::errc{} || number < 0) {
        return std::nullopt;
    }
    for (const auto& unit : units) {
        if (std::string_view(rest, end) == unit.name && number * unit.size < kMost) {
            return std::round(number * unit.size);
        }
    }
    return std::nullopt;
}

std::string lasts_text(const faults::Lasting& lasts) {
    return lasts ? duration_text(*lasts) : "until healed";
}

std::string rate_text(std::uint64_t bytes_per_second) {
    constexpr std::uint64_t kKb = 1'024;
    return bytes_per_second % kKb == 0 ? fmt::format("{} KB/s", bytes_per_second / kKb)
                                       : fmt::format("{} B/s", bytes_per_second);
}

std::string link_text(const std::string& peer, const faults::LinkFault& link) {
    std::string text;
    const auto add = [&text](const std::string& part) {
        text += (text.empty() ? "" : "; ") + part;
    };
    if (link.cut == faults::Cut::kQuestions) {
        add(fmt::format("hears nothing of {}", peer));
    }
    if (link.cut == faults::Cut::kAnswers) {
        add(fmt::format("loses the answers of {}", peer));
    }
    if (link.delay.count() != 0 || link.jitter.count() != 0) {
        add(fmt::format("hears {} {} late{}", peer, duration_text(link.delay),
                        link.jitter.count() == 0
                            ? ""
                            : fmt::format(", and up to {} more", duration_text(link.jitter))));
    }
    if (link.bytes_per_second != 0) {
        add(fmt::format("hears {} at {}", peer, rate_text(link.bytes_per_second)));
    }
    if (link.reorder) {
        add(fmt::format("hears the answers of {} out of order", peer));
    }
    return text;
}

}  // namespace

Result<milliseconds> parse_duration(std::string_view text) {
    auto digits = text;
    const bool is_negative = digits.starts_with('-');
    if (is_negative || digits.starts_with('+')) {
        digits.remove_prefix(1);
    }
    const auto found = quantity_of(digits, kTimes);
    if (!found) {
        return fail(ErrorCode::kInvalidInput,
                    fmt::format("'{}' is no time, such as 200ms, 30s, 10m or 1h", text));
    }
    const milliseconds duration{static_cast<std::int64_t>(*found)};
    return is_negative ? -duration : duration;
}

Result<std::uint64_t> parse_rate(std::string_view text) {
    auto amount = text;
    if (amount.ends_with("/s")) {
        amount.remove_suffix(2);
    }
    const auto found = quantity_of(amount, kRates);
    if (!found || *found < 1) {
        return fail(ErrorCode::kInvalidInput,
                    fmt::format("'{}' is no rate, such as 64KB/s or 1.5MB/s", text));
    }
    return static_cast<std::uint64_t>(*found);
}

std::string duration_text(milliseconds duration) {
    const auto ms = duration.count();
    constexpr std::int64_t kSecond = 1'000;
    constexpr std::int64_t kMinute = 60 * kSecond;
    if (ms % kMinute == 0 && ms != 0) {
        return fmt::format("{} min", ms / kMinute);
    }
    if (std::abs(ms) >= kSecond) {
        return fmt::format("{} s", std::round(static_cast<double>(ms) / 100) / 10);
    }
    return fmt::format("{} ms", ms);
}

std::vector<FaultLine> fault_lines(const faults::Faults& faults) {
    std::vector<FaultLine> lines;
    for (const auto& [peer, link] : faults.links) {
        lines.push_back({link_text(peer, link), lasts_text(link.lasts)});
    }
    if (const auto& clock = faults.clock; clock.is_on()) {
        lines.push_back({fmt::format("its clock is {} {}", duration_text(abs(clock.offset)),
                                     clock.offset.count() > 0 ? "ahead" : "behind"),
                         lasts_text(clock.lasts)});
    }
    if (faults.disk.full) {
        lines.push_back({"its disk is full", lasts_text(faults.disk.lasts)});
    }
    return lines;
}

}  // namespace meridian::app
