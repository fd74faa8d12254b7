// The first byte says what the rest is: DynamoDB JSON, plain JSON, an encoded item, or a key.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "item/codec.h"
#include "item/json.h"
#include "item/key.h"

namespace meridian::item {
namespace {

// Whatever was accepted has one encoding, is an item to every reader, and stays what it is.
void check_item(const Item& item) {
    const auto decoded = decode(encode(item));
    CHECK(decoded && *decoded == item);
    for (const auto& [name, value] : item) {
        CHECK(nesting(value) <= kNestingMax);
    }
}

void check_dynamodb_json(std::string_view text) {
    const auto item = parse_dynamodb_json(text);
    if (item) {
        check_item(*item);
        const auto again = parse_dynamodb_json(to_dynamodb_json(*item));
        CHECK(again && *again == *item);
        CHECK(parse_plain_json(to_plain_json(*item)));
    }
}

void check_plain_json(std::string_view text) {
    const auto value = parse_plain_json(text);
    if (value) {
        const auto again = parse_plain_json(to_plain_json(*value));
        CHECK(again && *again == *value);
        if (const auto* map = value->as<Map>()) {
            check_item(*map);
        }
    }
}

void check_encoded(std::string_view bytes) {
    const auto item = decode(bytes);
    if (item) {
        CHECK(encode(*item) == bytes);
        // Its strings may be any bytes; its JSON is well-formed all the same, if it is not too
        // deep.
        const auto json = parse_plain_json(to_plain_json(*item));
        CHECK(json || json.error().code == ErrorCode::kInvalidInput);
    }
}

void check_key(std::string_view bytes) {
    for (const auto type : {KeyType::kString, KeyType::kNumber, KeyType::kBinary}) {
        const KeySchema schema{.partition = {"p", type}, .sort = KeyAttribute{"s", type}};
        if (const auto key = decode_key(schema, bytes)) {
            CHECK(encode_key(schema, *key) == bytes);
        }
    }
    const Value text(bytes);
    const KeySchema schema{.partition = {"p", KeyType::kString}, .sort = std::nullopt};
    const auto key = decode_key(schema, encode_key_value(text));
    CHECK(key && *find(*key, "p") == text);

    const auto half = bytes.size() / 2;
    const auto one = bytes.substr(0, half);
    const auto two = bytes.substr(half);
    CHECK((encode_key_value(one) <=> encode_key_value(two)) == (one <=> two));
}

}  // namespace
}  // namespace meridian::item

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace meridian::item;
    if (size == 0) {
        return 0;
    }
    const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
    switch (data[0] % 4) {
        case 0:
            check_dynamodb_json(rest);
            break;
        case 1:
            check_plain_json(rest);
            break;
        case 2:
            check_encoded(rest);
            break;
        default:
            check_key(rest);
    }
    return 0;
}
