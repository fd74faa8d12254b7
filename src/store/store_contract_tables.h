// Contract: tables.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "store/store_contract_fixture.h"

namespace meridian::store {

TEST_P(StoreContract, DescribesAndListsTables) {
    const auto described = store().describe_table(kByNumber);
    ASSERT_TRUE(described);
    EXPECT_EQ(described->key.sort->name, "at");
    EXPECT_EQ(described->key.sort->type, item::KeyType::kNumber);
    std::vector<std::string> names;
    for (const auto& table : store().list_tables()) {
        names.push_back(table.name);
    }
    EXPECT_EQ(names, (std::vector<std::string>{kByName, kByNumber, kByTag, kSimple}));
}

TEST_P(StoreContract, CreatingATableAgainKeepsItsItems) {
    put(kSimple, simple("a", 1));
    create(kSimple, {{"id", item::KeyType::kString}, std::nullopt});
    EXPECT_EQ(n_of("a"), 1);
}

TEST_P(StoreContract, RefusesATableWithAnotherKey) {
    const auto created =
        store().create_table({kSimple, {{"id", item::KeyType::kNumber}, std::nullopt}});
    ASSERT_FALSE(created);
    EXPECT_EQ(created.error().code, ErrorCode::kTableExists);
    EXPECT_NE(created.error().message.find(kSimple), std::string::npos);
}

TEST_P(StoreContract, RefusesSchemasThatNoTableCanHave) {
    const item::KeyAttribute id{"id", item::KeyType::kString};
    const item::KeyAttribute nameless{"", item::KeyType::kString};
    for (const auto& schema :
         {TableSchema{"", {id, std::nullopt}}, TableSchema{std::string(283, 't'), {id, {}}},
          TableSchema{"Table", {nameless, std::nullopt}}, TableSchema{"Table", {id, nameless}},
          TableSchema{"Table", {id, id}}}) {
        const auto created = store().create_table(schema);
        ASSERT_FALSE(created) << schema.name;
        EXPECT_EQ(created.error().code, ErrorCode::kInvalidInput);
    }
}

TEST_P(StoreContract, NamesATableThatDoesNotExist) {
    const auto expect_unknown = [](const Error& error) {
        EXPECT_EQ(error.code, ErrorCode::kTableNotFound);
        EXPECT_NE(error.message.find("Nowhere"), std::string::npos) << error.message;
    };
    const ItemRef ref{"Nowhere", simple_key("a")};
    expect_unknown(store().describe_table("Nowhere").error());
    expect_unknown(store().get(ref).error());
    expect_unknown(store().get_many({{{kSimple, simple_key("a")}, ref}}).error());
    expect_unknown(store().query({.table = "Nowhere", .partition = "a"}).error());
    expect_unknown(store().scan({.table = "Nowhere"}).error());
    expect_unknown(*store().write(put_of("Nowhere", simple("a", 1))).error);
}

}  // namespace meridian::store
