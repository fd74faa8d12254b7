// The text forms of times of day and dates.
#include <fmt/format.h>

#include <optional>

#include "calendar/schedule.h"

namespace meridian::calendar {
namespace {

using namespace std::chrono;  // NOLINT(google-build-using-namespace)

constexpr std::size_t kQuotedCharactersMax = 32;

std::optional<int> number(std::string_view digits) {
    int value = 0;
    for (const char c : digits) {
        if (c < '0' || c > '9') {
            return std::nullopt;
        }
        value = value * 10 + (c - '0');
    }
    return value;
}

// "HH:MM" or "HH:MM:SS".
std::optional<seconds> padded_time_of_day(std::string_view text) {
    const bool has_seconds = text.size() == 8;
    if ((text.size() != 5 && !has_seconds) || text[2] != ':' || (has_seconds && text[5] != ':')) {
        return std::nullopt;
    }
    const auto h = number(text.substr(0, 2));
    const auto m = number(text.substr(3, 2));
    const auto s = has_seconds ? number(text.substr(6, 2)) : 0;
    if (!h || !m || !s || *m > 59 || *s > 59) {
        return std::nullopt;
    }
    const seconds time = hours{*h} + minutes{*m} + seconds{*s};
    return time <= hours{24} ? std::optional(time) : std::nullopt;
}

}  // namespace

Result<seconds> parse_time_of_day(std::string_view text) {
    const bool one_digit_hour = text.size() == 4;
    const auto time =
        one_digit_hour ? padded_time_of_day("0" + std::string(text)) : padded_time_of_day(text);
    if (!time) {
        return fail(ErrorCode::kInvalidInput,
                    fmt::format("'{}' is not a time of day; write it like 09:00 or 17:30:00, at "
                                "most 24:00",
                                text.substr(0, kQuotedCharactersMax)));
    }
    return *time;
}

Result<year_month_day> parse_date(std::string_view text) {
    if (text.size() == 10 && text[4] == '-' && text[7] == '-') {
        const auto y = number(text.substr(0, 4));
        const auto m = number(text.substr(5, 2));
        const auto d = number(text.substr(8, 2));
        if (y && m && d) {
            const year_month_day date{year{*y}, month{static_cast<unsigned>(*m)},
                                      day{static_cast<unsigned>(*d)}};
            if (date.ok()) {
                return date;
            }
        }
    }
    return fail(ErrorCode::kInvalidInput,
                fmt::format("'{}' is not a date; write it like 2025-12-25",
                            text.substr(0, kQuotedCharactersMax)));
}

}  // namespace meridian::calendar
