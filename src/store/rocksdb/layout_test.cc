#include "store/rocksdb/layout.h"

#include <gtest/gtest.h>

#include <string>

#include "item/codec.h"
#include "store/rocksdb/version_bytes.h"
#include "store/row_key.h"

namespace meridian::store {
namespace {

const Table kTable{
    7,
    {"Table", {{"id", item::KeyType::kString}, item::KeyAttribute{"at", item::KeyType::kNumber}}}};
const item::Item kItem{{"id", "a"}, {"at", item::Number(std::int64_t{5})}, {"x", true}};
const item::Key kKey{{"id", "a"}, {"at", item::Number(std::int64_t{5})}};
const Version kVersion{{HybridTime{900}, "here"},
                       {{HybridTime{7}, std::string(kNoRegion)},
                        {HybridTime{800}, std::string(kEveryRegion)},
                        {HybridTime{850}, "there"}}};

class Layout : public testing::Test {
  protected:
    Layout() {
        tables_.add(kTable);
        regions_.add("here");
        regions_.add("there");
    }

    TableDirectory tables_;
    RegionDirectory regions_;
};

TEST_F(Layout, TablesComeBackAsTheyWere) {
    const Table simple{1, {"Simple", {{"id", item::KeyType::kBinary}, std::nullopt}}};
    for (const auto& table : {kTable, simple}) {
        const auto read = unseal_table(seal_table(table));
        ASSERT_TRUE(read);
        EXPECT_EQ(read->id, table.id);
        EXPECT_EQ(read->schema, table.schema);
    }
    EXPECT_FALSE(unseal_table(seal(item::encode(kItem))));
}

TEST_F(Layout, VersionsComeBackAsTheyWere) {
    const auto bytes = encode_version(regions_, kVersion);
    EXPECT_EQ(bytes.size(), 1U + 4 * 9);
    EXPECT_EQ(*decode_version(regions_, bytes), kVersion);
    const Version alone{{HybridTime{1}, "there"}, {}};
    EXPECT_EQ(encode_version(regions_, alone), std::string("\1\3\0\0\0\0\0\0\0\1", 10));
    EXPECT_EQ(*decode_version(regions_, encode_version(regions_, alone)), alone);
    EXPECT_TRUE(is_of_region(encode_version(regions_, alone), 3));
    EXPECT_FALSE(is_of_region(encode_version(regions_, alone), kOwnRegionId));
    EXPECT_FALSE(is_of_region("", kOwnRegionId));
}

TEST_F(Layout, AVersionIsNotReadFromOtherBytes) {
    const auto bytes = encode_version(regions_, kVersion);
    for (std::size_t length = 0; length < bytes.size(); ++length) {
        if ((length + 8) % 9 != 0 || length < 10) {
            EXPECT_FALSE(decode_version(regions_, bytes.substr(0, length))) << length;
        }
    }
    EXPECT_FALSE(decode_version(regions_, "\2" + bytes.substr(1))) << "of a later kind";
    auto unknown = bytes;
    unknown[1] = 9;
    EXPECT_FALSE(decode_version(regions_, unknown)) << "of a region that nobody has met";
}

TEST_F(Layout, AnItemWithoutAVersionIsOneOfFormat1) {
    const auto state = unseal_row(regions_, seal(item::encode(kItem)));
    ASSERT_TRUE(state);
    EXPECT_EQ(state->image, kItem);
    EXPECT_EQ(state->version, (Version{unversioned_stamp(item::encode(kItem)), {}}));
}

TEST_F(Layout, ChangesComeBackAsTheyWere) {
    for (const auto& before : {std::optional<item::Item>{}, std::optional{kItem}}) {
        for (const auto& after : {std::optional<item::Item>{}, std::optional{kItem}}) {
            const Instant at{std::chrono::milliseconds{-5}};  // a clock set before 1970
            const auto sealed = seal_change(
                regions_, {row_key(kTable, kKey), {9, at, "Table", kKey, before, after}, kVersion});
            const auto read = unseal_change(tables_, 9, sealed.log);
            ASSERT_TRUE(read) << read.error().message;
            EXPECT_EQ(read->sequence, 9U);
            EXPECT_EQ(read->at, at);
            EXPECT_EQ(read->table, "Table");
            EXPECT_EQ(read->key, kKey);
            EXPECT_EQ(read->before, before);
            EXPECT_EQ(read->after, after);
            const auto own = unseal_own_change(tables_, regions_, 9, *unseal_all(sealed.log));
            ASSERT_TRUE(own) << own.error().message;
            EXPECT_EQ(own->at, at);
            EXPECT_EQ(own->item.key, kKey);
            EXPECT_EQ(own->item.state, (VersionedImage{after, kVersion}));
            if (after) {
                EXPECT_EQ(*unseal_row(regions_, sealed.row), own->item.state);
            } else {
                EXPECT_EQ(version_of_tombstone(regions_, sealed.row), kVersion);
            }
        }
    }
}

TEST_F(Layout, AChangeThatNobodySeesHasNoRecord) {
    const StagedChange versions_only{
        row_key(kTable, kKey), {0, {}, "Table", kKey, kItem, kItem}, kVersion};
    const auto sealed = seal_change(regions_, versions_only);
    EXPECT_EQ(sealed.log, "");
    EXPECT_EQ(*unseal_row(regions_, sealed.row), (VersionedImage{kItem, kVersion}));
}

TEST_F(Layout, ChangesOfUnknownTablesAndShortOnesAreDamaged) {
    const TableDirectory without;
    const auto sealed =
        seal_change(regions_, {row_key(kTable, kKey), {1, {}, "Table", kKey, {}, kItem}, kVersion});
    EXPECT_EQ(unseal_change(without, 1, sealed.log).error().code, ErrorCode::kCorruption);
    const std::string payload(*unseal(sealed.log));
    for (std::size_t length = 0; length < payload.size(); ++length) {
        EXPECT_FALSE(unseal_change(tables_, 1, seal(payload.substr(0, length)))) << length;
        EXPECT_FALSE(unseal_own_change(
            tables_, regions_, 1,
            {encode_version(regions_, kVersion), std::string_view(payload).substr(0, length)}))
            << length;
    }
}

TEST_F(Layout, ConflictsComeBackAsTheyWere) {
    const Conflict conflict{"Table",
                            kKey,
                            {{}, kVersion},
                            {kItem, {{HybridTime{3}, "there"}, {}}},
                            Instant{std::chrono::milliseconds{5}}};
    const auto sealed = seal_conflict(regions_, row_key(kTable, kKey), conflict);
    const auto read = unseal_conflict(tables_, regions_, sealed);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->table, "Table");
    EXPECT_EQ(read->key, kKey);
    EXPECT_EQ(read->kept, conflict.kept);
    EXPECT_EQ(read->lost, conflict.lost);
    EXPECT_EQ(read->at, conflict.at);
    const std::string payload(*unseal(sealed));
    for (std::size_t length = 0; length < payload.size(); ++length) {
        EXPECT_FALSE(unseal_conflict(tables_, regions_, seal(payload.substr(0, length)))) << length;
    }
}

TEST_F(Layout, CursorsComeBackAsTheyWere) {
    const Cursor cursor{LogId{12}, 34};
    EXPECT_EQ(*unseal_cursor(seal_cursor(cursor)), cursor);
    EXPECT_FALSE(unseal_cursor(seal("short")));
}

}  // namespace
}  // namespace meridian::store
