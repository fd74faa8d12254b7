#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "management/editing_for_tests.h"

namespace meridian::management {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class Import : public Editing {
  protected:
    std::vector<EditResult<Edited>> make(const std::vector<std::string>& bodies,
                                         bool dry_run = false) {
        std::vector<item::Value> values;
        values.reserve(bodies.size());
        for (const auto& body : bodies) {
            values.push_back(value_of(body));
        }
        return editor_.import(Kind::kRule, values, {.dry_run = dry_run, .via = "import"}, caller_);
    }
    std::vector<std::string> verdicts(const std::vector<std::string>& bodies,
                                      bool dry_run = false) {
        std::vector<std::string> found;
        for (const auto& result : make(bodies, dry_run)) {
            found.push_back(verdict(result));
        }
        return found;
    }
};

// A rule of the number that ends in `digit`.
std::string numbered(int digit, std::string_view queue, std::string_view more = "") {
    return fmt::format(R"({{"phoneNumber":"+1800555000{}","region":"us-east-1","queueId":"{}"{}}})",
                       digit, queue, more);
}

EntityId id_of(int digit) {
    return {Kind::kRule, fmt::format("+1800555000{}", digit), "us-east-1"};
}

TEST_F(Import, AnswersEachBodyInItsPlace) {
    EXPECT_THAT(verdicts({}), IsEmpty());
    EXPECT_THAT(verdicts({numbered(1, "a"), numbered(2, "a")}),
                ElementsAre("created 1", "created 1"));
    EXPECT_THAT(
        verdicts({numbered(1, "a"), "[]", numbered(3, "a"), numbered(2, "b"), "{}",
                  numbered(4, "a", R"(,"priority":"x")"), numbered(5, "a", R"(,"version":3)")}),
        ElementsAre("unchanged 1", "invalid ", "created 1", "updated 2",
                    "invalid /contactFlowId /phoneNumber /queueId /region", "invalid /priority",
                    "conflict -"));
    EXPECT_EQ(history(id_of(3)).front().via, "import");
    EXPECT_THAT(history(id_of(2)), SizeIs(2));
    EXPECT_THAT(history(id_of(1)), SizeIs(1));
}

TEST_F(Import, ASecondOneOfTheSameFileChangesNothing) {
    const std::vector<std::string> file{numbered(1, "a"), numbered(2, "a", R"(,"version":1)"),
                                        numbered(3, "b", R"(,"version":1)")};
    store(Kind::kRule, numbered(2, "a", R"(,"version":1)"));
    store(Kind::kRule, numbered(3, "a", R"(,"version":1)"));
    EXPECT_THAT(verdicts(file), ElementsAre("created 1", "unchanged 1", "updated 2"));
    const auto sequence = store_->last_sequence();
    EXPECT_THAT(verdicts(file), ElementsAre("unchanged 1", "unchanged 1", "unchanged 2"));
    EXPECT_EQ(store_->last_sequence(), sequence);
}

TEST_F(Import, AStatedVersionIsACondition) {
    make({numbered(1, "a")});
    EXPECT_THAT(verdicts({numbered(1, "b", R"(,"version":2)")}), ElementsAre("conflict 1"));
    EXPECT_THAT(verdicts({numbered(1, "b", R"(,"version":0)")}), ElementsAre("conflict 1"));
    EXPECT_THAT(verdicts({numbered(1, "b", R"(,"version":1)")}), ElementsAre("updated 2"));
    EXPECT_THAT(verdicts({numbered(1, "c", R"(,"version":1)")}), ElementsAre("conflict 2"));
    EXPECT_THAT(verdicts({numbered(1, "c", R"(,"version":"1")")}), ElementsAre("invalid /version"));
}

TEST_F(Import, BodiesOfOneEntityAreMadeInTheOrderGiven) {
    const std::vector<std::string> bodies{numbered(1, "a"),
                                          numbered(2, "x"),
                                          numbered(1, "b"),
                                          numbered(1, "b"),
                                          numbered(1, "c", R"(,"version":2)"),
                                          numbered(1, "d", R"(,"version":2)"),
                                          numbered(1, "a")};
    const auto expected = ElementsAre("created 1", "created 1", "updated 2", "unchanged 2",
                                      "updated 3", "conflict 3", "updated 4");
    EXPECT_THAT(verdicts(bodies, true), expected) << "a dry run says so too";
    EXPECT_EQ(store_->last_sequence(), 0U);
    EXPECT_THAT(verdicts(bodies), expected);
    std::vector<std::string> queues;
    for (const auto& change : history(id_of(1))) {
        queues.push_back(*item::find(*change.after, "queueId")->as<std::string>());
    }
    EXPECT_THAT(queues, ElementsAre("a", "b", "c", "a"));
}

TEST_F(Import, OfDeletedEntitiesGoesOnWithTheirVersions) {
    make({numbered(1, "a"), numbered(1, "b"), numbered(2, "a")});
    ASSERT_TRUE(editor_.erase(id_of(1), {}, caller_));
    clock_.step_to(clock_.now() - std::chrono::hours(1));
    EXPECT_THAT(verdicts({numbered(1, "c"), numbered(3, "a")}, true),
                ElementsAre("created 3", "created 1"));
    EXPECT_THAT(verdicts({numbered(1, "c"), numbered(1, "d"), numbered(3, "a")}),
                ElementsAre("created 3", "updated 4", "created 1"));
    const auto changes = history(id_of(1));
    ASSERT_THAT(changes, SizeIs(5));
    for (std::size_t i = 1; i < changes.size(); ++i) {
        EXPECT_LT(changes[i - 1].change_id, changes[i].change_id);
    }
}

TEST_F(Import, WarningsAndStrictness) {
    const std::vector<std::string> bodies{numbered(1, "a", R"(,"businessHoursId":"US")"),
                                          numbered(2, "a", R"(,"businessHoursId":"EU")")};
    store(Kind::kHours, R"({"regionId":"EU"})");
    const auto results = make(bodies);
    EXPECT_THAT(pointers(results[0]->warnings), ElementsAre("/businessHoursId"));
    EXPECT_THAT(pointers(results[1]->warnings), IsEmpty());
    std::vector<item::Value> values{value_of(bodies[0]), value_of(bodies[1])};
    const auto strict = editor_.import(Kind::kRule, values, {.strict = true}, caller_);
    EXPECT_EQ(verdict(strict[0]), "invalid /businessHoursId");
    EXPECT_EQ(verdict(strict[1]), "unchanged 1");
}

TEST_F(Import, TakesHoursAndAgentsToo) {
    std::vector<item::Value> hours{value_of(R"({"regionId":"US","schedule":{},"timezone":"UTC"})")};
    EXPECT_EQ(verdict(editor_.import(Kind::kHours, hours, {}, caller_).front()), "created 1");
    std::vector<item::Value> agents{value_of(R"({"agentId":"a"})")};
    EXPECT_EQ(verdict(editor_.import(Kind::kAgent, agents, {}, caller_).front()), "created 1");
}

// Over several rounds, with entities that come again within a round and in later ones.
TEST_F(Import, ManyBodiesEndAsIfEachHadBeenPut) {
    std::vector<std::string> bodies;
    std::map<int, std::string> last;
    std::map<int, std::int64_t> versions;
    for (int i = 0; i < 6000; ++i) {
        const int entity = (i * 7919) % 4500;
        const auto queue = std::to_string(i % 3);
        bodies.push_back(
            fmt::format(R"({{"phoneNumber":"+1{:04}","region":"us-east-1","queueId":"{}"}})",
                        1000 + entity, queue));
        versions[entity] += last[entity] == queue ? 0 : 1;
        last[entity] = queue;
    }
    const auto results = make(bodies);
    ASSERT_THAT(results, SizeIs(bodies.size()));
    for (std::size_t i = 0; i < results.size(); ++i) {
        ASSERT_TRUE(results[i]) << i << " " << verdict(results[i]);
    }
    for (const auto& [entity, queue] : last) {
        const EntityId id{Kind::kRule, fmt::format("+1{:04}", 1000 + entity), "us-east-1"};
        const auto item = stored(id);
        ASSERT_TRUE(item);
        EXPECT_EQ(*item::find(*item, "queueId"), item::Value(queue));
        EXPECT_EQ(version_of(*item), versions[entity]);
        EXPECT_THAT(history(id), SizeIs(versions[entity]));
    }
}

}  // namespace
}  // namespace meridian::management
