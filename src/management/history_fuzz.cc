// Any item is an entry of ChangeHistory or an error; what was read is written as it was.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "item/json.h"
#include "management/history_format.h"

namespace {

using namespace meridian;

bool same(const management::Change& a, const management::Change& b) {
    return a.entity == b.entity && a.change_id == b.change_id && a.operation == b.operation &&
           a.version == b.version && a.at == b.at && a.who.name == b.who.name &&
           a.who.access_key_id == b.who.access_key_id && a.who.role == b.who.role &&
           a.who.address == b.who.address && a.who.request_id == b.who.request_id &&
           a.reason == b.reason && a.via == b.via;
}

void read_back(const management::Change& change) {
    const auto items = management::encode_change(change);
    auto again = management::decode_entry(items.front());
    if (!again || !same(change, again->change)) {
        std::abort();
    }
    const std::vector<item::Item> parts(items.begin() + 1, items.end());
    if (again->before_parts + again->after_parts != parts.size()) {
        std::abort();
    }
    const auto middle = parts.begin() + static_cast<std::ptrdiff_t>(again->before_parts);
    if (again->before_parts > 0) {
        again->change.before = *management::join_parts({parts.begin(), middle});
    }
    if (again->after_parts > 0) {
        again->change.after = *management::join_parts({middle, parts.end()});
    }
    if (again->change.before != change.before || again->change.after != change.after) {
        std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    static_cast<void>(management::join_parts({{{"bytes", item::Binary{std::string(bytes)}}}}));
    auto item = item::parse_dynamodb_json(bytes);
    if (!item) {
        const auto plain = item::parse_plain_json(bytes);
        const auto* map = plain ? plain->as<item::Map>() : nullptr;
        item = map == nullptr ? item::Item{} : *map;
    }
    if (const auto entry = management::decode_entry(*std::move(item))) {
        read_back(entry->change);
    }
    return 0;
}
