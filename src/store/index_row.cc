#include "store/index_row.h"

#include <utility>

#include "store/row_key.h"

namespace meridian::store {
namespace {

// The value by which an index finds the item; null: it hasn't one that can be a key.
const item::Value* key_value(const item::KeyAttribute& attribute, const item::Item& item,
                             std::size_t bytes_max) {
    const auto* value = item::find(item, attribute.name);
    if (value == nullptr) {
        return nullptr;
    }
    const auto fits = [bytes_max](const std::string* bytes) {
        return bytes != nullptr && !bytes->empty() && bytes->size() <= bytes_max;
    };
    bool is_key = false;
    switch (attribute.type) {
        case item::KeyType::kString:
            is_key = fits(value->as<std::string>());
            break;
        case item::KeyType::kNumber:
            is_key = value->as<item::Number>() != nullptr;
            break;
        case item::KeyType::kBinary: {
            const auto* binary = value->as<item::Binary>();
            is_key = fits(binary == nullptr ? nullptr : &binary->bytes);
            break;
        }
    }
    return is_key ? value : nullptr;
}

void keep(std::string_view name, item::Item& from, item::Item& into) {
    if (auto found = from.find(name); found != from.end()) {
        into.insert(from.extract(found));
    }
}

void keep(const item::KeySchema& key, item::Item& from, item::Item& into) {
    keep(key.partition.name, from, into);
    if (key.sort) {
        keep(key.sort->name, from, into);
    }
}

}  // namespace

std::optional<std::string> index_entry(const Index& index, std::string_view row,
                                       const item::Item& item) {
    const auto& key = index.schema.key;
    const auto* partition = key_value(key.partition, item, item::kPartitionKeyBytesMax);
    const auto* sort = key.sort ? key_value(*key.sort, item, item::kSortKeyBytesMax) : nullptr;
    if (partition == nullptr || (key.sort && sort == nullptr)) {
        return std::nullopt;
    }
    auto entry = row_prefix(index.id, *partition);
    if (sort != nullptr) {
        entry += item::encode_key_value(*sort);
    }
    entry += row.substr(kRowIdBytes);
    return entry;
}

std::optional<std::string> index_entry(const Index& index, std::string_view row,
                                       const item::Item* item) {
    return item == nullptr ? std::nullopt : index_entry(index, row, *item);
}

Result<DecodedEntry> decode_entry(const Table& table, const Index& index, std::string_view entry) {
    if (entry.size() < kRowIdBytes + kRowHashBytes) {
        return fail(ErrorCode::kCorruption, "An entry of an index is too short");
    }
    auto rest = entry.substr(kRowIdBytes + kRowHashBytes);
    auto key = item::take_key(index.schema.key, rest);
    if (!key) {
        return std::unexpected(std::move(key).error());
    }
    return DecodedEntry{*std::move(key), row_prefix(table.id) + std::string(rest)};
}

bool shows_all(const Index& index) {
    return index.schema.projected == Projected::kAll;
}

item::Item shown_in(const Index& index, const item::KeySchema& table_key, item::Item item) {
    if (shows_all(index)) {
        return item;
    }
    item::Item shown;
    keep(table_key, item, shown);
    keep(index.schema.key, item, shown);
    if (index.schema.projected == Projected::kInclude) {
        for (const auto& name : index.schema.include) {
            keep(name, item, shown);
        }
    }
    return shown;
}

}  // namespace meridian::store
