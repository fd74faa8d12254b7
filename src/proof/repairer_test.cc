#include "proof/repairer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <random>

#include "proof/regions_for_tests.h"
#include "store/rocksdb/layout.h"
#include "store/rocksdb/opening.h"
#include "store/rocksdb/rocksdb_store.h"
#include "store/rocksdb/temporary_folder.h"
#include "store/row_key.h"

namespace meridian::proof {
namespace {

using testing::HasSubstr;
using testing::Not;

class Repair : public testing::Test {
  protected:
    static RepairReport step(const TestRegion& region, std::vector<RepairPeer> peers) {
        Repairer repairer(
            *region, [&peers] { return peers; }, [&region] { return region.heard(); },
            region.clock());
        auto report = repairer.step();
        EXPECT_TRUE(report) << report.error().message;
        return report ? *std::move(report) : RepairReport{};
    }
    RepairReport step_a() { return step(a_, {b_.as_peer(), c_.as_peer()}); }

    void expect_equal() {
        EXPECT_EQ(a_.hash(), b_.hash());
        EXPECT_EQ(b_.hash(), c_.hash());
    }

    TestRegion a_{"us-east-1"};
    TestRegion b_{"eu-west-1"};
    TestRegion c_{"ap-southeast-1"};
};

TEST_F(Repair, RegionsThatAgreeHaveNothingToMend) {
    a_.put("x", 1);
    exchange({&a_, &b_, &c_});
    const auto report = step_a();
    EXPECT_EQ(report.differing + report.mended + report.pending, 0U);
    EXPECT_FALSE(report.error);
}

TEST_F(Repair, AnAlteredItemBecomesWhatMostHaveAndIsNamedMasked) {
    a_.put("+18005551234", 1);
    exchange({&a_, &b_, &c_});
    a_.alter("+18005551234", TestRegion::item_of("+18005551234", 2));
    EXPECT_EQ(step(b_, {a_.as_peer(), c_.as_peer()}).mended, 0U) << "b is right";
    const auto report = step_a();
    expect_equal();
    EXPECT_EQ(a_.state_of("+18005551234").image, TestRegion::item_of("+18005551234", 1));
    ASSERT_EQ(report.mends.size(), 1U);
    EXPECT_EQ(report.mends[0].fault, Fault::kAltered);
    EXPECT_THAT(report.mends[0].key, HasSubstr("+180"));
    EXPECT_THAT(report.mends[0].key, Not(HasSubstr("8005551234")));
    EXPECT_EQ(report.mends[0].hash, key_hash("Table", TestRegion::key_of("+18005551234")));
}

TEST_F(Repair, ADroppedTableIsNeitherMendedNorBroughtBack) {
    a_.put("x", 1);
    exchange({&a_, &b_, &c_});
    c_.put("later", 1);
    ASSERT_TRUE(a_->drop_table("Table"));
    auto report = step_a();
    EXPECT_EQ(report.differing + report.mended + report.pending, 0U);
    EXPECT_FALSE(report.error);
    EXPECT_FALSE(a_->describe_table("Table"));
    report = step(b_, {a_.as_peer()});
    EXPECT_EQ(report.differing + report.mended + report.pending, 0U);
}

// Both mend at once, and each believes the other one at first.
TEST_F(Repair, TwoRegionsDontSwapWhatTheyHave) {
    a_.put("x", 1);
    b_.pull(a_);
    b_.alter("x", TestRegion::item_of("x", 2));
    EXPECT_EQ(step(a_, {b_.as_peer()}).theirs, 1U);
    EXPECT_EQ(step(b_, {a_.as_peer()}).mended, 1U);
    EXPECT_EQ(a_.hash(), b_.hash());
    EXPECT_EQ(b_.state_of("x").image, TestRegion::item_of("x", 1));
}

TEST_F(Repair, ALostWriteALostDeleteAndALostOwnOneAreTakenFromAPeer) {
    b_.put("x", 1);
    b_.put("deleted", 1);
    exchange({&a_, &b_, &c_});
    b_.put("x", 2);
    b_.erase("deleted");
    b_.put("new", 1);
    c_.pull(b_);
    a_.pull(b_, [](const std::string&) { return true; });
    EXPECT_NE(a_.hash(), b_.hash());
    const auto report = step_a();
    EXPECT_EQ(report.mended, 3U);
    expect_equal();
    EXPECT_FALSE(a_.state_of("deleted").image);
    EXPECT_TRUE(a_->conflicts("", 10)->conflicts.empty()) << "nothing was lost";
    // As if this region had come back from an old copy of its folder.
    auto own = b_.state_of("x");
    own.version.stamp = {HybridTime{own.version.stamp.time.bits + 1}, a_.name()};
    b_.give("x", own);
    EXPECT_EQ(step(a_, {b_.as_peer()}).mended, 1U);
    EXPECT_EQ(a_.hash(), b_.hash());
}

TEST_F(Repair, WhatALogIsAboutToBringIsLeftToIt) {
    a_.put("x", 1);
    exchange({&a_, &b_, &c_});
    b_.put("x", 2);
    c_.put("y", 1);
    b_.pull(c_);  // c's write is seen at b before c's own log brought it
    auto report = step_a();
    EXPECT_EQ(report.pending, 2U);
    EXPECT_EQ(report.mended, 0U);
    EXPECT_EQ(a_.state_of("x").image, TestRegion::item_of("x", 1));
    exchange({&a_, &b_, &c_});
    report = step_a();
    EXPECT_EQ(report.differing, 0U);
}

TEST_F(Repair, AWriteAheadOfAllClocksIsLostOnceItsLogWasApplied) {
    c_.put("x", 1);
    auto state = c_.state_of("x");
    state.version.stamp.time.bits += std::uint64_t{100'000'000} << 16;
    c_.give("x", state);
    EXPECT_EQ(step_a().pending, 1U);
    a_.pull(c_, [](const std::string&) { return true; });
    EXPECT_EQ(step_a().mended, 1U) << "though no mark gets there";
    EXPECT_EQ(a_.state_of("x"), c_.state_of("x"));
}

// A region that is gone can't bring what it wrote; another one has heard it.
TEST_F(Repair, WritesOfARegionThatIsGoneAreTakenFromWhoHasThem) {
    exchange({&a_, &b_, &c_});
    c_.put("x", 1);
    b_.pull(c_);
    const auto report = step(a_, {b_.as_peer(), {c_.name(), unreachable("ap-southeast-1")}});
    EXPECT_EQ(report.mended, 1U);
    EXPECT_EQ(report.mends[0].fault, Fault::kNotCarried);
    ASSERT_EQ(report.peers.size(), 2U);
    EXPECT_FALSE(report.peers[0].error);
    EXPECT_TRUE(report.peers[1].error);
    EXPECT_EQ(a_.state_of("x"), c_.state_of("x"));
}

TEST_F(Repair, SaysThatNobodyCanBeAsked) {
    const auto report = step(a_, {{"eu-west-1", unreachable("eu-west-1")}});
    ASSERT_TRUE(report.error);
    EXPECT_EQ(report.error->code, ErrorCode::kUnavailable);
    EXPECT_THAT(report.error->message, HasSubstr("eu-west-1 does not answer"));
    EXPECT_FALSE(step(a_, {}).error) << "there is nobody to agree with";
    const auto impostor = step(a_, {{"eu-west-1", c_.ask()}});
    EXPECT_THAT(impostor.error->message, HasSubstr("says that it is ap-southeast-1"));
}

TEST_F(Repair, OneStepAtATime) {
    std::promise<void> inside;
    std::promise<void> release;
    const auto released = release.get_future().share();
    const RepairPeer slow{"eu-west-1",
                          [&](const replication::Question&) -> Result<replication::Answer> {
                              inside.set_value();
                              released.wait();
                              return fail(ErrorCode::kTimeout, "too late");
                          }};
    Repairer repairer(
        *a_, [&] { return std::vector{slow}; }, [] { return std::vector<replication::Heard>{}; },
        a_.clock());
    auto first = std::async(std::launch::async, [&] { return repairer.step(); });
    inside.get_future().wait();
    EXPECT_EQ(repairer.step().error().code, ErrorCode::kOverloaded);
    release.set_value();
    EXPECT_TRUE(first.get());
    EXPECT_EQ(repairer.state().steps, 1U);
}

TEST_F(Repair, KeepsWhatItMended) {
    for (int i = 0; i < 250; ++i) {
        b_.put(std::to_string(i), i);
    }
    exchange({&b_, &c_});
    a_.pull(b_, [](const std::string&) { return true; });
    Repairer repairer(
        *a_, [this] { return std::vector{b_.as_peer()}; }, [this] { return a_.heard(); },
        a_.clock());
    EXPECT_EQ(repairer.step()->mended, 250U);
    EXPECT_EQ(repairer.state().mended, 250U);
    EXPECT_EQ(repairer.state().mends.size(), kMendsKept);
    EXPECT_EQ(repairer.step()->mended, 0U);
    EXPECT_EQ(repairer.state().last->mended, 0U);
    EXPECT_EQ(repairer.state().mends.size(), kMendsKept);
    EXPECT_EQ(a_.hash(), b_.hash());
}

TEST_F(Repair, ATableThatIsMissingIsMadeWithItsItems) {
    const store::TableSchema more{"More", {{"n", item::KeyType::kNumber}, {}}};
    ASSERT_TRUE(b_->create_table(more));
    ASSERT_FALSE(
        b_->write({"More", store::PutItem{{{"n", item::Number(std::int64_t{1})}}}, {}}).error);
    a_.pull(b_, [](const std::string&) { return true; });
    EXPECT_EQ(step(a_, {b_.as_peer()}).mended, 1U);
    EXPECT_EQ(a_->list_tables(), b_->list_tables());
}

// ---- Faulty peers

// A peer of the right name whose answers go through `change`.
template <typename T>
RepairPeer changed(const TestRegion& region, std::function<void(T&)> change) {
    return {
        region.name(),
        [&region, change](const replication::Question& question) -> Result<replication::Answer> {
            auto answer = answer_from(*region, question);
            if (auto* mine = std::get_if<T>(&answer)) {
                change(*mine);
            }
            return answer;
        }};
}

class FaultyPeer : public Repair {
  protected:
    void SetUp() override {
        for (int i = 0; i < 200; ++i) {
            a_.put(std::to_string(i), i);
        }
        exchange({&a_, &b_});
        before_ = a_.hash();
        b_.alter("7", TestRegion::item_of("7", -7));
    }
    void expect_untouched() {
        EXPECT_EQ(a_.hash(), before_);
        EXPECT_TRUE(a_->conflicts("", 10)->conflicts.empty());
    }
    store::ContentHash before_;
};

TEST_F(FaultyPeer, HandsOutOtherItemsThanItListed) {
    // Listed: a write newer than ours. Handed out: something else again.
    b_.put("7", 8);
    a_.pull(b_, [](const std::string&) { return true; });
    for (const auto& lie : std::vector<std::function<void(replication::Items&)>>{
             [](auto& answer) {
                 for (auto& item : answer.items) {
                     item.state.image = TestRegion::item_of("7", 666);
                 }
             },
             [](auto& answer) {
                 for (auto& item : answer.items) {
                     item.state.image = store::Image();
                 }
             },
             [](auto& answer) {
                 for (auto& item : answer.items) {
                     item.key = TestRegion::key_of("invented");
                     item.state.image = TestRegion::item_of("invented", 1);
                 }
             },
             [](auto& answer) {
                 for (auto& item : answer.items) {
                     item.state.version.seen = {item.state.version.stamp};
                 }
             },
             [](auto& answer) { answer.items.clear(); },
             [](auto& answer) { answer.tables.clear(); },
             [](auto& answer) { answer.tables[0].key.partition.name = "other"; },
         }) {
        EXPECT_EQ(step(a_, {changed<replication::Items>(b_, lie)}).mended, 0U);
        expect_untouched();
    }
    EXPECT_EQ(step(a_, {b_.as_peer()}).mended, 1U) << "the truth is taken";
}

TEST_F(FaultyPeer, AddsItemsThatNobodyAskedFor) {
    b_.put("7", 8);
    a_.pull(b_, [](const std::string&) { return true; });
    const auto report = step(a_, {changed<replication::Items>(b_, [](auto& answer) {
                                 auto more = answer.items.at(0);
                                 more.key = TestRegion::key_of("invented");
                                 more.state.image = TestRegion::item_of("invented", 1);
                                 answer.items.insert(answer.items.begin(), more);
                             })});
    EXPECT_EQ(report.mended, 1U);
    EXPECT_FALSE(a_.state_of("invented").version);
}

TEST_F(FaultyPeer, ListsHashesOfNothing) {
    const auto report = step(a_, {changed<replication::ItemHashes>(b_, [](auto& answer) {
                                 for (auto& item : answer.page.items) {
                                     item.content.low += 1;
                                     item.stamp.time.bits += 1;
                                 }
                             })});
    EXPECT_EQ(report.mended, 0U);
    expect_untouched();
}

TEST_F(FaultyPeer, LeavesOutItems) {
    step(a_,
         {changed<replication::ItemHashes>(b_, [](auto& answer) { answer.page.items.resize(1); })});
    expect_untouched();
}

// Cut off after any number of answers; the region that is left is compared all the same.
TEST_F(FaultyPeer, IsCutOffInTheMiddle) {
    c_.pull(a_);
    c_.put("from c", 1);
    a_.pull(c_, [](const std::string&) { return true; });
    for (int answers = 0; answers < 4; ++answers) {
        int left = answers;
        const RepairPeer cut{
            b_.name(), [&](const replication::Question& question) -> Result<replication::Answer> {
                return left-- > 0
                           ? Result<replication::Answer>(answer_from(*b_, question))
                           : std::unexpected(Error{ErrorCode::kUnavailable, "the link was cut"});
            }};
        const auto report = step(a_, {cut, c_.as_peer()});
        EXPECT_FALSE(report.error);
        EXPECT_EQ(a_.hash(), c_.hash()) << answers;
        EXPECT_EQ(a_.state_of("7").image, TestRegion::item_of("7", 7));
    }
}

// ---- A store whose file was changed behind its back

class DamagedFile : public testing::Test {
  protected:
    void SetUp() override {
        open();
        for (int i = 0; i < 100; ++i) {
            here_->put(std::to_string(i), i);
        }
        here_->erase("99");
        exchange({&*here_, &there_});
        before_ = here_->hash();
    }
    void open() {
        here_.reset();
        auto opened = store::open_rocksdb_store(
            {.folder = folder_.path() / "store", .region = "here"}, TestRegion::clock());
        ASSERT_TRUE(opened) << opened.error().message;
        here_.emplace(*std::move(opened));
    }
    // One bit of what is stored of an item.
    void damage(const std::string& id, std::size_t from_end) {
        here_.reset();
        {
            auto open = store::open_database(folder_.path() / "store", rocksdb::Env::Default(),
                                             store::OpenFor::kWriting);
            ASSERT_TRUE(open);
            const auto row = store::row_key({1, TestRegion::kTable}, TestRegion::key_of(id));
            std::string sealed;
            ASSERT_TRUE(open->db->Get({}, open->items.get(), row, &sealed).ok());
            auto& byte = sealed[sealed.size() - 1 - from_end % sealed.size()];
            byte = static_cast<char>(byte ^ 1);
            ASSERT_TRUE(open->db->Put({}, open->items.get(), row, sealed).ok());
        }
        open();
    }
    RepairReport step(std::vector<RepairPeer> peers) {
        Repairer repairer(
            **here_, [&peers] { return peers; }, [this] { return here_->heard(); },
            TestRegion::clock());
        return *repairer.step();
    }

    const store::TemporaryFolder folder_;
    std::optional<TestRegion> here_;
    TestRegion there_{"there"};
    store::ContentHash before_;
};

TEST_F(DamagedFile, OneByteOfOneItemIsFoundNamedAndMended) {
    const auto seed = std::random_device{}();
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    for (int i = 0; i < 5; ++i) {
        const auto id = std::to_string(random() % 99);
        damage(id, random());
        ASSERT_NE(here_->hash(), before_);
        const auto report = step({there_.as_peer()});
        ASSERT_EQ(report.mended, 1U);
        EXPECT_EQ(report.mends[0].fault, Fault::kDamaged);
        EXPECT_EQ(report.mends[0].hash, key_hash("Table", TestRegion::key_of(id)));
        EXPECT_EQ(report.mends[0].from, "there");
        EXPECT_EQ(here_->hash(), before_);
        EXPECT_EQ(step({there_.as_peer()}).differing, 0U);
    }
}

TEST_F(DamagedFile, TheOtherRegionLeavesItAlone) {
    damage("7", 0);
    Repairer there(
        *there_, [this] { return std::vector{here_->as_peer()}; },
        [this] { return there_.heard(); }, TestRegion::clock());
    const auto report = there.step();
    EXPECT_EQ(report->mended, 0U);
    EXPECT_EQ(report->theirs, 1U);
    EXPECT_EQ(there_.hash(), before_);
}

TEST_F(DamagedFile, AnItemDeletedElsewhereGoes) {
    there_.erase("7");
    damage("7", 0);
    EXPECT_EQ(step({there_.as_peer()}).mended, 1U);
    EXPECT_FALSE(here_->state_of("7").image);
    EXPECT_EQ(here_->hash(), there_.hash());
}

TEST_F(DamagedFile, WhatNobodyElseHasIsLeftAndSaidSo) {
    here_->put("only here", 1);
    damage("only here", 0);
    const auto report = step({there_.as_peer()});
    EXPECT_EQ(report.mended, 0U);
    ASSERT_EQ(report.left.size(), 1U);
    EXPECT_THAT(report.left[0].why, HasSubstr("no other region"));
    EXPECT_EQ(report.left[0].hash, key_hash("Table", TestRegion::key_of("only here")));
}

}  // namespace
}  // namespace meridian::proof
