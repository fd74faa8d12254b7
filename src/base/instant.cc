#include "base/instant.h"

#include <fmt/format.h>

#include <optional>

namespace meridian {
namespace {

using namespace std::chrono;  // NOLINT(google-build-using-namespace)

// Reads a text from left to right; every member returns nothing once something did not fit.
class Scanner {
  public:
    explicit Scanner(std::string_view text) : rest_(text) {}

    std::optional<int> digits(std::size_t count) {
        if (rest_.size() < count) {
            return std::nullopt;
        }
        int value = 0;
        for (const char c : rest_.substr(0, count)) {
            if (c < '0' || c > '9') {
                return std::nullopt;
            }
            value = value * 10 + (c - '0');
        }
        rest_.remove_prefix(count);
        return value;
    }

    bool one_of(std::string_view characters) {
        if (rest_.empty() || characters.find(rest_.front()) == std::string_view::npos) {
            return false;
        }
        last_ = rest_.front();
        rest_.remove_prefix(1);
        return true;
    }

    // ".5", ".123456": at least one digit.
    std::optional<milliseconds> fraction() {
        int value = 0;
        int scale = 1000;
        int count = 0;
        for (; !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9';
             rest_.remove_prefix(1), ++count) {
            if (scale > 1) {
                scale /= 10;
                value += (rest_.front() - '0') * scale;
            }
        }
        return count > 0 ? std::optional(milliseconds(value)) : std::nullopt;
    }

    [[nodiscard]] char last() const { return last_; }
    [[nodiscard]] bool at_end() const { return rest_.empty(); }

  private:
    std::string_view rest_;
    char last_ = '\0';
};

std::optional<sys_days> scan_date(Scanner& scanner) {
    const auto y = scanner.digits(4);
    const bool dash1 = scanner.one_of("-");
    const auto m = scanner.digits(2);
    const bool dash2 = scanner.one_of("-");
    const auto d = scanner.digits(2);
    if (!y || !m || !d || !dash1 || !dash2) {
        return std::nullopt;
    }
    const year_month_day date{year{*y}, month{static_cast<unsigned>(*m)},
                              day{static_cast<unsigned>(*d)}};
    return date.ok() ? std::optional(sys_days{date}) : std::nullopt;
}

std::optional<milliseconds> scan_time(Scanner& scanner) {
    const auto h = scanner.digits(2);
    const bool colon1 = scanner.one_of(":");
    const auto m = scanner.digits(2);
    const bool colon2 = scanner.one_of(":");
    const auto s = scanner.digits(2);
    if (!h || !m || !s || !colon1 || !colon2 || *h > 23 || *m > 59 || *s > 60) {
        return std::nullopt;
    }
    milliseconds time = hours{*h} + minutes{*m} + seconds{*s};
    if (scanner.one_of(".")) {
        const auto fraction = scanner.fraction();
        if (!fraction) {
            return std::nullopt;
        }
        time += *fraction;
    }
    return time;
}

std::optional<minutes> scan_offset(Scanner& scanner) {
    if (scanner.one_of("Zz")) {
        return minutes{0};
    }
    if (!scanner.one_of("+-")) {
        return std::nullopt;
    }
    const int sign = scanner.last() == '-' ? -1 : 1;
    const auto h = scanner.digits(2);
    const bool colon = scanner.one_of(":");
    const auto m = scanner.digits(2);
    if (!h || !m || !colon || *h > 23 || *m > 59) {
        return std::nullopt;
    }
    return minutes{sign * (*h * 60 + *m)};
}

}  // namespace

Result<Instant> parse_instant(std::string_view text) {
    Scanner scanner(text);
    const auto date = scan_date(scanner);
    const bool separator = scanner.one_of("Tt ");
    const auto time = scan_time(scanner);
    const auto offset = scan_offset(scanner);
    if (!date || !separator || !time || !offset || !scanner.at_end()) {
        return fail(ErrorCode::kInvalidInput,
                    fmt::format("'{}' is not an instant; write it like 2025-02-26T15:00:00Z or "
                                "2025-02-26T10:00:00-05:00 (RFC 3339)",
                                text.substr(0, 64)));
    }
    const Instant instant = Instant{*date} + *time - *offset;
    const year_month_day utc{floor<days>(instant)};
    if (utc.year() < year{0} || utc.year() > year{9999}) {
        return fail(ErrorCode::kInvalidInput,
                    fmt::format("'{}' is not between the years 0000 and 9999 in UTC, as "
                                "2025-02-26T15:00:00Z is",
                                text));
    }
    return instant;
}

std::string format_instant(Instant instant) {
    const auto day = floor<days>(instant);
    const year_month_day date{day};
    const hh_mm_ss time{instant - day};
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", int{date.year()},
                       unsigned{date.month()}, unsigned{date.day()}, time.hours().count(),
                       time.minutes().count(), time.seconds().count(), time.subseconds().count());
}

}  // namespace meridian
