// Tables' key schemas, keys, and the order-preserving encoding of a key as bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "item/value.h"

namespace meridian::item {

enum class KeyType : std::uint8_t { kString, kNumber, kBinary };

struct KeyAttribute {
    std::string name;
    KeyType type = KeyType::kString;
    friend bool operator==(const KeyAttribute&, const KeyAttribute&) = default;
};

// What a table's items are found by.
struct KeySchema {
    KeyAttribute partition;
    std::optional<KeyAttribute> sort;
    friend bool operator==(const KeySchema&, const KeySchema&) = default;
};

// The key of one item: a map with exactly the schema's attributes.
using Key = Map;

// The key attributes of an item. kInvalidInput names the attribute that is missing, of the wrong
// type, empty or too long (2048 bytes for a partition key, 1024 for a sort key).
[[nodiscard]] Result<Key> key_of(const KeySchema& schema, const Item& item);

// Like key_of, and refuses attributes beyond the key.
[[nodiscard]] Result<Key> checked_key(const KeySchema& schema, const Key& key);

// Bytes that compare (memcmp) as the keys do: partition first, then sort; strings by UTF-8 bytes,
// numbers by value, binaries by bytes. No encoded partition value is a prefix of another one, so
// that all items of one partition are exactly the keys that start with encode_partition(). docs in
// key.cc. REQUIRES: the key fits the schema (checked_key).
[[nodiscard]] std::string encode_key(const KeySchema& schema, const Key& key);
[[nodiscard]] std::string encode_key_value(const Value& value);
[[nodiscard]] Result<Key> decode_key(const KeySchema& schema, std::string_view bytes);
// Takes a key off the front of bytes that go on behind it. kCorruption leaves the bytes as they
// were.
[[nodiscard]] Result<Key> take_key(const KeySchema& schema, std::string_view& bytes);

}  // namespace meridian::item
