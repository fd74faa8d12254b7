// What becomes of edits when the tables can't be read or written, or somebody else is quicker.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "management/editing_for_tests.h"
#include "management/interposed_store_for_tests.h"

namespace meridian::management {
namespace {

using testing::SizeIs;

class Faults : public Editing {
  protected:
    EditResult<Edited> put_between(std::string_view json, Expected expected = Unstated{}) {
        return between_.put(Kind::kRule, std::nullopt, value_of(json), {.expected = expected},
                            caller_);
    }
    std::vector<std::string> import_between(const std::vector<std::string>& bodies) {
        std::vector<item::Value> values;
        values.reserve(bodies.size());
        for (const auto& body : bodies) {
            values.push_back(value_of(body));
        }
        std::vector<std::string> found;
        for (const auto& result : between_.import(Kind::kRule, values, {}, caller_)) {
            found.push_back(verdict(result));
        }
        return found;
    }

    InterposedStore interposed_{*store_};
    SeededRandom their_random_{2};
    Editor between_{interposed_, {{"us-east-1"}}, clock_, their_random_};
};

TEST_F(Faults, AWriteThatFailsLeavesNothingHalfDoneAndIsReported) {
    have(rule("a"));
    const auto before = stored();
    for (const auto code : {ErrorCode::kDiskFull, ErrorCode::kIo, ErrorCode::kOverloaded}) {
        interposed_.before_write = [code](const auto&) { return Error{code, "no"}; };
        const auto expected = "error " + std::string(info(code).name);
        EXPECT_EQ(verdict(put_between(rule("b"), Version{1})), expected);
        EXPECT_EQ(verdict(between_.erase(kRule, {}, caller_)), expected);
        EXPECT_EQ(verdict(between_.merge_patch(kRule, value_of(R"({"priority":1})"), {}, caller_)),
                  expected);
        EXPECT_EQ(stored(), before);
        EXPECT_THAT(history(), SizeIs(1));
    }
    interposed_.before_write = {};
    EXPECT_EQ(verdict(put_between(rule("b"), Version{1})), "updated 2");
}

TEST_F(Faults, AReadThatFailsIsReported) {
    have(rule("a"));
    interposed_.before_read = [] { return Error{ErrorCode::kCorruption, "no"}; };
    EXPECT_EQ(verdict(put_between(rule("b"), Version{1})), "error Corruption");
    EXPECT_EQ(verdict(between_.erase(kRule, {}, caller_)), "error Corruption");
    EXPECT_EQ(verdict(between_.restore(kRule, history()[0].change_id, {}, caller_)),
              "error Corruption");
    EXPECT_THAT(import_between({rule("b"), rule("c")}),
                testing::ElementsAre("error Corruption", "error Corruption"));
    EXPECT_FALSE(between_.get(kRule));
    EXPECT_THAT(history(), SizeIs(1));
}

// The disk said no after the fact: whoever repeats the write is told that it is there.
TEST_F(Faults, AWriteOfUnknownOutcomeMayBeRepeated) {
    const auto lose_answers = [this](bool lose) {
        interposed_.after_write = [lose] {
            return lose ? std::optional(Error{ErrorCode::kIo, "?"}) : std::nullopt;
        };
    };
    lose_answers(true);
    EXPECT_EQ(verdict(put_between(rule("a"))), "error Io");
    EXPECT_EQ(verdict(put_between(rule("b"), Version{1})), "error Io");
    lose_answers(false);
    EXPECT_EQ(verdict(put_between(rule("b"), Version{1})), "unchanged 2");
    lose_answers(true);
    EXPECT_EQ(verdict(between_.erase(kRule, {.expected = Version{2}}, caller_)), "error Io");
    lose_answers(false);
    EXPECT_EQ(verdict(between_.erase(kRule, {.expected = Version{2}}, caller_)), "unchanged 2");
    EXPECT_THAT(history(), SizeIs(3));
}

// ---- Somebody of another process is quicker

// Two regions that have not heard of each other count to the same version.
TEST_F(Faults, AnEditOfAnotherRegionWithTheSameVersionIsNotWrittenOverUnseen) {
    for (const bool erases : {false, true}) {
        have(rule("a"));
        auto theirs = *stored();
        theirs["queueId"] = "theirs";
        bool has_come = false;
        interposed_.before_write = [&](const auto&) -> std::optional<Error> {
            if (!std::exchange(has_come, true)) {
                EXPECT_FALSE(store_
                                 ->write({std::string(table_of(Kind::kRule)),
                                          store::PutItem{theirs}, std::nullopt})
                                 .error);
            }
            return std::nullopt;
        };
        const auto made = erases ? between_.erase(kRule, {}, caller_)
                                 : put_between(rule("ours"), Version{version_of(theirs)});
        ASSERT_TRUE(made);
        EXPECT_TRUE(has_come);
        EXPECT_EQ(history().back().before, theirs) << "the history tells what was replaced";
        interposed_.before_write = {};
        if (!erases) {
            ASSERT_TRUE(between_.erase(kRule, {}, caller_));
        }
    }
}

TEST_F(Faults, WhoLosesARaceReadsAgain) {
    have(rule("a"));
    int races = 0;
    interposed_.before_write = [&](const auto&) -> std::optional<Error> {
        if (races++ == 0) {
            EXPECT_EQ(verdict(put(rule("theirs"), Version{1})), "updated 2");
        }
        return std::nullopt;
    };
    EXPECT_EQ(verdict(put_between(rule("b"), Version{1})), "conflict 2");
    EXPECT_EQ(races, 1);
    races = 0;
    interposed_.before_write = [&](const auto&) -> std::optional<Error> {
        if (races++ == 0) {
            EXPECT_EQ(verdict(patch(R"({"priority":5})")), "updated 3");
        }
        return std::nullopt;
    };
    const auto made = between_.merge_patch(kRule, value_of(R"({"queueId":"ours"})"), {}, caller_);
    EXPECT_EQ(verdict(made), "updated 4");
    EXPECT_EQ(*item::find(made->item, "priority"), item::Value(item::Number(5)))
        << "a patch is made on what is there";
}

// A whole life of the entity between reading and writing: its version must not be used twice.
TEST_F(Faults, ACreationHasSeenTheLastDeletion) {
    const auto between = [this](std::string_view body) {
        int races = 0;
        interposed_.before_write = [&, races](const auto&) mutable -> std::optional<Error> {
            if (races++ == 0) {
                EXPECT_TRUE(put(rule("theirs")));
                EXPECT_TRUE(erase());
            }
            return std::nullopt;
        };
        return verdict(put_between(body));
    };
    EXPECT_EQ(between(rule("a")), "created 2");
    have_gone();
    EXPECT_EQ(between(rule("a")), "created 4");
    have_gone();
    interposed_.before_write = {};
    std::vector<std::int64_t> versions;
    for (const auto& change : history()) {
        versions.push_back(change.version);
    }
    EXPECT_THAT(versions, testing::ElementsAre(1, 1, 2, 2, 3, 3, 4, 4));
}

TEST_F(Faults, WhoLosesEveryRaceIsTold) {
    have(rule("a"));
    int priority = 0;
    interposed_.before_write = [&](const auto&) -> std::optional<Error> {
        EXPECT_TRUE(patch(fmt::format(R"({{"priority":{}}})", ++priority)));
        return std::nullopt;
    };
    const auto lost = between_.merge_patch(kRule, value_of(R"({"queueId":"b"})"), {}, caller_);
    ASSERT_EQ(verdict(lost), "conflict 17");
    EXPECT_EQ(std::get<Conflict>(lost.error()).current, stored());
    EXPECT_THAT(import_between({rule("b")}), testing::ElementsAre("conflict 33"));
}

// Of an item without a version everything that was read must still be there.
TEST_F(Faults, AnUnversionedItemIsComparedInFull) {
    store(Kind::kRule, rule("a"));
    bool is_first = true;
    interposed_.before_write = [&](const auto&) -> std::optional<Error> {
        if (std::exchange(is_first, false)) {
            store(Kind::kRule, rule("theirs"));
        }
        return std::nullopt;
    };
    const auto made = put_between(rule("b"));
    ASSERT_EQ(verdict(made), "updated 1");
    EXPECT_EQ(*item::find(*history().back().before, "queueId"), item::Value("theirs"));
}

// ---- Imports

TEST_F(Faults, AnImportWaitsForRoomInTheQueue) {
    int refused = 0;
    interposed_.before_write = [&](const auto&) {
        return ++refused % 3 != 0 ? std::optional(Error{ErrorCode::kOverloaded, "full"})
                                  : std::nullopt;
    };
    EXPECT_THAT(import_between({rule("a"), rule("b"), rule("c")}),
                testing::ElementsAre("created 1", "updated 2", "updated 3"));
    interposed_.before_write = [](const auto&) { return Error{ErrorCode::kOverloaded, "full"}; };
    EXPECT_THAT(import_between({rule("d"), rule("e")}),
                testing::ElementsAre("error Overloaded", "error Overloaded"));
    EXPECT_THAT(history(), SizeIs(3));
}

TEST_F(Faults, AnImportThatLosesARaceTakesThePlaceOfWhatIsThere) {
    bool is_first = true;
    interposed_.before_write = [&](const auto&) -> std::optional<Error> {
        if (std::exchange(is_first, false)) {
            EXPECT_EQ(verdict(put(rule("theirs"))), "created 1");
        }
        return std::nullopt;
    };
    EXPECT_THAT(import_between({rule("b"), rule("c")}),
                testing::ElementsAre("updated 2", "updated 3"));
}

TEST_F(Faults, WhatFailsInAnImportIsReportedInItsPlace) {
    interposed_.before_write = [](const std::vector<store::Write>& writes) {
        const auto& item = std::get<store::PutItem>(writes.front().action).item;
        return *item::find(item, "queueId") == item::Value("bad")
                   ? std::optional(Error{ErrorCode::kDiskFull, "no"})
                   : std::nullopt;
    };
    const std::string other = R"({"phoneNumber":"+1","region":"us-east-1","queueId":"q"})";
    EXPECT_THAT(import_between({rule("bad"), other, rule("good")}),
                testing::ElementsAre("error DiskFull", "created 1", "created 1"));
}

}  // namespace
}  // namespace meridian::management
