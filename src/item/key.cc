// Keys as bytes.
//
// A key is its partition value, followed by its sort value when the schema has one. Each value is
// written so that its end can be seen, and so that memcmp() orders the bytes as DynamoDB orders the
// values:
//
//   string, binary   every byte as it is, except that 00 becomes 00 FF; then 00 01.
//   number           one byte for the sign: 01 negative, 02 zero (nothing follows), 03 positive.
//                    Then, all of it complemented for a negative number: one byte of exponent
//                    (Number::exponent() + 129), the digits in pairs, each pair + 1 as one byte
//                    (01…64 hex, an odd last digit is paired with 0), and 00.
//
// The terminators sort below everything that can stand in their place (00 01 below 00 FF, 00 below
// any pair), so that a prefix sorts first. The bytes carry no types: the schema has them, and two
// values of different types never meet in one place.
#include "item/key.h"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <utility>

#include "base/check.h"

namespace meridian::item {
namespace {

constexpr char kZero = '\x00';
constexpr char kEscaped = '\xFF';
constexpr char kEnd = '\x01';
constexpr char kNegative = '\x01';
constexpr char kNaught = '\x02';
constexpr char kPositive = '\x03';

constexpr std::string_view type_name(KeyType type) {
    return type == KeyType::kString ? "S" : type == KeyType::kNumber ? "N" : "B";
}

// ---- Checks

enum class Place : std::uint8_t { kPartition, kSort };

std::unexpected<Error> invalid(std::string message) {
    return fail(ErrorCode::kInvalidInput, std::move(message));
}

// REQUIRES: the value has the attribute's type.
Result<void> check_length(const KeyAttribute& attribute, const Value& value, Place place) {
    std::size_t length = 0;
    if (const auto* text = value.as<std::string>()) {
        length = text->size();
    } else if (const auto* binary = value.as<Binary>()) {
        length = binary->bytes.size();
    } else {
        return {};
    }
    if (length == 0) {
        return invalid(fmt::format(
            "One or more parameter values are not valid. The AttributeValue for a key attribute "
            "cannot contain an empty {} value. Key: {}",
            attribute.type == KeyType::kString ? "string" : "binary", attribute.name));
    }
    if (place == Place::kPartition && length > kPartitionKeyBytesMax) {
        return invalid(
            fmt::format("One or more parameter values were invalid: Size of hashkey has exceeded "
                        "the maximum size limit of2048 bytes. Key: {}",
                        attribute.name));
    }
    if (place == Place::kSort && length > kSortKeyBytesMax) {
        return invalid(
            fmt::format("One or more parameter values were invalid: Aggregated size of all range "
                        "keys has exceeded the size limit of 1024 bytes. Key: {}",
                        attribute.name));
    }
    return {};
}

// Copies one key attribute of the item into the key.
Result<void> take(const KeyAttribute& attribute, const Item& item, Place place, Key& key) {
    const auto* value = find(item, attribute.name);
    if (value == nullptr) {
        return invalid(
            fmt::format("One or more parameter values were invalid: Missing the key {} in the item",
                        attribute.name));
    }
    if (item::type_name(*value) != type_name(attribute.type)) {
        return invalid(fmt::format(
            "One or more parameter values were invalid: Type mismatch for key {} expected: {} "
            "actual: {}",
            attribute.name, type_name(attribute.type), item::type_name(*value)));
    }
    if (auto checked = check_length(attribute, *value, place); !checked) {
        return checked;
    }
    key.emplace(attribute.name, *value);
    return {};
}

// ---- Bytes

void append_bytes(std::string_view bytes, std::string& out) {
    for (auto zero = bytes.find(kZero); zero != std::string_view::npos; zero = bytes.find(kZero)) {
        out.append(bytes.substr(0, zero + 1)).push_back(kEscaped);
        bytes.remove_prefix(zero + 1);
    }
    out.append(bytes);
    out.push_back(kZero);
    out.push_back(kEnd);
}

void append_number(const Number& number, std::string& out) {
    const auto& digits = number.digits();
    if (digits.empty()) {
        out.push_back(kNaught);
        return;
    }
    out.push_back(number.negative() ? kNegative : kPositive);
    const unsigned flip = number.negative() ? 0xFF : 0;
    const auto push = [&](int byte) {
        out.push_back(static_cast<char>(static_cast<unsigned>(byte) ^ flip));
    };
    push(number.exponent() - Number::kExponentMin);
    for (std::size_t i = 0; i < digits.size(); i += 2) {
        const int second = i + 1 < digits.size() ? digits[i + 1] - '0' : 0;
        push((digits[i] - '0') * 10 + second + 1);
    }
    push(0);
}

void append_value(const Value& value, std::string& out) {
    if (const auto* text = value.as<std::string>()) {
        append_bytes(*text, out);
    } else if (const auto* binary = value.as<Binary>()) {
        append_bytes(binary->bytes, out);
    } else {
        const auto* number = value.as<Number>();
        CHECK(number != nullptr);
        append_number(*number, out);
    }
}

// Reads values off the front of a key's bytes. Nothing: they are not what was written.
class KeyReader {
  public:
    explicit KeyReader(std::string_view bytes) : rest_(bytes) {}

    [[nodiscard]] std::string_view rest() const { return rest_; }

    std::optional<Value> value(KeyType type) {
        if (type == KeyType::kNumber) {
            return number();
        }
        auto text = bytes();
        if (!text) {
            return std::nullopt;
        }
        return type == KeyType::kString ? Value(*std::move(text)) : Value(Binary{*std::move(text)});
    }

  private:
    std::optional<char> byte() {
        if (rest_.empty()) {
            return std::nullopt;
        }
        const char first = rest_.front();
        rest_.remove_prefix(1);
        return first;
    }

    std::optional<std::string> bytes() {
        std::string text;
        while (true) {
            const auto zero = rest_.find(kZero);
            if (zero == std::string_view::npos || zero + 1 == rest_.size()) {
                return std::nullopt;
            }
            const char after = rest_[zero + 1];
            text.append(rest_.substr(0, zero + (after == kEscaped ? 1 : 0)));
            rest_.remove_prefix(zero + 2);
            if (after != kEscaped) {
                return after == kEnd ? std::optional(std::move(text)) : std::nullopt;
            }
        }
    }

    std::optional<Value> number() {
        const auto sign = byte();
        if (sign == kNaught) {
            return Value(Number{});
        }
        const auto exponent = byte();
        if ((sign != kNegative && sign != kPositive) || !exponent) {
            return std::nullopt;
        }
        const int flip = sign == kNegative ? 0xFF : 0;
        const auto end = rest_.find(static_cast<char>(flip));
        if (end == 0 || end == std::string_view::npos) {
            return std::nullopt;
        }
        std::string digits;
        for (const char byte : rest_.substr(0, end)) {
            const int pair = (static_cast<unsigned char>(byte) ^ flip) - 1;
            if (pair > 99) {
                return std::nullopt;
            }
            digits.push_back(static_cast<char>('0' + pair / 10));
            digits.push_back(static_cast<char>('0' + pair % 10));
        }
        rest_.remove_prefix(end + 1);
        if (digits.back() == '0') {
            digits.pop_back();  // it only filled the pair
        }
        const int above_min = static_cast<unsigned char>(*exponent) ^ flip;
        return Number::from_parts(sign == kNegative, above_min + Number::kExponentMin,
                                  std::move(digits));
    }

    std::string_view rest_;
};

Result<Key> not_a_key(const KeySchema& schema, std::string_view bytes) {
    return fail(ErrorCode::kCorruption, fmt::format("{} bytes are not a key with partition key {}",
                                                    bytes.size(), schema.partition.name));
}

}  // namespace

Result<Key> key_of(const KeySchema& schema, const Item& item) {
    Key key;
    if (auto taken = take(schema.partition, item, Place::kPartition, key); !taken) {
        return std::unexpected(std::move(taken.error()));
    }
    if (schema.sort) {
        if (auto taken = take(*schema.sort, item, Place::kSort, key); !taken) {
            return std::unexpected(std::move(taken.error()));
        }
    }
    return key;
}

Result<Key> checked_key(const KeySchema& schema, const Key& key) {
    const auto no_match = [](std::string_view name, std::string_view why) {
        return invalid(
            fmt::format("The provided key element does not match the schema: {} {}", name, why));
    };
    std::array<const KeyAttribute*, 2> attributes{&schema.partition,
                                                  schema.sort ? &*schema.sort : nullptr};
    std::size_t matched = 0;
    for (const auto* attribute : attributes) {
        if (attribute == nullptr) {
            continue;
        }
        const auto* value = find(key, attribute->name);
        if (value == nullptr) {
            return no_match(attribute->name, "is missing");
        }
        if (item::type_name(*value) != type_name(attribute->type)) {
            return no_match(attribute->name,
                            fmt::format("expected: {} actual: {}", type_name(attribute->type),
                                        item::type_name(*value)));
        }
        ++matched;
    }
    if (key.size() != matched) {
        for (const auto& [name, value] : key) {
            if (name != schema.partition.name && !(schema.sort && name == schema.sort->name)) {
                return no_match(name, "is not part of the key");
            }
        }
    }
    return key_of(schema, key);
}

std::string encode_key(const KeySchema& schema, const Key& key) {
    std::string out;
    const auto* partition = find(key, schema.partition.name);
    CHECK(partition != nullptr);
    append_value(*partition, out);
    if (schema.sort) {
        const auto* sort = find(key, schema.sort->name);
        CHECK(sort != nullptr);
        append_value(*sort, out);
    }
    return out;
}

std::string encode_key_value(const Value& value) {
    std::string out;
    append_value(value, out);
    return out;
}

Result<Key> take_key(const KeySchema& schema, std::string_view& bytes) {
    KeyReader reader(bytes);
    Key key;
    const auto read = [&](const KeyAttribute& attribute) {
        auto value = reader.value(attribute.type);
        if (!value) {
            return false;
        }
        key.emplace(attribute.name, *std::move(value));
        return true;
    };
    if (!read(schema.partition) || (schema.sort && !read(*schema.sort))) {
        return not_a_key(schema, bytes);
    }
    bytes = reader.rest();
    return key;
}

Result<Key> decode_key(const KeySchema& schema, std::string_view bytes) {
    auto rest = bytes;
    auto key = take_key(schema, rest);
    if (key && !rest.empty()) {
        return not_a_key(schema, bytes);
    }
    return key;
}

}  // namespace meridian::item
