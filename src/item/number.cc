#include "item/number.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>

#include "base/mask.h"

namespace meridian::item {
namespace {

constexpr std::string_view kOverflow =
    "Number overflow. Attempting to store a number with magnitude larger than supported range";
constexpr std::string_view kUnderflow =
    "Number underflow. Attempting to store a number with magnitude smaller than supported range";
constexpr std::string_view kTooManyDigits =
    "Attempting to store more than 38 significant digits in a Number";

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

std::unexpected<Error> not_a_number(std::string_view text) {
    constexpr std::size_t kShown = 64;
    return fail(
        ErrorCode::kInvalidInput,
        fmt::format("The parameter cannot be converted to a numeric value: {}{}",
                    mask_numbers_in(text.substr(0, kShown)), text.size() > kShown ? "…" : ""));
}

// Takes the text of a number apart from left to right.
class Scanner {
  public:
    explicit Scanner(std::string_view text) : rest_(text) {}

    [[nodiscard]] bool at_end() const { return rest_.empty(); }

    bool sign() {
        const bool negative = rest_.starts_with('-');
        if (negative || rest_.starts_with('+')) {
            rest_.remove_prefix(1);
        }
        return negative;
    }

    bool take(char lower, char upper) {
        if (rest_.empty() || (rest_.front() != lower && rest_.front() != upper)) {
            return false;
        }
        rest_.remove_prefix(1);
        return true;
    }

    std::string_view digits() {
        const auto end = std::ranges::find_if_not(rest_, is_digit);
        const auto run = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
        rest_.remove_prefix(run.size());
        return run;
    }

  private:
    std::string_view rest_;
};

// A written exponent far outside the range stays far outside it; it only must not overflow here.
std::int64_t saturated(std::string_view digits) {
    constexpr std::int64_t kEnough = 1'000'000'000'000;
    std::int64_t value = 0;
    for (const char c : digits) {
        value = std::min(kEnough, value * 10 + (c - '0'));
    }
    return value;
}

Result<void> check_range(std::int64_t exponent, std::size_t digits) {
    if (exponent > Number::kExponentMax) {
        return fail(ErrorCode::kInvalidInput, std::string(kOverflow));
    }
    if (exponent < Number::kExponentMin) {
        return fail(ErrorCode::kInvalidInput, std::string(kUnderflow));
    }
    if (digits > Number::kDigitsMax) {
        return fail(ErrorCode::kInvalidInput, std::string(kTooManyDigits));
    }
    return {};
}

struct Parts {
    std::int64_t exponent = 0;
    std::string digits;
};

// Removes the zeros around the digits, so that the first one stands right after the point.
Parts trimmed(std::string_view digits, std::int64_t exponent) {
    const auto first = digits.find_first_not_of('0');
    if (first == std::string::npos) {
        return {};
    }
    const auto last = digits.find_last_not_of('0');
    return {.exponent = exponent - static_cast<std::int64_t>(first),
            .digits = std::string(digits.substr(first, last - first + 1))};
}

// Adds b's digits to a's (or takes them away), column by column. REQUIRES: |a| ≥ |b| when taking
// away; neither is zero.
Parts combine(const Number& a, const Number& b, bool subtract) {
    const auto lowest = [](const Number& n) {
        return n.exponent() - static_cast<int>(n.digits().size());
    };
    const int top = std::max(a.exponent(), b.exponent()) + 1;  // one column for the carry
    const int width = top - std::min(lowest(a), lowest(b));
    constexpr std::size_t kWidthMax =
        Number::kExponentMax + 1 - Number::kExponentMin + Number::kDigitsMax;
    std::array<int, kWidthMax> columns{};
    const auto place = [&](const Number& n, int factor) {
        auto column = static_cast<std::size_t>(top - n.exponent());
        for (const char digit : n.digits()) {
            columns[column++] += factor * (digit - '0');
        }
    };
    place(a, 1);
    place(b, subtract ? -1 : 1);

    std::string digits(static_cast<std::size_t>(width), '0');
    int carry = 0;
    for (std::size_t i = digits.size(); i-- > 0;) {
        int sum = columns[i] + carry;
        carry = sum < 0 ? -1 : sum / 10;
        sum -= carry * 10;
        digits[i] = static_cast<char>('0' + sum);
    }
    return trimmed(digits, top);
}

}  // namespace

Number::Number(std::int64_t value) : negative_(value < 0) {
    const auto bits = static_cast<std::uint64_t>(value);
    const auto digits = fmt::format("{}", negative_ ? 0 - bits : bits);
    auto parts = trimmed(digits, static_cast<std::int64_t>(digits.size()));
    exponent_ = static_cast<int>(parts.exponent);
    digits_ = std::move(parts.digits);
}

Result<Number> Number::parse(std::string_view text) {
    Scanner scanner(text);
    const bool negative = scanner.sign();
    const auto whole = scanner.digits();
    const auto fraction = scanner.take('.', '.') ? scanner.digits() : std::string_view{};
    if (whole.empty() && fraction.empty()) {
        return not_a_number(text);
    }
    std::int64_t exponent = 0;
    if (scanner.take('e', 'E')) {
        const bool small = scanner.sign();
        const auto written = scanner.digits();
        if (written.empty()) {
            return not_a_number(text);
        }
        exponent = small ? -saturated(written) : saturated(written);
    }
    if (!scanner.at_end()) {
        return not_a_number(text);
    }
    auto parts = trimmed(std::string(whole).append(fraction),
                         exponent + static_cast<std::int64_t>(whole.size()));
    if (auto checked = check_range(parts.exponent, parts.digits.size()); !checked) {
        return std::unexpected(std::move(checked.error()));
    }
    const bool zero = parts.digits.empty();
    return Number(negative && !zero, static_cast<int>(parts.exponent), std::move(parts.digits));
}

std::optional<Number> Number::from_parts(bool negative, int exponent, std::string digits) {
    if (digits.empty()) {
        return negative || exponent != 0 ? std::nullopt : std::optional<Number>(Number{});
    }
    if (!check_range(exponent, digits.size()) || !std::ranges::all_of(digits, is_digit) ||
        digits.front() == '0' || digits.back() == '0') {
        return std::nullopt;
    }
    return Number(negative, exponent, std::move(digits));
}

std::string Number::to_string() const {
    if (digits_.empty()) {
        return "0";
    }
    std::string text = negative_ ? "-" : "";
    if (exponent_ <= 0) {
        text.append("0.").append(static_cast<std::size_t>(-exponent_), '0').append(digits_);
        return text;
    }
    const auto whole = static_cast<std::size_t>(exponent_);
    if (digits_.size() <= whole) {
        return text.append(digits_).append(whole - digits_.size(), '0');
    }
    return text.append(digits_, 0, whole).append(".").append(digits_, whole);
}

std::optional<std::int64_t> Number::to_int64() const {
    constexpr int kDigitsOfInt64 = 19;
    if (exponent_ > kDigitsOfInt64 || static_cast<int>(digits_.size()) > exponent_) {
        return digits_.empty() ? std::optional<std::int64_t>(0) : std::nullopt;
    }
    std::uint64_t magnitude = 0;  // 19 digits always fit
    for (int i = 0; i < exponent_; ++i) {
        const auto at = static_cast<std::size_t>(i);
        magnitude = magnitude * 10 +
                    static_cast<std::uint64_t>(at < digits_.size() ? digits_[at] - '0' : 0);
    }
    const auto limit = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (magnitude > limit + (negative_ ? 1 : 0)) {
        return std::nullopt;
    }
    return static_cast<std::int64_t>(negative_ ? 0 - magnitude : magnitude);
}

Result<Number> Number::add(const Number& a, const Number& b) {
    if (a.sign() == 0 || b.sign() == 0) {
        return a.sign() == 0 ? b : a;
    }
    const auto smaller = [](const Number& x, const Number& y) {
        return x.exponent_ != y.exponent_ ? x.exponent_ < y.exponent_ : x.digits_ < y.digits_;
    };
    const bool swap = smaller(a, b);
    const Number& large = swap ? b : a;
    const Number& small = swap ? a : b;
    auto parts = combine(large, small, a.negative_ != b.negative_);
    if (parts.digits.empty()) {
        return Number{};
    }
    if (parts.digits.size() > kDigitsMax) {
        return fail(ErrorCode::kInvalidInput, std::string(kOverflow));
    }
    if (auto checked = check_range(parts.exponent, parts.digits.size()); !checked) {
        return std::unexpected(std::move(checked.error()));
    }
    return Number(large.negative_, static_cast<int>(parts.exponent), std::move(parts.digits));
}

Result<Number> Number::subtract(const Number& a, const Number& b) {
    if (b.sign() == 0) {
        return a;
    }
    return add(a, Number(!b.negative_, b.exponent_, b.digits_));
}

std::strong_ordering operator<=>(const Number& a, const Number& b) {
    if (a.sign() != b.sign() || a.sign() == 0) {
        return a.sign() <=> b.sign();
    }
    const Number& first = a.negative_ ? b : a;  // of two negatives the larger magnitude is less
    const Number& second = a.negative_ ? a : b;
    if (first.exponent_ != second.exponent_) {
        return first.exponent_ <=> second.exponent_;
    }
    return first.digits_ <=> second.digits_;  // no trailing zeros: a prefix is the smaller one
}

}  // namespace meridian::item
