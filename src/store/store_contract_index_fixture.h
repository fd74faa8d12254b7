// The fixture of the contract of indexes, with an oracle: what an index must hold, from a scan of
// its table.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "item/codec.h"
#include "store/store_contract_fixture.h"

namespace meridian::store {

class IndexVerbs : public StoreVerbs {
  protected:
    using StoreVerbs::StoreVerbs;

    // Keys: id (string) and at (number).
    static constexpr const char* kTable = kByNumber;

    // By color (string) and size (number), all attributes.
    static IndexSchema by_color() {
        return {"byColor",
                {{"color", item::KeyType::kString},
                 item::KeyAttribute{"size", item::KeyType::kNumber}}};
    }
    // By tag (binary), keys only.
    static IndexSchema by_tag() {
        return {"byTag", {{"tag", item::KeyType::kBinary}, {}}, Projected::kKeysOnly};
    }
    // In the table's own partitions by name (string), with one more attribute.
    static IndexSchema by_name() {
        return {
            "byName",
            {{"id", item::KeyType::kString}, item::KeyAttribute{"name", item::KeyType::kString}},
            Projected::kInclude,
            {"extra", "nowhere"}};
    }

    // And waits until it can be read.
    void create_index(const IndexSchema& index, const char* table = kTable) const {
        const auto created = store().create_index(table, index);
        ASSERT_TRUE(created) << created.error().message;
        wait_until_ready(index.name, table);
    }
    void wait_until_ready(const std::string& name, const char* table = kTable) const {
        while (!status(name, table).ready) {
            std::this_thread::yield();
        }
    }
    [[nodiscard]] IndexStatus status(const std::string& name, const char* table = kTable) const {
        const auto indexes = store().list_indexes(table);
        EXPECT_TRUE(indexes);
        const auto found = std::ranges::find(
            *indexes, name, [](const IndexStatus& each) { return each.schema.name; });
        EXPECT_NE(found, indexes->end()) << name;
        return found == indexes->end() ? IndexStatus{{}, true, {}} : *found;
    }

    static std::vector<std::string> ids(const std::vector<item::Item>& items) {
        std::vector<std::string> found;
        for (const auto& item : items) {
            found.push_back(*item.at("id").as<std::string>());
        }
        return found;
    }

    // ---- The oracle

    static bool has_type(const item::Value& value, item::KeyType type) {
        switch (type) {
            case item::KeyType::kString:
                return value.as<std::string>() != nullptr && !value.as<std::string>()->empty();
            case item::KeyType::kNumber:
                return value.as<item::Number>() != nullptr;
            case item::KeyType::kBinary:
                return value.as<item::Binary>() != nullptr &&
                       !value.as<item::Binary>()->bytes.empty();
        }
        return false;
    }
    static bool is_in(const IndexSchema& index, const item::Item& item) {
        const auto fits = [&](const item::KeyAttribute& attribute) {
            const auto* value = item::find(item, attribute.name);
            return value != nullptr && has_type(*value, attribute.type);
        };
        return fits(index.key.partition) && (!index.key.sort || fits(*index.key.sort));
    }
    static bool less(const item::Value& a, const item::Value& b) {
        if (const auto* number = a.as<item::Number>()) {
            return *number < *b.as<item::Number>();
        }
        if (const auto* text = a.as<std::string>()) {
            return *text < *b.as<std::string>();
        }
        return a.as<item::Binary>()->bytes < b.as<item::Binary>()->bytes;
    }
    static item::Item shown(const IndexSchema& index, const item::Item& item) {
        if (index.projected == Projected::kAll) {
            return item;
        }
        auto names =
            index.projected == Projected::kInclude ? index.include : std::vector<std::string>{};
        names.insert(names.end(), {"id", "at", index.key.partition.name});
        if (index.key.sort) {
            names.push_back(index.key.sort->name);
        }
        item::Item kept;
        for (const auto& name : names) {
            if (const auto* value = item::find(item, name)) {
                kept.emplace(name, *value);
            }
        }
        return kept;
    }
    static bool meets(const SortCondition& condition, const item::Value& value) {
        using Op = SortCondition::Op;
        const auto& first = condition.first;
        switch (condition.op) {
            case Op::kEqual:
                return value == first;
            case Op::kLess:
                return less(value, first);
            case Op::kLessOrEqual:
                return !less(first, value);
            case Op::kGreater:
                return less(first, value);
            case Op::kGreaterOrEqual:
                return !less(value, first);
            case Op::kBetween:
                return !less(value, first) && !less(condition.second, value);
            case Op::kBeginsWith:
                return value.as<std::string>()->starts_with(*first.as<std::string>());
        }
        return false;
    }
    // Rows of the table that are in the index, in the order of the table.
    [[nodiscard]] std::vector<item::Item> members(const IndexSchema& index) const {
        auto items = read_all(Scan{.table = kTable});
        std::erase_if(items, [&](const item::Item& item) { return !is_in(index, item); });
        return items;
    }
    [[nodiscard]] std::vector<item::Item> expected(const IndexSchema& index,
                                                   const Query& query) const {
        auto items = members(index);
        std::erase_if(items, [&](const item::Item& item) {
            return item.at(index.key.partition.name) != query.partition ||
                   (query.sort && !meets(*query.sort, item.at(index.key.sort->name)));
        });
        if (index.key.sort) {
            const auto sort_key = [&](const item::Item& item) {
                return item.at(index.key.sort->name);
            };
            std::vector<item::Item> sorted;  // stable: items of one key stay in their order
            for (auto& item : items) {
                sorted.insert(std::ranges::upper_bound(sorted, sort_key(item), less, sort_key),
                              std::move(item));
            }
            items = std::move(sorted);
        }
        if (!query.forward) {
            std::ranges::reverse(items);
        }
        std::ranges::transform(items, items.begin(),
                               [&](const item::Item& item) { return shown(index, item); });
        return items;
    }
    // What the index holds, whatever its order, and its extent, where that is exact.
    void expect_whole(const IndexSchema& index) const {
        const auto as_bytes = [](const std::vector<item::Item>& items) {
            std::vector<std::string> all;
            for (const auto& item : items) {
                all.push_back(item::encode(item));
            }
            std::ranges::sort(all);
            return all;
        };
        std::vector<item::Item> wanted;
        for (const auto& item : members(index)) {
            wanted.push_back(shown(index, item));
        }
        std::vector<item::Item> scanned;
        for (std::uint32_t segment = 0; segment < 3; ++segment) {
            std::ranges::move(read_all(Scan{.table = kTable,
                                            .limit = 7,
                                            .segment = segment,
                                            .segments = 3,
                                            .index = index.name}),
                              std::back_inserter(scanned));
        }
        EXPECT_EQ(as_bytes(scanned), as_bytes(wanted)) << index.name;
        if (!is_embedded()) {
            return;
        }
        const auto extent = status(index.name).extent;
        EXPECT_EQ(extent.items, wanted.size()) << index.name;
        std::size_t bytes = 0;
        for (const auto& item : wanted) {
            bytes += item::encode(item).size();
        }
        EXPECT_EQ(extent.bytes, bytes) << index.name;
    }
    void expect_table_extent() const {
        const auto items = read_all(Scan{.table = kTable});
        const auto extent = store().extent(kTable);
        ASSERT_TRUE(extent);
        if (!is_embedded()) {
            return;
        }
        EXPECT_EQ(extent->items, items.size());
        std::size_t bytes = 0;
        for (const auto& item : items) {
            bytes += item::encode(item).size();
        }
        EXPECT_EQ(extent->bytes, bytes);
    }
};

class StoreIndexes : public IndexVerbs, public testing::TestWithParam<StoreMaker> {
  protected:
    StoreIndexes() : IndexVerbs(GetParam().make, GetParam().is_embedded) {}
};

class EmbeddedIndexes : public IndexVerbs, public testing::TestWithParam<ReplicaStoreMaker> {
  protected:
    EmbeddedIndexes() : IndexVerbs(GetParam().make, true) {}

    // It was made as one.
    [[nodiscard]] ReplicaStore& store() const {
        return static_cast<ReplicaStore&>(StoreVerbs::store());
    }
};

}  // namespace meridian::store
