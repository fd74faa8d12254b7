#include "item/number.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/random.h"

namespace meridian::item {
namespace {

Number number(std::string_view text) {
    auto parsed = Number::parse(text);
    EXPECT_TRUE(parsed) << text << ": " << (parsed ? "" : parsed.error().message);
    return parsed ? *parsed : Number{};
}

std::string error_of(const Result<Number>& result) {
    EXPECT_FALSE(result) << result->to_string();
    if (result) {
        return "";
    }
    EXPECT_EQ(result.error().code, ErrorCode::kInvalidInput);
    return result.error().message;
}

std::string zeros(std::size_t count) {
    return std::string(count, '0');
}
std::string nines(std::size_t count) {
    return std::string(count, '9');
}

TEST(Number, ReadsAndAnswersAsTheServiceDoes) {
    struct Case {
        std::string text;
        std::string canonical;
    };
    const Case cases[] = {
        {"0", "0"},
        {"-0", "0"},
        {"0.000", "0"},
        {"0e1000", "0"},  // accepted by the service: zero has no magnitude
        {"0e-99999999999999999999", "0"},
        {"1", "1"},
        {"+3", "3"},
        {"-2.50", "-2.5"},
        {"0001.2300", "1.23"},
        {".5", "0.5"},
        {"-.125", "-0.125"},
        {"7.", "7"},
        {"1e3", "1000"},
        {"1E+5", "100000"},
        {"-17.4E37", "-174" + zeros(36)},
        {"1.5e-3", "0.0015"},
        {"12345678901234567890123456789012345678", "12345678901234567890123456789012345678"},
        {"3.1415926535897932384626433832795028841", "3.1415926535897932384626433832795028841"},
        {"1" + zeros(60) + "e-60", "1"},  // zeros are no digits
        {"0." + zeros(200) + "1e200", "0.1"},
        {"1e125", "1" + zeros(125)},
        {"9." + nines(37) + "E+125", nines(38) + zeros(88)},
        {"1e-130", "0." + zeros(129) + "1"},
        {"-1e-130", "-0." + zeros(129) + "1"},
    };
    for (const auto& c : cases) {
        EXPECT_EQ(number(c.text).to_string(), c.canonical) << c.text;
        EXPECT_EQ(number(c.canonical), number(c.text)) << c.text;
    }
}

TEST(Number, RefusesInTheServicesWords) {
    struct Case {
        std::string text;
        std::string_view says;
    };
    constexpr std::string_view kNotNumeric =
        "The parameter cannot be converted to a numeric value: ";
    const Case cases[] = {
        {"", kNotNumeric},
        {".", kNotNumeric},
        {"-", kNotNumeric},
        {"e5", kNotNumeric},
        {"1e", kNotNumeric},
        {"1e+", kNotNumeric},
        {"+-1", kNotNumeric},
        {" 1", kNotNumeric},
        {"1 ", kNotNumeric},
        {"1,5", kNotNumeric},
        {"1.2.3", kNotNumeric},
        {"1_000", kNotNumeric},
        {"0x10", kNotNumeric},
        {"NaN", kNotNumeric},
        {"-Infinity", kNotNumeric},
        {std::string("1\0", 2), kNotNumeric},
        {"1e126", "Number overflow. Attempting to store a number with magnitude larger than "},
        {"-11e125", "Number overflow."},
        {"1e99999999999999999999", "Number overflow."},
        {"1e-131", "Number underflow. Attempting to store a number with magnitude smaller than "},
        {"0.9e-130", "Number underflow."},
        {"1e-99999999999999999999", "Number underflow."},
        {nines(39), "Attempting to store more than 38 significant digits in a Number"},
        {"1" + zeros(37) + "1", "Attempting to store more than 38 significant digits in a Number"},
    };
    for (const auto& c : cases) {
        EXPECT_TRUE(error_of(Number::parse(c.text)).starts_with(c.says)) << c.text;
    }
}

TEST(Number, ErrorsDoNotEchoWholeInputs) {
    EXPECT_LT(error_of(Number::parse(std::string(100'000, 'x'))).size(), 200U);
}

TEST(Number, ConvertsToAndFromIntegers) {
    for (const std::int64_t value :
         {std::int64_t{0}, std::int64_t{1}, std::int64_t{-1}, std::int64_t{100},
          std::int64_t{-1234567890123}, INT64_MAX, INT64_MIN}) {
        EXPECT_EQ(Number(value).to_string(), std::to_string(value));
        EXPECT_EQ(Number(value), number(std::to_string(value)));
        EXPECT_EQ(Number(value).to_int64(), value);
    }
    EXPECT_EQ(number("1e18").to_int64(), 1'000'000'000'000'000'000);
    for (const char* text : {"0.5", "1.5", "-0.001", "9223372036854775808", "-9223372036854775809",
                             "1e19", "1e125", "1e-130"}) {
        EXPECT_EQ(number(text).to_int64(), std::nullopt) << text;
    }
}

TEST(Number, OrdersByValue) {
    const char* ascending[] = {"-9e125",  "-10",  "-9.99",  "-1.01", "-1",   "-0.5",
                               "-1e-130", "0",    "1e-130", "0.5",   "0.51", "1",
                               "1.01",    "9.99", "10",     "11",    "100",  "9e125"};
    for (std::size_t i = 0; i < std::size(ascending); ++i) {
        for (std::size_t j = 0; j < std::size(ascending); ++j) {
            EXPECT_EQ(number(ascending[i]) <=> number(ascending[j]), i <=> j)
                << ascending[i] << " " << ascending[j];
        }
    }
}

TEST(Number, AddsExactly) {
    struct Case {
        const char* a;
        const char* b;
        const char* sum;
    };
    const Case cases[] = {
        {"0", "0", "0"},
        {"0", "-3", "-3"},
        {"1", "-1", "0"},
        {"0.1", "0.2", "0.3"},
        {"999", "1", "1000"},
        {"1000", "-0.001", "999.999"},
        {"-5", "3", "-2"},
        {"3", "-5", "-2"},
        {"1", "10000000000000000000000", "10000000000000000000001"},
        {"99999999999999999999999999999999999999", "1", "100000000000000000000000000000000000000"},
        {"1.1e-130", "-1e-131", ""},  // not representable on the way in
    };
    for (const auto& c : cases) {
        if (*c.sum == '\0') {
            EXPECT_FALSE(Number::parse(c.b));
            continue;
        }
        const auto sum = Number::add(number(c.a), number(c.b));
        ASSERT_TRUE(sum) << c.a << " + " << c.b;
        EXPECT_EQ(sum->to_string(), c.sum);
        EXPECT_EQ(*Number::subtract(*sum, number(c.b)), number(c.a)) << c.a << " + " << c.b;
    }
}

TEST(Number, ArithmeticStaysInRange) {
    EXPECT_TRUE(
        error_of(Number::add(number("9e125"), number("9e125"))).starts_with("Number overflow"));
    EXPECT_TRUE(error_of(Number::subtract(number("-9e125"), number("9e125")))
                    .starts_with("Number overflow"));
    EXPECT_TRUE(error_of(Number::subtract(number("1.1e-130"), number("1e-130")))
                    .starts_with("Number underflow"));
    // 51 digits: the service calls that an overflow too.
    EXPECT_TRUE(error_of(Number::add(number("1e50"), number("1"))).starts_with("Number overflow"));
    EXPECT_TRUE(
        error_of(Number::add(number("1e125"), number("-1e-130"))).starts_with("Number overflow"));
}

// Another way to add: both as integers in units of the smaller exponent. Covers every carry and
// borrow of up to 36 digits.
TEST(Number, AgreesWithIntegerArithmetic) {
    SeededRandom random(20250226);
    const auto to_text = [](__int128 value, int scale) {
        const bool negative = value < 0;
        std::string digits;
        for (auto rest = negative ? -value : value; rest != 0; rest /= 10) {
            digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(rest % 10)));
        }
        return (negative ? "-" : "") + (digits.empty() ? "0" : digits) + "e" +
               std::to_string(scale);
    };
    for (int i = 0; i < 20'000; ++i) {
        const auto draw = [&] {
            const auto wide =
                static_cast<__int128>(random.next()) * static_cast<__int128>(random.next() >> 9);
            const auto value = wide >> (random.next() % 118);
            return random.next() % 2 == 0 ? value : -value;
        };
        const __int128 a = draw();
        const __int128 b = draw();
        const int scale = static_cast<int>(random.next() % 150) - 100;
        const auto left = number(to_text(a, scale));
        const auto right = number(to_text(b, scale));
        ASSERT_EQ(*Number::add(left, right), number(to_text(a + b, scale))) << to_text(a, scale);
        ASSERT_EQ(*Number::subtract(left, right), number(to_text(a - b, scale)));
        ASSERT_EQ(left <=> right, a <=> b);
        ASSERT_EQ(number(left.to_string()), left);
    }
}

TEST(Number, FromPartsTakesOnlyCanonicalParts) {
    EXPECT_EQ(Number::from_parts(false, 0, ""), Number{});
    EXPECT_EQ(Number::from_parts(true, 1, "25"), number("-2.5"));
    struct Case {
        bool negative;
        int exponent;
        std::string digits;
    };
    const Case refused[] = {{true, 0, ""},     {false, 1, ""},       {false, 1, "05"},
                            {false, 1, "50"},  {false, 127, "1"},    {false, -130, "1"},
                            {false, 1, "1x1"}, {false, 1, nines(39)}};
    for (const auto& c : refused) {
        EXPECT_EQ(Number::from_parts(c.negative, c.exponent, c.digits), std::nullopt)
            << c.exponent << " " << c.digits;
    }
}

}  // namespace
}  // namespace meridian::item
