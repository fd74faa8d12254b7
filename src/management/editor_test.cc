#include "management/editor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>

#include "management/editing_for_tests.h"
#include "management/history_format.h"

namespace meridian::management {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

using Put = Editing;
using Patch = Editing;
using Erase = Editing;
using Restore = Editing;
using DryRun = Editing;
using Order = Editing;

// ---- What a client may believe

TEST_F(Put, ANewEntityIsVersionOneAndItsHistoryTellsIt) {
    const auto made = put(rule());
    ASSERT_EQ(verdict(made), "created 1");
    EXPECT_EQ(made->item, item_of(rule("queue-a", R"(,"version":1,
                                   "lastUpdated":"2025-02-26T15:00:00.000Z")")));
    EXPECT_EQ(made->item, stored());
    EXPECT_FALSE(made->before);
    const auto changes = history();
    ASSERT_THAT(changes, SizeIs(1));
    EXPECT_EQ(changes[0].entity, kRule);
    EXPECT_EQ(changes[0].change_id, made->change_id);
    EXPECT_EQ(changes[0].operation, Operation::kCreate);
    EXPECT_EQ(changes[0].version, 1);
    EXPECT_EQ(format_instant(changes[0].at), "2025-02-26T15:00:00.000Z");
    EXPECT_EQ(changes[0].who.name, "alice");
    EXPECT_EQ(changes[0].who.access_key_id, "AKIDEXAMPLE");
    EXPECT_EQ(changes[0].who.role, Role::kEditor);
    EXPECT_EQ(changes[0].who.address, "127.0.0.1:50312");
    EXPECT_EQ(changes[0].who.request_id, "request-1");
    EXPECT_EQ(changes[0].reason, "");
    EXPECT_EQ(changes[0].via, "rest");
    EXPECT_FALSE(changes[0].before);
    EXPECT_EQ(changes[0].after, stored());
}

// A put of queue-b, by what stands there before and what the client says.
struct Belief {
    const char* stored;  // empty: nothing; else what follows the rule's fields
    Expected expected;
    const char* in_body;
    const char* verdict;
};

TEST_F(Put, IsMadeWhenTheClientIsRightAboutWhatIsStored) {
    const Belief beliefs[] = {
        {"", Unstated{}, "", "created 1"},
        {"", Absent{}, "", "created 1"},
        {"", Version{0}, "", "created 1"},
        {"", Unstated{}, R"(,"version":0)", "created 1"},
        {"", Unstated{}, R"(,"version":null)", "created 1"},
        {"", Absent{}, R"(,"version":0)", "created 1"},
        {"", Present{}, "", "conflict -"},
        {"", Version{1}, "", "conflict -"},
        {"", Unstated{}, R"(,"version":4)", "conflict -"},
        {R"(,"version":4)", Unstated{}, R"(,"version":4)", "updated 5"},
        {R"(,"version":4)", Unstated{}, R"(,"version":4.0)", "updated 5"},
        {R"(,"version":4)", Version{4}, "", "updated 5"},
        {R"(,"version":4)", Version{4}, R"(,"version":4)", "updated 5"},
        {R"(,"version":4)", Present{}, "", "updated 5"},
        {R"(,"version":4)", Present{}, R"(,"version":4)", "updated 5"},
        {R"(,"version":4)", Unstated{}, "", "conflict 4"},
        {R"(,"version":4)", Absent{}, "", "conflict 4"},
        {R"(,"version":4)", Version{3}, "", "conflict 4"},
        {R"(,"version":4)", Version{5}, "", "conflict 4"},
        {R"(,"version":4)", Version{0}, "", "conflict 4"},
        {R"(,"version":4)", Present{}, R"(,"version":3)", "conflict 4"},
        {R"(,"version":4)", Version{4}, R"(,"version":3)", "invalid /version"},
        {R"(,"version":4)", Absent{}, R"(,"version":4)", "invalid /version"},
        // Items that were stored past the editor, without a version or with one that is none.
        {R"(,"colour":"red")", Unstated{}, "", "updated 1"},
        {R"(,"colour":"red")", Unstated{}, R"(,"version":0)", "updated 1"},
        {R"(,"colour":"red")", Present{}, R"(,"version":0)", "updated 1"},
        {R"(,"colour":"red")", Version{1}, "", "conflict 0"},
        {R"(,"colour":"red")", Absent{}, "", "conflict 0"},
        {R"(,"version":"4")", Unstated{}, "", "updated 1"},
        {R"(,"version":1.5)", Unstated{}, "", "updated 1"},
        {R"(,"version":-3)", Unstated{}, "", "updated 1"},
        {R"(,"version":1e30)", Unstated{}, "", "updated 1"},
        {R"(,"version":{})", Unstated{}, "", "updated 1"},
        {R"(,"version":9007199254740991)", Version{9007199254740991}, "",
         "updated 9007199254740992"},
    };
    for (const auto& belief : beliefs) {
        SCOPED_TRACE(std::string(belief.stored) + " | " + belief.in_body);
        Put_IsMadeWhenTheClientIsRightAboutWhatIsStored_Test fresh;
        if (*belief.stored != 0) {
            fresh.store(Kind::kRule, rule("queue-a", belief.stored));
        }
        const auto before = fresh.stored();
        const auto result = fresh.put(rule("queue-b", belief.in_body), belief.expected);
        EXPECT_EQ(verdict(result), belief.verdict);
        if (result) {
            EXPECT_EQ(result->before, before);
            EXPECT_EQ(fresh.stored(), result->item);
            EXPECT_THAT(fresh.history(), SizeIs(1));
        } else {
            EXPECT_EQ(fresh.stored(), before);
            EXPECT_THAT(fresh.history(), IsEmpty());
        }
    }
}

TEST_F(Put, AContradictionOfTwoVersionsNamesBoth) {
    const auto result = put(rule("q", R"(,"version":3)"), Version{5});
    ASSERT_EQ(verdict(result), "invalid /version");
    const auto& error = std::get<Invalid>(result.error()).errors.front();
    EXPECT_THAT(error.message, HasSubstr("3"));
    EXPECT_THAT(error.message, HasSubstr("5"));
}

TEST_F(Put, AConflictCarriesWhatIsStored) {
    have(rule("queue-a"));
    const auto result = put(rule("queue-b"), Version{7});
    ASSERT_EQ(verdict(result), "conflict 1");
    const auto& conflict = std::get<Conflict>(result.error());
    EXPECT_EQ(conflict.current, stored());
    EXPECT_THAT(conflict.message, HasSubstr("Version 1 is stored, not version 7"));
}

// ---- Retries

TEST_F(Put, AnIdenticalRetryIsAnsweredWithoutANewVersion) {
    struct Retry {
        const char* name;
        std::vector<std::pair<std::string, Expected>> puts;  // all but the last are made
        const char* verdict;
    };
    const Retry retries[] = {
        {"of a creation", {{rule("a"), Unstated{}}, {rule("a"), Unstated{}}}, "unchanged 1"},
        {"of If-None-Match: *", {{rule("a"), Absent{}}, {rule("a"), Absent{}}}, "unchanged 1"},
        {"of version 0", {{rule("a"), Version{0}}, {rule("a"), Version{0}}}, "unchanged 1"},
        {"of an update",
         {{rule("a"), Unstated{}}, {rule("b"), Version{1}}, {rule("b"), Version{1}}},
         "unchanged 2"},
        {"of an update that said its version in the body",
         {{rule("a"), Unstated{}},
          {rule("b", R"(,"version":1)"), Unstated{}},
          {rule("b", R"(,"version":1)"), Unstated{}}},
         "unchanged 2"},
        {"with another lastUpdated, which is ours",
         {{rule("a"), Unstated{}}, {rule("a", R"(,"lastUpdated":"tomorrow")"), Unstated{}}},
         "unchanged 1"},
        {"of a creation that was changed since",
         {{rule("a"), Unstated{}}, {rule("b"), Version{1}}, {rule("a"), Unstated{}}},
         "conflict 2"},
        {"that looks like a creation, of an entity that was changed to the same",
         {{rule("a"), Unstated{}}, {rule("b"), Version{1}}, {rule("b"), Unstated{}}},
         "conflict 2"},
        {"of two versions ago",
         {{rule("a"), Unstated{}},
          {rule("b"), Version{1}},
          {rule("c"), Version{2}},
          {rule("b"), Version{1}}},
         "conflict 3"},
        {"that is none: another content",
         {{rule("a"), Unstated{}}, {rule("b"), Version{1}}, {rule("c"), Version{1}}},
         "conflict 2"},
        {"that is none: the same once more, on what is stored",
         {{rule("a"), Unstated{}}, {rule("a"), Version{1}}},
         "updated 2"},
    };
    for (const auto& retry : retries) {
        SCOPED_TRACE(retry.name);
        Put_AnIdenticalRetryIsAnsweredWithoutANewVersion_Test fresh;
        std::string last;
        for (const auto& [body, expected] : retry.puts) {
            const auto before = fresh.stored();
            const auto entries = fresh.history().size();
            fresh.clock_.advance(std::chrono::seconds(1));
            const auto result = fresh.put(body, expected);
            last = verdict(result);
            if (result && result->outcome == Outcome::kUnchanged) {
                EXPECT_EQ(result->item, before);
                EXPECT_EQ(result->change_id, "");
                EXPECT_THAT(fresh.history(), SizeIs(entries));
            }
        }
        EXPECT_EQ(last, retry.verdict);
    }
}

TEST_F(Put, ARetryOfTheFirstVersionOfAnUnversionedItemIsOne) {
    store(Kind::kRule, rule("queue-a"));
    EXPECT_EQ(verdict(put(rule("queue-b"))), "updated 1");
    EXPECT_EQ(verdict(put(rule("queue-b"))), "unchanged 1");
    EXPECT_EQ(verdict(put(rule("queue-b"), Absent{})), "conflict 1") << "something was there";
}

// Nobody has created it through the editor, so nobody can be repeating that.
TEST_F(Put, AnItemThatWasSeededIsNotARetriedCreation) {
    store(Kind::kRule, rule("queue-a", R"(,"version":1)"));
    EXPECT_EQ(verdict(put(rule("queue-a"))), "conflict 1");
}

// ---- What is stored

TEST_F(Put, NullsAtKnownFieldsAreNotStoredAndUnknownFieldsAreKept) {
    EXPECT_EQ(verdict(put(rule("q", R"(,"priority":null,"lastUpdated":null,"fallbackRegions":null,
        "colour":null,"notes":{"a":[1,{"b":null}]})"))),
              "created 1");
    EXPECT_EQ(stored(),
              item_of(rule("q", R"(,"colour":null,"notes":{"a":[1,{"b":null}]},"version":1,
        "lastUpdated":"2025-02-26T15:00:00.000Z")")));
    const EntityId hours{Kind::kHours, "H", {}};
    EXPECT_EQ(verdict(editor_.put(Kind::kHours, std::nullopt,
                                  value_of(R"({"regionId":"H","timezone":"UTC",
        "schedule":{"monday":null,"friday":{"isOpen":false,"hours":null,"note":null}},"emergencyClose":
        {"isActive":true,"message":null},"holidays":[{"date":"2025-01-01","name":null}]})"),
                                  {}, caller_)),
              "created 1");
    EXPECT_EQ(stored(hours),
              item_of(R"({"regionId":"H","timezone":"UTC","schedule":{"friday":{"isOpen":false,
        "note":null}},"emergencyClose":{"isActive":true},"holidays":[{"date":"2025-01-01"}],"version":1,
        "lastUpdated":"2025-02-26T15:00:00.000Z"})"));
}

TEST_F(Put, TheKeyOfThePathMayBeLeftOutOfTheBodyAndMustAgreeWithIt) {
    const std::pair<const char*, const char*> bodies[] = {
        {R"({"queueId":"q"})", "created 1"},
        {R"({"queueId":"q","phoneNumber":null})", "created 1"},
        {R"({"queueId":"q","phoneNumber":"+18005551235","region":"us-east-1"})", "created 1"},
        {R"({"queueId":"q","region":"eu-west-1"})", "invalid /region"},
        {R"({"queueId":"q","phoneNumber":18005551235})", "invalid /phoneNumber /phoneNumber"},
        {R"(["queueId"])", "invalid "},
        {"null", "invalid "},
    };
    for (const auto& [body, expected] : bodies) {
        Put_TheKeyOfThePathMayBeLeftOutOfTheBodyAndMustAgreeWithIt_Test fresh;
        EXPECT_EQ(verdict(fresh.editor_.put(Kind::kRule, kRule, value_of(body), {}, fresh.caller_)),
                  expected)
            << body;
    }
}

TEST_F(Put, ReferencesAreLookedUp) {
    const auto with_hours = [&](bool strict) {
        return editor_.put(Kind::kRule, std::nullopt,
                           value_of(rule("q", R"(,"businessHoursId":"US")")), {.strict = strict},
                           caller_);
    };
    EXPECT_EQ(verdict(with_hours(true)), "invalid /businessHoursId");
    const auto made = with_hours(false);
    ASSERT_EQ(verdict(made), "created 1");
    EXPECT_THAT(pointers(made->warnings), ElementsAre("/businessHoursId"));
    store(Kind::kHours, R"({"regionId":"US"})");
    EXPECT_THAT(patch(R"({"priority":2})")->warnings, IsEmpty());
}

TEST_F(Put, AnItemMayHave400KBWithWhatTheServerAdds) {
    const auto of_bytes = [](std::size_t bytes) {
        auto body = value_of(rule());
        auto& map = *body.as<item::Map>();
        map["notes"] = std::string();
        map["notes"] = std::string(bytes - item::size_bytes(map), 'x');
        return body;
    };
    const auto added =
        item::size_bytes(item_of(R"({"version":1,"lastUpdated":"2025-02-26T15:00:00.000Z"})"));
    const auto make = [&](std::size_t bytes) {
        return verdict(editor_.put(Kind::kRule, std::nullopt, of_bytes(bytes), {}, caller_));
    };
    EXPECT_EQ(make(item::kItemBytesMax + 1), "too large ");
    EXPECT_EQ(make(item::kItemBytesMax - added + 1), "too large ");
    EXPECT_FALSE(stored());
    EXPECT_EQ(make(item::kItemBytesMax - added), "created 1");
    EXPECT_EQ(item::size_bytes(*stored()), item::kItemBytesMax);
}

TEST_F(Put, AReasonHasALimit) {
    const auto with_reason = [&](std::size_t bytes) {
        return editor_.put(Kind::kRule, std::nullopt, value_of(rule()),
                           {.reason = std::string(bytes, 'r'), .via = "lambda"}, caller_);
    };
    EXPECT_EQ(verdict(with_reason(1025)), "invalid ");
    EXPECT_EQ(verdict(with_reason(1024)), "created 1");
    EXPECT_EQ(history().front().reason, std::string(1024, 'r'));
    EXPECT_EQ(history().front().via, "lambda");
}

// ---- Merge patches

TEST_F(Patch, ChangesFieldsTakesThemOutAndLeavesTheOthers) {
    have(rule("queue-a",
              R"(,"priority":1,"attributes":{"a":"1","b":"2"},"fallbackRegions":["eu-west-1"])"));
    const auto made =
        patch(R"({"priority":null,"attributes":{"a":null,"c":"3"},"fallbackRegions":[],
        "notes":{"x":{"y":null,"z":1}}})");
    ASSERT_EQ(verdict(made), "updated 2");
    EXPECT_EQ(made->item,
              item_of(rule("queue-a", R"(,"attributes":{"b":"2","c":"3"},"fallbackRegions":[],
        "notes":{"x":{"z":1}},"version":2,"lastUpdated":"2025-02-26T15:00:00.001Z")")));
    EXPECT_EQ(history().back().operation, Operation::kUpdate);
}

TEST_F(Patch, IsCheckedAsAWholeAndAgainstWhatTheClientBelieves) {
    EXPECT_EQ(verdict(patch(R"({"priority":1})")), "not found");
    EXPECT_EQ(verdict(patch(R"({"priority":1})", Version{1})), "not found");
    have(rule("queue-a"));
    EXPECT_EQ(verdict(patch(R"({"queueId":null,"contactFlowId":null})")),
              "invalid /contactFlowId /queueId");
    EXPECT_EQ(verdict(patch(R"({"priority":"high"})")), "invalid /priority");
    EXPECT_EQ(verdict(patch(R"({"region":"eu-west-1"})")), "invalid /region");
    EXPECT_EQ(verdict(patch(R"({"version":"1","priority":1})")), "invalid /version");
    EXPECT_EQ(verdict(patch(R"({"version":1,"priority":1})", Version{2})), "invalid /version");
    EXPECT_EQ(verdict(patch(R"([1])")), "invalid ");
    EXPECT_EQ(verdict(patch(R"({"priority":1})", Version{2})), "conflict 1");
    EXPECT_EQ(verdict(patch(R"({"priority":1})", Absent{})), "conflict 1");
    EXPECT_THAT(history(), SizeIs(1));
    EXPECT_EQ(verdict(patch(R"({"priority":1,"version":1})")), "updated 2");
    EXPECT_EQ(verdict(patch(R"({"priority":1,"version":1})")), "unchanged 2") << "a retry";
    EXPECT_EQ(verdict(patch(R"({"priority":2,"version":1})")), "conflict 2");
    EXPECT_EQ(verdict(patch(R"({"priority":3})", Version{2})), "updated 3");
    EXPECT_EQ(verdict(patch(R"({"priority":4})", Present{})), "updated 4");
    EXPECT_EQ(verdict(patch(R"({"priority":5,"version":null})")), "updated 5")
        << "of whatever is there";
}

TEST_F(Patch, ThatChangesNothingIsNoChange) {
    have(rule("queue-a"));
    EXPECT_EQ(verdict(patch("{}")), "unchanged 1");
    EXPECT_EQ(
        verdict(patch(R"({"queueId":"queue-a","colour":null,"lastUpdated":"x"})", Version{1})),
        "unchanged 1");
    EXPECT_THAT(history(), SizeIs(1));
}

// ---- Deletions

TEST_F(Erase, TakesTheItemOutAndKeepsItInTheHistory) {
    have(rule("queue-a"));
    const auto item = stored();
    const auto made = erase(Version{1});
    ASSERT_EQ(verdict(made), "deleted 1");
    EXPECT_EQ(made->item, item);
    EXPECT_FALSE(stored());
    const auto last = history().back();
    EXPECT_EQ(last.operation, Operation::kDelete);
    EXPECT_EQ(last.change_id, made->change_id);
    EXPECT_EQ(last.version, 1);
    EXPECT_EQ(last.before, item);
    EXPECT_FALSE(last.after);
}

TEST_F(Erase, AsksWhatTheClientBelieves) {
    EXPECT_EQ(verdict(erase()), "not found");
    EXPECT_EQ(verdict(erase(Version{1})), "not found");
    EXPECT_EQ(verdict(erase(Present{})), "not found");
    have(rule("queue-a"));
    EXPECT_EQ(verdict(erase(Version{2})), "conflict 1");
    EXPECT_EQ(verdict(erase(Absent{})), "conflict 1");
    EXPECT_EQ(verdict(erase(Version{1})), "deleted 1");
    EXPECT_EQ(verdict(erase(Version{1})), "unchanged 1") << "a retry";
    EXPECT_EQ(verdict(erase(Version{2})), "not found");
    EXPECT_EQ(verdict(erase()), "not found") << "says nothing that could be a retry";
    EXPECT_THAT(history(), SizeIs(2));
    store(Kind::kRule, rule("queue-b"));
    EXPECT_EQ(verdict(erase(Version{0})), "deleted 0") << "an item without a version";
    EXPECT_EQ(verdict(erase(Version{0})), "unchanged 0");
}

TEST_F(Erase, VersionsGoOnAfterIt) {
    have(rule("a"));
    have(rule("b"), Version{1});
    have_gone();
    EXPECT_EQ(verdict(put(rule("c"), Version{2})), "conflict -");
    EXPECT_EQ(verdict(put(rule("c"))), "created 3");
    EXPECT_EQ(verdict(put(rule("c"))), "unchanged 3") << "a retried creation";
    have_gone();
    EXPECT_EQ(verdict(put(rule("d"), Absent{})), "created 4");
    EXPECT_EQ(verdict(put(rule("d"), Absent{})), "unchanged 4");
}

TEST_F(Erase, AlsoOfAnEntityThatWasDeletedPastTheEditor) {
    have(rule("a"));
    have(rule("b"), Version{1});
    ASSERT_FALSE(store_
                     ->write({std::string(table_of(Kind::kRule)), store::DeleteItem{key_of(kRule)},
                              std::nullopt})
                     .error);
    EXPECT_EQ(verdict(put(rule("c"))), "created 3");
}

// Whoever clears a history away leaves the mark of the last deletion, and must not make an entity
// that can't be created again.
TEST_F(Erase, VersionsGoOnWithoutTheHistory) {
    have(rule("a"));
    have(rule("b"), Version{1});
    have_gone();
    for (const auto& change : history()) {
        ASSERT_FALSE(
            store_
                ->write({std::string(catalog::kHistoryTable),
                         store::DeleteItem{history_key(kRule, change.change_id)}, std::nullopt})
                .error);
    }
    clock_.step_to(clock_.now() - std::chrono::hours(1));
    const auto made = put(rule("c"));
    EXPECT_EQ(verdict(made), "created 3");
    EXPECT_EQ(*item::find(made->item, "lastUpdated"), item::Value("2025-02-26T15:00:00.003Z"));
}

// ---- Restoring

TEST_F(Restore, StoresWhatTheEntityWasAsANewVersion) {
    const auto first = put(rule("a"));
    have(rule("b"), Version{1});
    clock_.advance(std::chrono::seconds(5));
    const auto made = restore(first->change_id);
    ASSERT_EQ(verdict(made), "updated 3");
    EXPECT_EQ(made->item,
              item_of(rule("a", R"(,"version":3,"lastUpdated":"2025-02-26T15:00:05.000Z")")));
    const auto last = history().back();
    EXPECT_EQ(last.operation, Operation::kRestore);
    EXPECT_EQ(last.version, 3);
    EXPECT_EQ(verdict(restore(first->change_id)), "unchanged 3") << "a retry";
}

TEST_F(Restore, BringsADeletedEntityBack) {
    const auto first = put(rule("a"));
    const auto deletion = erase();
    EXPECT_EQ(verdict(restore(deletion->change_id)), "created 2") << "what the deletion took";
    have_gone();
    EXPECT_EQ(verdict(restore(first->change_id, Absent{})), "created 3");
    EXPECT_EQ(item::find(*stored(), "queueId")->as<std::string>()->front(), 'a');
}

TEST_F(Restore, AsksWhatTheClientBelieves) {
    const auto first = put(rule("a"));
    have(rule("b"), Version{1});
    EXPECT_EQ(verdict(restore(first->change_id, Version{1})), "conflict 2");
    EXPECT_EQ(verdict(restore(first->change_id, Version{2})), "updated 3");
    EXPECT_EQ(verdict(restore(first->change_id, Version{2})), "unchanged 3");
    for (const auto* unknown :
         {"", "#", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "01ARZ3NDEKTSV4RRFFQ69G5FAV#after#00"}) {
        EXPECT_EQ(verdict(restore(unknown)), "not found") << unknown;
    }
    EXPECT_EQ(verdict(editor_.restore({Kind::kAgent, "a", {}}, first->change_id, {}, caller_)),
              "not found")
        << "another entity's change";
}

// In an emergency what was there must be had back, whatever is asked of new rules.
TEST_F(Restore, AnItemThatWouldNotBeTakenTodayIsRestoredWithWarnings) {
    store(Kind::kRule, rule("a", R"(,"priority":"high")"));
    const auto deletion = erase();
    const auto strictly = editor_.restore(kRule, deletion->change_id, {.strict = true}, caller_);
    EXPECT_EQ(verdict(strictly), "invalid /priority");
    const auto made = restore(deletion->change_id);
    ASSERT_EQ(verdict(made), "created 1");
    EXPECT_THAT(pointers(made->warnings), ElementsAre("/priority"));
}

// ---- Dry runs

TEST_F(DryRun, SaysWhatWouldHappenAndChangesNothing) {
    const auto dry = [](Expected expected = Unstated{}) {
        return EditOptions{.expected = expected, .dry_run = true};
    };
    const auto body = [](const char* queue) { return value_of(rule(queue)); };
    const auto created = editor_.put(Kind::kRule, std::nullopt, body("a"), dry(), caller_);
    EXPECT_EQ(verdict(created), "created 1");
    EXPECT_EQ(created->change_id, "");
    EXPECT_FALSE(stored());

    const auto first = put(rule("a"));
    const auto before = stored();
    const auto updated =
        editor_.put(Kind::kRule, std::nullopt, body("b"), dry(Version{1}), caller_);
    EXPECT_EQ(verdict(updated), "updated 2");
    EXPECT_EQ(updated->before, before);
    EXPECT_EQ(updated->change_id, "");
    EXPECT_EQ(verdict(editor_.put(Kind::kRule, std::nullopt, body("b"), dry(), caller_)),
              "conflict 1");
    EXPECT_EQ(verdict(editor_.merge_patch(kRule, value_of(R"({"priority":1})"), dry(), caller_)),
              "updated 2");
    EXPECT_EQ(verdict(editor_.erase(kRule, dry(), caller_)), "deleted 1");
    EXPECT_EQ(stored(), before);
    have_gone();
    EXPECT_EQ(verdict(editor_.restore(kRule, first->change_id, dry(), caller_)), "created 2");
    EXPECT_FALSE(stored());
    EXPECT_THAT(history(), SizeIs(2));
}

// ---- Time

TEST_F(Order, ChangesAscendWhenTheClockStepsBackOrStandsStill) {
    const auto start = clock_.now();
    std::int64_t version = 0;
    const auto change = [&] {
        const auto made = put(rule("queue-" + std::to_string(version)), Version{version});
        ASSERT_TRUE(made) << verdict(made);
        ++version;
    };
    change();
    change();
    change();
    clock_.step_to(start - std::chrono::hours(23));
    change();
    have_gone();
    ASSERT_TRUE(put(rule("again")));
    ++version;
    clock_.step_to(start + std::chrono::hours(1));
    change();
    const auto changes = history();
    ASSERT_THAT(changes, SizeIs(7));
    for (std::size_t i = 1; i < changes.size(); ++i) {
        EXPECT_LT(changes[i - 1].change_id, changes[i].change_id) << i;
        EXPECT_LT(changes[i - 1].at, changes[i].at) << i;
    }
    EXPECT_EQ(changes[5].at, start + std::chrono::milliseconds(5));
    EXPECT_EQ(changes[6].at, start + std::chrono::hours(1));
}

// Somebody's typing error must not make all later changes of a rule be of the year 9999.
TEST_F(Order, WhatIsDatedFarAheadIsNotWaitedFor) {
    store(Kind::kRule, rule("a", R"(,"version":1,"lastUpdated":"9999-01-01T00:00:00Z")"));
    EXPECT_EQ(*item::find(put(rule("b"), Version{1})->item, "lastUpdated"),
              item::Value("2025-02-26T15:00:00.000Z"));
    store(Kind::kRule, rule("a", R"(,"version":2,"lastUpdated":"2025-02-27T15:00:00Z")"));
    EXPECT_EQ(*item::find(put(rule("b"), Version{2})->item, "lastUpdated"),
              item::Value("2025-02-27T15:00:00.001Z"));
}

TEST_F(Order, AnItemWithoutATimeIsDatedAfterItsHistory) {
    const auto start = clock_.now();
    have(rule("a"));
    store(Kind::kRule, rule("b"));
    clock_.step_to(start - std::chrono::hours(1));
    ASSERT_TRUE(put(rule("c")));
    EXPECT_EQ(history().back().at, start + std::chrono::milliseconds(1));
}

TEST_F(Order, LastUpdatedAndTheChangesIdTellTheSameTime) {
    clock_.step_to(*parse_instant("2025-07-01T10:20:30.456Z"));
    const auto made = put(rule("a"));
    EXPECT_EQ(*item::find(made->item, "lastUpdated"), item::Value("2025-07-01T10:20:30.456Z"));
    EXPECT_EQ(made->change_id.substr(0, 10), "01JZ2R17VR");
}

}  // namespace
}  // namespace meridian::management
