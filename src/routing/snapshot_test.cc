#include "routing/snapshot.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "routing/decision.h"

namespace meridian::routing {
namespace {

Rule rule(std::string number, std::string region, std::int64_t version = 1) {
    Rule r;
    r.phone_number = std::move(number);
    r.region = std::move(region);
    r.contact_flow_id = "flow";
    r.queue_id = std::to_string(version);
    r.version = version;
    return r;
}

Snapshot after(const Snapshot& snapshot, const Edit& edit) {
    return snapshot.with(std::span(&edit, 1));
}

std::vector<Rule> rules_of(const Snapshot& snapshot) {
    std::vector<Rule> rules;
    snapshot.for_each_rule([&](const Rule& r) { rules.push_back(r); });
    return rules;
}

std::shared_ptr<const calendar::Schedule> schedule(std::string id) {
    auto s = std::make_shared<calendar::Schedule>();
    s->id = std::move(id);
    return s;
}

Rule full_rule() {
    Rule r;
    r.phone_number = "+18005551234";
    r.region = "us-east-1";
    r.contact_flow_id = "flow";
    r.queue_id = "queue";
    r.after_hours_contact_flow_id = "late flow";
    r.after_hours_queue_id = "late queue";
    r.business_hours_id = "office";
    r.routing_profile = "gold";
    r.priority = -3;
    r.version = 1LL << 40;
    r.fallback_regions = {"eu-west-1", "", "ap-southeast-1"};
    r.attributes = std::string("{\"a\":\"\0\"}", 9);
    return r;
}

TEST(Snapshot, ReturnsEveryFieldOfARule) {
    const Snapshot snapshot = after(Snapshot(), PutRule{full_rule()});
    EXPECT_EQ(rules_of(snapshot), std::vector{full_rule()});
}

TEST(Snapshot, VisitsRulesInOrder) {
    const std::vector<Rule> sorted = {rule("", "b"),    rule("+1", "a"), rule("+1", "b"),
                                      rule("+12", "a"), rule("+2", "a"), rule("\x80", "a"),
                                      rule("\xFF", "a")};
    SnapshotBuilder builder;
    for (std::size_t i = sorted.size(); i-- > 0;) {
        builder.add(PutRule{sorted[i]});
    }
    const Snapshot snapshot = std::move(builder).build();
    EXPECT_EQ(rules_of(snapshot), sorted);
}

TEST(Snapshot, PutReplacesTheSameKey) {
    Snapshot snapshot = after(Snapshot(), PutRule{rule("+1", "a", 1)});
    snapshot = after(snapshot, PutRule{rule("+1", "a", 2)});
    EXPECT_EQ(snapshot.rule_count(), 1U);
    EXPECT_EQ(rules_of(snapshot).front().version, 2);
}

TEST(Snapshot, ErasingWhatIsNotThereChangesNothing) {
    const Snapshot snapshot = after(Snapshot(), PutRule{rule("+1", "a")});
    for (const Edit& edit :
         {Edit(EraseRule{"+1", "b"}), Edit(EraseRule{"+", "a"}), Edit(EraseRule{"+12", "a"}),
          Edit(EraseRule{"", ""}), Edit(EraseSchedule{"x"})}) {
        const Snapshot same = after(snapshot, edit);
        EXPECT_EQ(same.rule_count(), 1U);
        EXPECT_EQ(same.content_hash(), snapshot.content_hash());
    }
}

TEST(Snapshot, LeavesOutNumbersThatNoTableCanHold) {
    const Snapshot snapshot = after(Snapshot(), PutRule{rule(std::string(16'001, '1'), "a")});
    EXPECT_EQ(snapshot.rule_count(), 0U);
    EXPECT_EQ(snapshot.content_hash(), Snapshot().content_hash());
    EXPECT_EQ(after(Snapshot(), PutRule{rule(std::string(16'000, '1'), "a")}).rule_count(), 1U);
}

TEST(Snapshot, CountsSchedules) {
    Snapshot snapshot = after(Snapshot(), PutSchedule{schedule("a")});
    snapshot = after(snapshot, PutSchedule{schedule("a")});
    snapshot = after(snapshot, PutSchedule{schedule("b")});
    EXPECT_EQ(snapshot.schedule_count(), 2U);
    snapshot = after(snapshot, EraseSchedule{"a"});
    EXPECT_EQ(snapshot.schedule_count(), 1U);
}

TEST(Snapshot, KeepsAScheduleAsLongAsItNeedsIt) {
    std::weak_ptr<const calendar::Schedule> watched;
    Snapshot old;
    {
        const auto s = schedule("a");
        watched = s;
        old = after(Snapshot(), PutSchedule{s});
    }
    Snapshot replaced = after(old, PutSchedule{schedule("a")});
    EXPECT_FALSE(watched.expired());
    old = Snapshot();
    EXPECT_TRUE(watched.expired());
}

TEST(ContentHash, DependsOnEveryField) {
    using Change = void (*)(Rule&);
    const Change changes[] = {
        [](Rule& r) { r.phone_number += "5"; },
        [](Rule& r) { r.region += "5"; },
        [](Rule& r) { r.contact_flow_id += "5"; },
        [](Rule& r) { r.queue_id += "5"; },
        [](Rule& r) { r.after_hours_contact_flow_id += "5"; },
        [](Rule& r) { r.after_hours_queue_id += "5"; },
        [](Rule& r) { r.business_hours_id += "5"; },
        [](Rule& r) { r.routing_profile += "5"; },
        [](Rule& r) { ++r.priority; },
        [](Rule& r) { ++r.version; },
        [](Rule& r) { r.fallback_regions.emplace_back(); },
        [](Rule& r) { r.attributes += "5"; },
        [](Rule& r) { std::swap(r.contact_flow_id, r.queue_id); },
        // A byte moves from one text to the next.
        [](Rule& r) { r.contact_flow_id = "flowq", r.queue_id = "ueue"; },
        [](Rule& r) { std::swap(r.fallback_regions[0], r.fallback_regions[2]); },
    };
    std::vector<ContentHash> hashes = {after(Snapshot(), PutRule{full_rule()}).content_hash()};
    for (const auto change : changes) {
        Rule changed = full_rule();
        change(changed);
        hashes.push_back(after(Snapshot(), PutRule{changed}).content_hash());
    }
    std::ranges::sort(hashes);
    EXPECT_EQ(std::ranges::adjacent_find(hashes), hashes.end());
}

TEST(ContentHash, DependsOnWhatAScheduleShows) {
    using Change = void (*)(calendar::Schedule&);
    const Change changes[] = {
        [](calendar::Schedule&) {},
        [](calendar::Schedule& s) { s.id += "x"; },
        [](calendar::Schedule& s) { s.zone = calendar::Zone::load("Europe/Dublin").value(); },
        [](calendar::Schedule& s) { s.week[0].push_back({}); },
        [](calendar::Schedule& s) { s.week[1].push_back({}); },
        [](calendar::Schedule& s) { s.holidays[std::chrono::sys_days{}] = "x"; },
        [](calendar::Schedule& s) { s.holidays[std::chrono::sys_days{}] = "y"; },
        [](calendar::Schedule& s) { s.emergency = ""; },
        [](calendar::Schedule& s) { s.emergency = "x"; },
    };
    std::vector<ContentHash> hashes;
    for (const auto change : changes) {
        auto changed = std::make_shared<calendar::Schedule>(*schedule("a"));
        change(*changed);
        hashes.push_back(after(Snapshot(), PutSchedule{changed}).content_hash());
    }
    std::ranges::sort(hashes);
    EXPECT_EQ(std::ranges::adjacent_find(hashes), hashes.end());

    auto renamed = std::make_shared<calendar::Schedule>(*schedule("a"));
    renamed->name = "Nobody's decision depends on it";
    EXPECT_EQ(after(Snapshot(), PutSchedule{renamed}).content_hash(),
              after(Snapshot(), PutSchedule{schedule("a")}).content_hash());
}

// Golden: another machine, another release and another process must say the same. The vector was
// made apart from this code, with Python's hashlib, from the encodings that the headers describe.
TEST(ContentHash, IsTheSameEverywhere) {
    EXPECT_EQ(to_hex(Snapshot().content_hash()), std::string(64, '0'));
    const Snapshot snapshot =
        after(after(Snapshot(), PutRule{full_rule()}), PutSchedule{schedule("office")});
    EXPECT_EQ(to_hex(snapshot.content_hash()),
              "dee4dedc1e6c0cd51fc6d8d782f5aa10befd336ad93fe0f572b93bb1f7e0ef25");
}

// Freed blocks serve again: memory that grows with the number of edits would be a leak.
TEST(Snapshot, ManyEditsNeedNoMoreMemoryThanTheirResult) {
    Snapshot snapshot;
    std::size_t first_round = 0;
    for (int round = 0; round < 20; ++round) {
        for (int i = 0; i < 200; ++i) {
            snapshot = after(snapshot, PutRule{rule("+" + std::to_string(i), "a", round)});
            snapshot = after(snapshot, PutRule{rule("+" + std::to_string(i), "b", round)});
        }
        for (int i = 0; i < 200; i += 2) {
            snapshot = after(snapshot, EraseRule{"+" + std::to_string(i), "a"});
        }
        first_round = first_round == 0 ? snapshot.memory_bytes() : first_round;
        EXPECT_EQ(snapshot.memory_bytes(), first_round);
    }
    for (const Rule& r : rules_of(snapshot)) {
        snapshot = after(snapshot, EraseRule{r.phone_number, r.region});
    }
    EXPECT_EQ(snapshot.memory_bytes(), Snapshot().memory_bytes());
    EXPECT_EQ(snapshot.content_hash(), Snapshot().content_hash());
}

// Each number is a prefix of the next, so that the trie is as deep as it can be.
TEST(Snapshot, DeepTriesAreFreedWithoutRecursion) {
    SnapshotBuilder builder;
    std::string number;
    for (std::size_t length = 1; length <= 2'048; ++length) {
        number.push_back(static_cast<char>(length % 256));
        builder.add(PutRule{rule(number, "a")});
    }
    const Snapshot snapshot = std::move(builder).build();
    {
        Snapshot changed = snapshot;
        for (const Rule& r : rules_of(snapshot)) {
            changed = after(changed, PutRule{rule(r.phone_number, "a", 2)});
        }
        EXPECT_EQ(changed.rule_count(), 2'048U);
    }
    const Policy policy;
    const auto decision =
        decide(snapshot, policy, {.number = number + "x", .region = "a", .at = {}});
    EXPECT_EQ(decision.rule_number, number);
    // The longest prefix of a region that the others lie before: every candidate is looked at.
    const Snapshot other = after(snapshot, PutRule{rule(number.substr(0, 1), "b")});
    EXPECT_EQ(decide(other, policy, {.number = number + "x", .region = "b", .at = {}}).rule_number,
              number.substr(0, 1));
}

TEST(Snapshot, ManyRulesShareALongPrefix) {
    const std::string prefix(2'000, '7');
    SnapshotBuilder builder;
    for (int i = 0; i < 100'000; ++i) {
        builder.add(PutRule{rule(prefix + std::to_string(i), "a", i)});
    }
    const Snapshot snapshot = std::move(builder).build();
    EXPECT_EQ(snapshot.rule_count(), 100'000U);
    const std::string wanted = prefix + "54321";
    EXPECT_EQ(decide(snapshot, {}, {.number = wanted, .region = "a", .at = {}}).rule_number,
              wanted);
    const std::string diverging = prefix.substr(1) + "54321";
    EXPECT_EQ(decide(snapshot, {}, {.number = diverging, .region = "a", .at = {}}).match,
              Match::kNone);
}

// The order of threads' steps is the machine's; ThreadSanitizer watches (--preset tsan).
TEST(Snapshot, ReadersKeepTheirsWhileAWriterGoesOn) {
    SnapshotBuilder builder;
    for (int i = 0; i < 1'200; ++i) {  // enough for shortcuts, which the threads share
        builder.add(PutRule{rule("+2" + std::to_string(i), "a")});
    }
    builder.add(PutRule{rule("+1", "a", 0)});
    std::mutex mutex;
    Snapshot current = std::move(builder).build();
    std::atomic<bool> done = false;
    const auto read = [&] {
        std::int64_t last = 0;
        while (!done) {
            const Snapshot mine = [&] {
                const std::lock_guard lock(mutex);
                return current;
            }();
            const auto decision = decide(mine, {}, {.number = "+1", .region = "a", .at = {}});
            EXPECT_EQ(decision.match, Match::kExact);
            std::size_t count = 0;
            mine.for_each_rule([&](const Rule& r) {
                ++count;
                if (r.phone_number == "+1") {
                    EXPECT_GE(r.version, last);
                    EXPECT_EQ(decision.queue_id, std::to_string(r.version));
                    last = r.version;
                }
            });
            EXPECT_EQ(count, mine.rule_count());
            static_cast<void>(after(mine, PutRule{rule("+1", "a", -1)}));  // "what if"
        }
    };
    std::vector<std::jthread> readers;
    readers.reserve(3);
    for (int i = 0; i < 3; ++i) {
        readers.emplace_back(read);
    }
    Snapshot writers = current;
    for (int i = 1; i <= 2'000; ++i) {
        const std::vector<Edit> edits = {
            PutRule{rule("+1", "a", i)}, PutRule{rule("+1" + std::to_string(i % 50), "a", i)},
            EraseRule{"+1" + std::to_string(i * 7 % 50), "a"}, PutSchedule{schedule("s")}};
        writers = writers.with(edits);
        const std::lock_guard lock(mutex);
        current = writers;
    }
    done = true;
}

}  // namespace
}  // namespace meridian::routing
