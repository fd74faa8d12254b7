#include "proof/compare.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "item/json.h"
#include "proof/peer_source.h"
#include "proof/regions_for_tests.h"

namespace meridian::proof {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string id_of(const Difference& difference) {
    return *difference.key.begin()->second.as<std::string>();
}

class Compare : public testing::Test {
  protected:
    [[nodiscard]] std::vector<std::unique_ptr<HashSource>> sources() const {
        std::vector<std::unique_ptr<HashSource>> all;
        all.push_back(std::make_unique<StoreSource>(*a_));
        all.push_back(std::make_unique<PeerSource>(b_.name(), b_.ask()));
        all.push_back(std::make_unique<PeerSource>(c_.name(), c_.ask()));
        return all;
    }
    std::vector<Difference> differences(CompareOptions options = {}) {
        std::vector<Difference> found;
        const auto all = sources();
        auto compared = compare(borrowed(all), options, [&](std::vector<Difference> some) {
            std::ranges::move(some, std::back_inserter(found));
            return Onward::kGoOn;
        });
        EXPECT_TRUE(compared) << compared.error().error.message;
        compared_ = *std::move(compared);
        return found;
    }

    TestRegion a_{"us-east-1"};
    TestRegion b_{"eu-west-1"};
    TestRegion c_{"ap-southeast-1"};
    Compared compared_;
};

TEST_F(Compare, RegionsThatAgreeAreAskedOneQuestionEach) {
    for (int i = 0; i < 1000; ++i) {
        a_.put(std::to_string(i), i);
    }
    exchange({&a_, &b_, &c_});
    EXPECT_THAT(differences(), IsEmpty());
    EXPECT_EQ(compared_.questions, 3U);
    ASSERT_EQ(compared_.tables.size(), 1U);
    EXPECT_TRUE(compared_.tables[0].is_equal());
    EXPECT_EQ(compared_.tables[0].content[0].items, 1000U);
}

TEST_F(Compare, OneItemIsFoundInFewStepsAndNamedWithWhatEachHas) {
    for (int i = 0; i < 20'000; ++i) {
        a_.put(std::to_string(i), i);
    }
    exchange({&a_, &b_, &c_});
    b_.alter("4711", TestRegion::item_of("4711", -1));
    const auto found = differences({.tables = {}, .items_listed = 16});
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(id_of(found[0]), "4711");
    EXPECT_EQ(found[0].table, "Table");
    EXPECT_EQ(found[0].states[0], found[0].states[2]);
    EXPECT_NE(found[0].states[0]->content, found[0].states[1]->content);
    EXPECT_EQ(found[0].states[0]->stamp, found[0].states[1]->stamp);
    EXPECT_TRUE(contradict(found[0].states));
    EXPECT_EQ(compared_.questions, 3U * 4) << "the tables, 256 ranges, 256 of one, its items";
}

TEST_F(Compare, QuestionsGrowWithTheRangesThatDifferOnly) {
    for (int i = 0; i < 5000; ++i) {
        a_.put(std::to_string(i), i);
    }
    exchange({&a_, &b_, &c_});
    constexpr std::uint64_t kAltered = 40;
    for (std::uint64_t i = 0; i < kAltered; ++i) {
        c_.alter(std::to_string(i * 97), TestRegion::item_of(std::to_string(i * 97), -1));
    }
    EXPECT_EQ(differences({.tables = {}, .items_listed = 1}).size(), kAltered);
    EXPECT_LE(compared_.questions, 3 * (2 + 2 * kAltered));
}

TEST_F(Compare, ItemsThatOneHasAloneAndTablesThatOneHasAlone) {
    a_.put("only here", 1);
    const store::TableSchema more{"More", {{"n", item::KeyType::kNumber}, {}}};
    ASSERT_TRUE(c_->create_table(more));
    ASSERT_FALSE(
        c_->write({"More", store::PutItem{{{"n", item::Number(std::int64_t{1})}}}, {}}).error);
    auto found = differences();
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].table, "More");
    EXPECT_FALSE(found[0].states[0] || found[0].states[1]);
    EXPECT_TRUE(found[0].states[2]);
    EXPECT_EQ(id_of(found[1]), "only here");
    EXPECT_FALSE(contradict(found[1].states));
    found = differences({.tables = {"More"}});
    EXPECT_EQ(found.size(), 1U);
    EXPECT_EQ(compared_.tables.size(), 1U);
}

// Another region may have it still: until it hears of it, or for good.
TEST_F(Compare, ATableThatOneHasDroppedIsLeftOut) {
    a_.put("x", 1);
    exchange({&a_, &b_, &c_});
    b_.put("later", 1);
    ASSERT_TRUE(a_->drop_table("Table"));
    EXPECT_TRUE(differences().empty());
    EXPECT_TRUE(compared_.tables.empty());
}

TEST_F(Compare, AVisitorMayStopIt) {
    for (int i = 0; i < 3000; ++i) {
        a_.put(std::to_string(i), i);
    }
    std::size_t calls = 0;
    const auto all = sources();
    const auto compared = compare(borrowed(all), {}, [&](const std::vector<Difference>& some) {
        EXPECT_FALSE(some.empty());
        ++calls;
        return Onward::kStop;
    });
    ASSERT_TRUE(compared);
    EXPECT_FALSE(compared->is_complete);
    EXPECT_EQ(calls, 1U);
}

// Against brute force: every key of every region, in stores that heard one another at random.
TEST_F(Compare, FindsExactlyWhatDiffers) {
    const auto seed = std::random_device{}();
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const auto one_of = [&](int n) { return std::uniform_int_distribution<>(0, n - 1)(random); };
    const std::vector<TestRegion*> regions{&a_, &b_, &c_};
    std::set<std::string> ids;
    for (int round = 0; round < 30; ++round) {
        for (int i = 0; i < 100; ++i) {
            auto& region = *regions[static_cast<std::size_t>(one_of(3))];
            const auto id = std::to_string(one_of(2000));
            ids.insert(id);
            if (one_of(4) == 0) {
                region.erase(id);
            } else if (one_of(20) == 0 && region.state_of(id).image) {
                region.alter(id, TestRegion::item_of(id, one_of(5)));
            } else {
                region.put(id, one_of(3));
            }
        }
        auto& to = *regions[static_cast<std::size_t>(one_of(3))];
        auto& from = *regions[static_cast<std::size_t>(one_of(3))];
        if (&to != &from) {
            to.pull(from);
        }
        std::set<std::string> expected;
        for (const auto& id : ids) {
            std::set<std::string> seen;
            for (const auto* region : regions) {
                const auto state = region->state_of(id);
                seen.insert(state.image ? item::to_plain_json(*state.image) + "@" +
                                              std::to_string(state.version.stamp.time.bits) +
                                              state.version.stamp.region
                                        : "");
            }
            if (seen.size() > 1) {
                expected.insert(id);
            }
        }
        std::set<std::string> found;
        const auto listed = std::uint64_t{1} << one_of(10);
        for (const auto& difference : differences({.tables = {}, .items_listed = listed})) {
            EXPECT_TRUE(found.insert(id_of(difference)).second) << "twice";
        }
        ASSERT_EQ(found, expected);
    }
}

// ---- Peers that lie

class LyingPeer : public Compare {
  protected:
    // What comes of a comparison with a peer whose answers are changed.
    template <typename T>
    Failed with_lie(std::function<void(T&)> lie) {
        for (int i = 0; i < 300; ++i) {
            a_.put(std::to_string(i), i);
        }
        std::vector<std::unique_ptr<HashSource>> both;
        both.push_back(std::make_unique<StoreSource>(*a_));
        both.push_back(std::make_unique<PeerSource>(
            "liar", [this, lie](const replication::Question& question) {
                auto answer = answer_from(*a_, question);
                if (auto* hashes = std::get_if<replication::TableHashes>(&answer)) {
                    hashes->tables.at(0).content.low ^= 1;
                }
                if (auto* mine = std::get_if<T>(&answer)) {
                    lie(*mine);
                }
                return Result<replication::Answer>(std::move(answer));
            }));
        const auto compared = compare(borrowed(both), {.tables = {}, .items_listed = listed_},
                                      [this](const std::vector<Difference>& some) {
                                          believed_ += some.size();
                                          return Onward::kGoOn;
                                      });
        return compared ? Failed{0, {ErrorCode::kInvalidInput, "it was believed"}}
                        : compared.error();
    }
    std::uint64_t listed_ = 512;
    std::size_t believed_ = 0;  // differences
};

TEST_F(LyingPeer, ItemsInNoOrder) {
    const auto failed = with_lie<replication::ItemHashes>(
        [](auto& answer) { std::swap(answer.page.items.front(), answer.page.items.back()); });
    EXPECT_EQ(failed.source, 1U);
    EXPECT_THAT(failed.error.message, HasSubstr("liar lists items of Table"));
}

TEST_F(LyingPeer, PagesThatGoInCircles) {
    const auto failed = with_lie<replication::ItemHashes>(
        [](auto& answer) { answer.page.next = std::string(2, '\0'); });
    EXPECT_EQ(failed.error.code, ErrorCode::kCorruption);
}

TEST_F(LyingPeer, AnEmptyPageWithoutEnd) {
    const auto failed = with_lie<replication::ItemHashes>([](auto& answer) {
        answer.page.items.clear();
        answer.page.next = "\xff";
    });
    EXPECT_EQ(failed.error.code, ErrorCode::kCorruption);
}

TEST_F(LyingPeer, RangesOfSomewhereElse) {
    listed_ = 1;
    const auto failed =
        with_lie<replication::RangeHashes>([](auto& answer) { answer.ranges[0].prefix += "xy"; });
    EXPECT_THAT(failed.error.message, HasSubstr("ranges of Table"));
}

TEST_F(LyingPeer, KeysThatFitNoTable) {
    const auto failed = with_lie<replication::ItemHashes>(
        [](auto& answer) { answer.page.items[0].key = {{"other", "x"}}; });
    EXPECT_EQ(failed.source, 1U);
    EXPECT_EQ(failed.error.code, ErrorCode::kInvalidInput);
}

TEST_F(LyingPeer, HashesThatNoItemBearsOut) {
    EXPECT_EQ(with_lie<replication::Hello>([](auto&) {}).error.message, "it was believed");
    EXPECT_EQ(believed_, 0U) << "the way down shows that nothing differs";
}

}  // namespace
}  // namespace meridian::proof
