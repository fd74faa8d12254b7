#include "tables_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/mask.h"
#include "catalog/tables.h"
#include "data_folder.h"
#include "item/json.h"
#include "item/key.h"

namespace meridian::app {
namespace {

constexpr std::size_t kWritesAtOnce = 1'000;

Result<void> put_items(const store::TableSchema& schema, const item::List& items,
                       store::TableStore& store) {
    std::vector<store::Write> writes;
    const auto flush = [&]() -> Result<void> {
        for (const auto& outcome :
             store.write_all(std::exchange(writes, {}), store::Atomicity::kEach)) {
            if (outcome.error) {
                return std::unexpected(*outcome.error);
            }
        }
        return {};
    };
    for (const auto& element : items) {
        const auto* item = element.as<item::Map>();
        const auto key = item == nullptr ? fail(ErrorCode::kInvalidInput, "not an object")
                                         : item::key_of(schema.key, *item);
        if (!key) {
            log(LogLevel::kWarn, "tables", "an item of {} is passed over: {}", schema.name,
                mask_numbers_in(key.error().message));
            continue;
        }
        writes.push_back({schema.name, store::PutItem{*item}, std::nullopt});
        if (writes.size() == kWritesAtOnce) {
            if (auto flushed = flush(); !flushed) {
                return flushed;
            }
        }
    }
    return flush();
}

}  // namespace

Result<void> load_tables(const std::filesystem::path& file, store::TableStore& store) {
    const auto text = read_file(file);
    if (!text) {
        return std::unexpected(text.error());
    }
    const auto value = item::parse_plain_json(*text);
    if (!value) {
        return fail_within(file.string(), value.error());
    }
    const auto* tables = value->as<item::Map>();
    if (tables == nullptr) {
        return fail(ErrorCode::kInvalidInput,
                    fmt::format("{}: not an object of tables, as in {{\"GlobalCallRouting\":[…]}}",
                                file.string()));
    }
    for (const auto& [name, items] : *tables) {
        const auto& schemas = catalog::table_schemas();
        const auto schema = std::ranges::find(schemas, name, &store::TableSchema::name);
        if (schema == schemas.end()) {
            return fail(ErrorCode::kInvalidInput,
                        fmt::format("{}: there is no table {}", file.string(), name));
        }
        if (items.as<item::Null>() != nullptr) {
            continue;
        }
        const auto* list = items.as<item::List>();
        if (list == nullptr) {
            return fail(ErrorCode::kInvalidInput,
                        fmt::format("{}: {} is not a list of items", file.string(), name));
        }
        auto made = store.create_table(*schema);
        if (made) {
            made = put_items(*schema, *list, store);
        }
        if (!made) {
            return fail_within(file.string(), made.error());
        }
    }
    return {};
}

}  // namespace meridian::app
