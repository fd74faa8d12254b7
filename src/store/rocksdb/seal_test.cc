#include "store/rocksdb/seal.h"

#include <gtest/gtest.h>
#include <xxhash.h>

#include <string>

namespace meridian::store {
namespace {

TEST(Seal, EveryFlippedBitAndEveryCutIsSeen) {
    const auto sealed = seal("payload", "metadata");
    const auto parts = unseal_all(sealed);
    ASSERT_TRUE(parts);
    EXPECT_EQ(parts->metadata, "metadata");
    EXPECT_EQ(parts->payload, "payload");
    for (std::size_t at = 0; at < sealed.size(); ++at) {
        for (int bit = 0; bit < 8; ++bit) {
            auto damaged = sealed;
            damaged[at] = static_cast<char>(damaged[at] ^ (1 << bit));
            EXPECT_EQ(unseal(damaged).error().code, ErrorCode::kCorruption) << at;
        }
        EXPECT_EQ(unseal(sealed.substr(0, at)).error().code, ErrorCode::kCorruption) << at;
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

TEST(Seal, MetadataStandsBeforeThePayload) {
    auto sealed = seal("");
    sealed.resize(5);
    sealed += std::string("\3xyz") + "payload";
    const auto hash = XXH3_64bits(sealed.data() + 5, sealed.size() - 5);
    for (std::size_t i = 0; i < 4; ++i) {
        sealed[1 + i] = static_cast<char>(hash >> (8 * i));
    }
    EXPECT_EQ(*unseal(sealed), "payload");
    EXPECT_EQ(seal("payload", "xyz"), sealed);
}

TEST(Seal, MetadataThatIsLongerThanTheRestIsSeen) {
    auto sealed = seal("");
    sealed.resize(5);
    sealed += '\4';
    sealed += "xyz";
    const auto hash = XXH3_64bits(sealed.data() + 5, sealed.size() - 5);
    for (std::size_t i = 0; i < 4; ++i) {
        sealed[1 + i] = static_cast<char>(hash >> (8 * i));
    }
    EXPECT_EQ(unseal(sealed).error().code, ErrorCode::kCorruption);
}

TEST(PartReader, TakesNoMoreThanThereIs) {
    std::string payload;
    append_number(0x0102, 2, payload);
    append_text("text", payload);
    PartReader parts(payload);
    EXPECT_EQ(parts.number(2), 0x0102U);
    EXPECT_EQ(parts.text(), "text");
    EXPECT_TRUE(parts.done());
    EXPECT_EQ(parts.number(1), std::nullopt);
    payload.pop_back();
    PartReader cut(std::string_view(payload).substr(2));
    EXPECT_EQ(cut.text(), std::nullopt);
}

}  // namespace
}  // namespace meridian::store
