// Two numbers, one a line.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "item/key.h"
#include "item/number.h"

namespace meridian::item {
namespace {

void check_one(const Number& number) {
    const auto again = Number::parse(number.to_string());
    CHECK(again && *again == number);
    CHECK(again->to_string() == number.to_string());
    CHECK(Number::from_parts(number.negative(), number.exponent(), number.digits()) == number);
    if (const auto integer = number.to_int64()) {
        CHECK(Number(*integer) == number);
    }
    const KeySchema schema{.partition = {"n", KeyType::kNumber}, .sort = std::nullopt};
    const auto key = decode_key(schema, encode_key_value(number));
    CHECK(key && *find(*key, "n") == Value(number));
}

void check_two(const Number& a, const Number& b) {
    CHECK(((a <=> b) == 0) == (a == b));
    CHECK((a < b) == (b > a));
    CHECK((encode_key_value(a) <=> encode_key_value(b)) == (a <=> b));
    const auto sum = Number::add(a, b);
    const auto reversed = Number::add(b, a);
    CHECK(sum.has_value() == reversed.has_value());
    if (sum) {
        CHECK(*sum == *reversed);
        check_one(*sum);
        const auto back = Number::subtract(*sum, b);
        CHECK(back && *back == a);
        CHECK((*sum > a) == (b > Number{}));
    }
    const auto difference = Number::subtract(a, b);
    if (difference) {
        CHECK((*difference <=> Number{}) == (a <=> b));
    }
}

}  // namespace
}  // namespace meridian::item

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using meridian::item::Number;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto line = text.find('\n');
    const auto a = Number::parse(text.substr(0, line));
    if (!a) {
        return 0;
    }
    meridian::item::check_one(*a);
    if (line != std::string_view::npos) {
        if (const auto b = Number::parse(text.substr(line + 1))) {
            meridian::item::check_one(*b);
            meridian::item::check_two(*a, *b);
        }
    }
    return 0;
}
