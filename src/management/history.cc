#include "management/history.h"

#include <algorithm>
#include <utility>

#include "catalog/tables.h"
#include "expression/condition.h"
#include "management/history_format.h"

namespace meridian::management {
namespace {

constexpr std::size_t kPageBytesMax = std::size_t{4} * 1024 * 1024;

Result<item::Item> read_side(const store::TableStore& store, const Change& change, Side side,
                             std::size_t parts) {
    std::vector<store::ItemRef> refs;
    refs.reserve(parts);
    for (std::size_t part = 0; part < parts; ++part) {
        refs.push_back({std::string(catalog::kHistoryTable),
                        history_key(change.entity, part_key(change.change_id, side, part))});
    }
    auto found = store.get_many(refs);
    if (!found) {
        return std::unexpected(std::move(found).error());
    }
    std::vector<item::Item> items;
    items.reserve(parts);
    for (auto& item : *found) {
        if (!item) {
            return fail(ErrorCode::kCorruption,
                        "an entry of ChangeHistory lacks a part of what it tells");
        }
        items.push_back(*std::move(item));
    }
    return join_parts(items);
}

// The change that an entry tells, with its large sides.
Result<Change> whole_change(const store::TableStore& store, item::Item item) {
    auto entry = decode_entry(std::move(item));
    if (!entry) {
        return std::unexpected(std::move(entry).error());
    }
    auto& change = entry->change;
    if (entry->before_parts > 0) {
        auto side = read_side(store, change, Side::kBefore, entry->before_parts);
        if (!side) {
            return std::unexpected(std::move(side).error());
        }
        change.before = *std::move(side);
    }
    if (entry->after_parts > 0) {
        auto side = read_side(store, change, Side::kAfter, entry->after_parts);
        if (!side) {
            return std::unexpected(std::move(side).error());
        }
        change.after = *std::move(side);
    }
    return std::move(change);
}

std::size_t size_of(const Change& change) {
    return (change.before ? item::size_bytes(*change.before) : 0) +
           (change.after ? item::size_bytes(*change.after) : 0);
}

std::string_view sort_key_of(const item::Item& item) {
    const auto* value = item::find(item, "changeId");
    const auto* text = value == nullptr ? nullptr : value->as<std::string>();
    return text == nullptr ? std::string_view{} : std::string_view(*text);
}

}  // namespace

std::string_view to_string(Operation operation) {
    switch (operation) {
        case Operation::kCreate:
            return "create";
        case Operation::kUpdate:
            return "update";
        case Operation::kDelete:
            return "delete";
        case Operation::kRestore:
            return "restore";
    }
    return "";
}

std::vector<store::Write> history_writes(Change change) {
    std::vector<store::Write> writes;
    for (auto& item : encode_change(std::move(change))) {
        writes.push_back({std::string(catalog::kHistoryTable), store::PutItem{std::move(item)},
                          expression::AttributeNotExists{expression::Path("entity")}});
    }
    return writes;
}

Result<HistoryPage> read_history(const store::TableStore& store, const HistoryQuery& query) {
    store::Query read{.table = std::string(catalog::kHistoryTable),
                      .partition = to_text(query.entity),
                      .forward = !query.newest_first};
    if (!query.start_after.empty()) {
        read.start_after = history_key(query.entity, query.start_after);
    }
    const auto limit = std::max<std::size_t>(query.limit, 1);
    HistoryPage page;
    for (std::size_t bytes = 0;;) {
        read.limit = limit + 1 - page.changes.size();
        auto found = store.query(read);
        if (!found) {
            return std::unexpected(std::move(found).error());
        }
        for (auto& item : found->items) {
            if (!is_change_id(sort_key_of(item))) {
                continue;
            }
            if (page.changes.size() == limit || bytes > kPageBytesMax) {
                page.next = page.changes.back().change_id;
                return page;
            }
            auto change = whole_change(store, std::move(item));
            if (!change) {
                return std::unexpected(std::move(change).error());
            }
            bytes += size_of(*change);
            page.changes.push_back(*std::move(change));
        }
        if (!found->last_key) {
            return page;
        }
        read.start_after = std::move(found->last_key);
    }
}

Result<std::optional<Change>> find_change(const store::TableStore& store, const EntityId& entity,
                                          std::string_view change_id) {
    if (!is_change_id(change_id)) {
        return std::nullopt;
    }
    auto item = store.get({std::string(catalog::kHistoryTable), history_key(entity, change_id)});
    if (!item) {
        return std::unexpected(std::move(item).error());
    }
    if (!*item) {
        return std::nullopt;
    }
    return whole_change(store, *std::move(*item));
}

Result<std::optional<Change>> newest_change(const store::TableStore& store,
                                            const EntityId& entity) {
    auto page = store.query({.table = std::string(catalog::kHistoryTable),
                             .partition = to_text(entity),
                             .forward = false,
                             .limit = 1});
    if (!page) {
        return std::unexpected(std::move(page).error());
    }
    if (page->items.empty()) {
        return std::nullopt;
    }
    auto& item = page->items.front();
    const std::string change_id(change_of(sort_key_of(item)));
    return is_change_id(sort_key_of(item)) ? whole_change(store, std::move(item))
                                           : find_change(store, entity, change_id);
}

}  // namespace meridian::management
