#include "store/rocksdb/layout.h"

#include <gtest/gtest.h>
#include <xxhash.h>

#include <string>

#include "store/row_key.h"

namespace meridian::store {
namespace {

const Table kTable{
    7,
    {"Table", {{"id", item::KeyType::kString}, item::KeyAttribute{"at", item::KeyType::kNumber}}}};
const item::Item kItem{{"id", "a"}, {"at", item::Number(std::int64_t{5})}, {"x", true}};

TEST(Seal, EveryFlippedBitAndEveryCutIsSeen) {
    const auto sealed = seal_item(kItem);
    ASSERT_EQ(*unseal_item(sealed), kItem);
    for (std::size_t at = 0; at < sealed.size(); ++at) {
        for (int bit = 0; bit < 8; ++bit) {
            auto damaged = sealed;
            damaged[at] = static_cast<char>(damaged[at] ^ (1 << bit));
            EXPECT_EQ(unseal_item(damaged).error().code, ErrorCode::kCorruption) << at;
        }
        EXPECT_EQ(unseal_item(sealed.substr(0, at)).error().code, ErrorCode::kCorruption) << at;
    }
}

// Bytes as format 1 has had them from the start: what is stored must stay readable.
TEST(Seal, TheBytesAreTheOnesInTheDescription) {
    const auto sealed = seal("abc");
    const std::string covered("\0abc", 4);
    const auto hash = XXH3_64bits(covered.data(), covered.size());
    std::string expected(1, '\1');
    for (int i = 0; i < 4; ++i) {
        expected.push_back(static_cast<char>(hash >> (8 * i)));
    }
    EXPECT_EQ(sealed, expected + covered);
    EXPECT_EQ(encode_number(0x0102030405060708), "\1\2\3\4\5\6\7\x8");
}

TEST(Seal, MetadataOfLaterVersionsIsSkipped) {
    auto sealed = seal("");
    sealed.resize(5);
    sealed += std::string("\3xyz") + "payload";
    const auto hash = XXH3_64bits(sealed.data() + 5, sealed.size() - 5);
    for (std::size_t i = 0; i < 4; ++i) {
        sealed[1 + i] = static_cast<char>(hash >> (8 * i));
    }
    EXPECT_EQ(*unseal(sealed), "payload");
}

TEST(Seal, TablesComeBackAsTheyWere) {
    const Table simple{1, {"Simple", {{"id", item::KeyType::kBinary}, std::nullopt}}};
    for (const auto& table : {kTable, simple}) {
        const auto read = unseal_table(seal_table(table));
        ASSERT_TRUE(read);
        EXPECT_EQ(read->id, table.id);
        EXPECT_EQ(read->schema, table.schema);
    }
    EXPECT_FALSE(unseal_table(seal_item(kItem)));
}

TEST(Seal, ChangesComeBackAsTheyWere) {
    TableDirectory tables;
    tables.add(kTable);
    const item::Key key{{"id", "a"}, {"at", item::Number(std::int64_t{5})}};
    for (const auto& before : {std::optional<item::Item>{}, std::optional{kItem}}) {
        for (const auto& after : {std::optional<item::Item>{}, std::optional{kItem}}) {
            const Instant at{std::chrono::milliseconds{-5}};  // a clock set before 1970
            const auto sealed =
                seal_change({row_key(kTable, key), {9, at, "Table", key, before, after}}).log;
            const auto read = unseal_change(tables, 9, sealed);
            ASSERT_TRUE(read) << read.error().message;
            EXPECT_EQ(read->sequence, 9U);
            EXPECT_EQ(read->at, at);
            EXPECT_EQ(read->table, "Table");
            EXPECT_EQ(read->key, key);
            EXPECT_EQ(read->before, before);
            EXPECT_EQ(read->after, after);
        }
    }
    const TableDirectory without;
    const auto unknown = unseal_change(
        without, 1, seal_change({row_key(kTable, key), {1, {}, "Table", key, {}, kItem}}).log);
    EXPECT_EQ(unknown.error().code, ErrorCode::kCorruption);
    EXPECT_EQ(unseal_change(tables, 1, seal("short")).error().code, ErrorCode::kCorruption);
}

}  // namespace
}  // namespace meridian::store
