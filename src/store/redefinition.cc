#include "store/redefinition.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace meridian::store {
namespace {

using Redefined = Result<std::optional<Table>>;

}  // namespace

Redefinition adding_index(std::string table, IndexSchema index) {
    return [name = std::move(table),
            schema = std::move(index)](const TableDirectory& tables) -> Redefined {
        const auto existing = tables.find(name);
        if (!existing) {
            return std::unexpected(existing.error());
        }
        if (auto checked = check_schema(schema); !checked) {
            return std::unexpected(std::move(checked).error());
        }
        if (const auto* same_name = (*existing)->index(schema.name)) {
            if (same_name->schema == schema) {
                return std::nullopt;
            }
            return fail(ErrorCode::kTableExists,
                        fmt::format("{} has an index {} of another form", name, schema.name));
        }
        auto redefined = **existing;
        redefined.indexes.push_back({tables.new_index_id(), schema});
        return redefined;
    };
}

Redefinition removing_index(std::string table, std::string index) {
    return [name = std::move(table),
            index = std::move(index)](const TableDirectory& tables) -> Redefined {
        const auto existing = tables.find(name);
        if (!existing) {
            return std::unexpected(existing.error());
        }
        const auto* removed = (*existing)->index(index);
        if (removed == nullptr) {
            return std::nullopt;
        }
        auto redefined = **existing;
        std::ranges::find(redefined.indexes, removed->id, &Index::id)->state =
            Index::State::kRemoved;
        return redefined;
    };
}

Redefinition dropping(std::string table) {
    return [name = std::move(table)](const TableDirectory& tables) -> Redefined {
        const auto existing = tables.find_ever(name);
        if (!existing) {
            return std::unexpected(existing.error());
        }
        if (!(*existing)->is_live()) {
            return std::nullopt;
        }
        auto redefined = **existing;
        redefined.state = Table::State::kDropped;
        return redefined;
    };
}

}  // namespace meridian::store
