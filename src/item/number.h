// DynamoDB's numbers: decimal, exact, up to 38 significant digits, magnitudes from 1E-130
// to 9.9…9E+125, and zero. Source: Amazon DynamoDB developer guide, "Data types" / Number.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace meridian::item {

// A number in canonical form: equal values are equal objects. Threads: a value.
class Number {
  public:
    Number() = default;  // 0
    explicit Number(std::int64_t value);

    // "1", "-2.50", "1e3", ".5", "+7": as the service reads them; leading and trailing zeros don't
    // count as digits. kInvalidInput, in the service's own words, for what is no number, has over
    // 38 digits, or is out of range.
    [[nodiscard]] static Result<Number> parse(std::string_view text);

    // Canonical: no exponent, no leading or trailing zeros ("2.5", "1000", "0.001"), as the service
    // answers.
    [[nodiscard]] std::string to_string() const;

    // The number whose parts (as the accessors below give them) these are; nothing when they are
    // not canonical or out of range. For codecs.
    [[nodiscard]] static std::optional<Number> from_parts(bool negative, int exponent,
                                                          std::string digits);

    // The value when it is an integer that fits.
    [[nodiscard]] std::optional<std::int64_t> to_int64() const;

    // Exact; kInvalidInput when the result needs over 38 digits or is out of range. As in the
    // service, a sum that needs too many digits is called an overflow.
    [[nodiscard]] static Result<Number> add(const Number& a, const Number& b);
    [[nodiscard]] static Result<Number> subtract(const Number& a, const Number& b);

    friend std::strong_ordering operator<=>(const Number& a, const Number& b);
    friend bool operator==(const Number& a, const Number& b) = default;

    // value = sign · 0.d₁d₂d₃… · 10^exponent; digits has no leading or trailing zero; zero has no
    // digits.
    [[nodiscard]] bool negative() const { return negative_; }
    [[nodiscard]] const std::string& digits() const { return digits_; }
    [[nodiscard]] int exponent() const { return exponent_; }

    inline static constexpr int kDigitsMax = 38;
    inline static constexpr int kExponentMin = -129;  // 1E-130 is 0.1 · 10^-129
    inline static constexpr int kExponentMax = 126;   // 9.9E+125 is 0.99 · 10^126

  private:
    Number(bool negative, int exponent, std::string digits)
        : negative_(negative), exponent_(exponent), digits_(std::move(digits)) {}
    [[nodiscard]] int sign() const { return digits_.empty() ? 0 : (negative_ ? -1 : 1); }

    bool negative_ = false;
    int exponent_ = 0;
    std::string digits_;
};

}  // namespace meridian::item
