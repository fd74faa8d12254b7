#include "aws/timestamp.h"

#include <algorithm>
#include <array>
#include <chrono>

namespace meridian::aws {
namespace {

using namespace std::chrono;  // NOLINT(google-build-using-namespace)

constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// Whether `text` has a digit wherever `shape` has a 'd', anything at '?', else the same letter.
bool fits(std::string_view text, std::string_view shape) {
    return std::ranges::equal(text, shape, [](char c, char s) {
        return s == '?' || (s == 'd' ? c >= '0' && c <= '9' : c == s);
    });
}

int number(std::string_view digits) {
    int value = 0;
    for (const char digit : digits) {
        value = value * 10 + (digit - '0');
    }
    return value;
}

struct Fields {
    int year, month, day, hour, minute, second;
};

std::optional<Instant> instant_of(const Fields& f) {
    const year_month_day date{year{f.year}, month{static_cast<unsigned>(f.month)},
                              day{static_cast<unsigned>(f.day)}};
    if (!date.ok() || f.hour > 23 || f.minute > 59 || f.second > 59) {
        return std::nullopt;
    }
    return Instant{sys_days{date}} + hours{f.hour} + minutes{f.minute} + seconds{f.second};
}

void append_digits(std::string& out, int value, int count) {
    std::array<char, 4> digits{};
    for (auto at = static_cast<std::size_t>(count); at > 0; --at) {
        digits[at - 1] = static_cast<char>('0' + value % 10);
        value /= 10;
    }
    out.append(digits.data(), static_cast<std::size_t>(count));
}

}  // namespace

std::string format_timestamp(Instant instant) {
    const auto day = floor<days>(instant);
    const year_month_day date{day};
    const hh_mm_ss time{floor<seconds>(instant - day)};
    std::string text;
    append_digits(text, int{date.year()}, 4);
    append_digits(text, static_cast<int>(unsigned{date.month()}), 2);
    append_digits(text, static_cast<int>(unsigned{date.day()}), 2);
    text.push_back('T');
    append_digits(text, static_cast<int>(time.hours().count()), 2);
    append_digits(text, static_cast<int>(time.minutes().count()), 2);
    append_digits(text, static_cast<int>(time.seconds().count()), 2);
    text.push_back('Z');
    return text;
}

std::optional<Instant> parse_timestamp(std::string_view text) {
    if (!fits(text, "ddddddddTddddddZ")) {
        return std::nullopt;
    }
    const auto field = [text](std::size_t at, std::size_t count) {
        return number(text.substr(at, count));
    };
    return instant_of(
        {field(0, 4), field(4, 2), field(6, 2), field(9, 2), field(11, 2), field(13, 2)});
}

std::optional<Instant> parse_http_date(std::string_view text) {
    if (!fits(text, "???, dd ??? dddd dd:dd:dd GMT")) {
        return std::nullopt;
    }
    const auto* month = std::ranges::find(kMonths, text.substr(8, 3));
    if (month == kMonths.end()) {
        return std::nullopt;
    }
    const auto field = [text](std::size_t at, std::size_t count) {
        return number(text.substr(at, count));
    };
    return instant_of({field(12, 4), static_cast<int>(month - kMonths.begin()) + 1, field(5, 2),
                       field(17, 2), field(20, 2), field(23, 2)});
}

}  // namespace meridian::aws
