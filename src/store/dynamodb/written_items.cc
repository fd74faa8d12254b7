#include "store/dynamodb/written_items.h"

#include <variant>

#include "item/key.h"

namespace meridian::store::dynamodb {
namespace {

Result<item::Key> key_of(const item::KeySchema& schema, const Write& write) {
    return std::visit(
        [&](const auto& action) {
            if constexpr (requires { action.item; }) {
                return item::key_of(schema, action.item);
            } else {
                return item::checked_key(schema, action.key);
            }
        },
        write.action);
}

}  // namespace

WrittenItems written_items(const Shapes& shapes, std::span<const Write> writes) {
    std::set<std::string> items;
    for (const auto& write : writes) {
        const auto shape = shapes.at_hand(write.table);
        if (!shape) {
            return std::nullopt;
        }
        // Without a right key the service will refuse the write.
        if (const auto key = key_of(shape->schema.key, write)) {
            items.insert(write.table + '\0' + item::encode_key(shape->schema.key, *key));
        }
    }
    return items;
}

}  // namespace meridian::store::dynamodb
