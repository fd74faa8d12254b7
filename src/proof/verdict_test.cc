#include "proof/verdict.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

namespace meridian::proof {
namespace {

item::Item item_of(std::int64_t n) {
    return {{"n", item::Number(n)}};
}
Opinion opinion(const std::string& region, std::uint64_t time, const std::string& author,
                store::Image image) {
    return {region, {std::move(image), {{HybridTime{time}, author}, {}}}};
}

struct Case {
    const char* what;
    std::optional<Opinion> own;
    std::vector<Opinion> peers;
    std::optional<std::size_t> taken;  // from which peer
    Fault fault = Fault::kMissing;
};

TEST(Verdict, WhoIsRight) {
    const Opinion nothing{"a", {}};
    const std::vector<Case> cases{
        {"all alike", opinion("a", 1, "a", item_of(1)), {opinion("b", 1, "a", item_of(1))}, {}},
        {"nobody knows it", nothing, {{"b", {}}}, {}},
        {"missing here", nothing, {{"c", {}}, opinion("b", 1, "b", item_of(1))}, 1},
        {"missing there", opinion("a", 1, "a", item_of(1)), {{"b", {}}}, {}},
        {"a newer write", opinion("a", 1, "a", item_of(1)), {opinion("b", 2, "b", item_of(2))}, 0},
        {"a newer delete", opinion("a", 1, "a", item_of(1)), {opinion("b", 2, "b", {})}, 0},
        {"an older write",
         opinion("a", 2, "a", item_of(1)),
         {opinion("b", 1, "b", item_of(2))},
         {}},
        {"deleted here", opinion("a", 2, "a", {}), {opinion("b", 1, "b", item_of(2))}, {}},
        {"most have another one",
         opinion("a", 1, "a", item_of(1)),
         {opinion("b", 1, "a", item_of(2)), opinion("c", 1, "a", item_of(2))},
         0,
         Fault::kAltered},
        {"one of three has another one",
         opinion("a", 1, "b", item_of(1)),
         {opinion("b", 1, "b", item_of(2)), opinion("c", 1, "b", item_of(1))},
         {}},
        {"of two, the author's",
         opinion("a", 1, "b", item_of(1)),
         {opinion("b", 1, "b", item_of(2))},
         0,
         Fault::kAltered},
        {"of two, the author's, which is this one",
         opinion("a", 1, "a", item_of(1)),
         {opinion("b", 1, "a", item_of(2))},
         {}},
        {"no delete under the stamp of an item",
         opinion("a", 1, "a", item_of(1)),
         {opinion("b", 1, "a", {}), opinion("c", 1, "a", {})},
         {}},
        {"damaged, and deleted since",
         std::nullopt,
         {opinion("b", 1, "a", item_of(1)), opinion("c", 2, "c", {})},
         1,
         Fault::kDamaged},
        {"damaged, and nobody has it", std::nullopt, {{"b", {}}}, {}},
    };
    for (const auto& each : cases) {
        SCOPED_TRACE(each.what);
        const auto verdict = judge(each.own, each.peers);
        ASSERT_EQ(verdict.has_value(), each.taken.has_value());
        if (verdict) {
            EXPECT_EQ(verdict->peer, *each.taken);
            EXPECT_EQ(verdict->fault, each.fault);
        }
    }
}

// Whatever three regions say, taking each other's versions by the verdict ends, and all have the
// same then; nobody swaps with anybody.
TEST(Verdict, AllRegionsComeToTheSameEnd) {
    const std::array<std::string, 3> names{"a", "b", "c"};
    std::vector<Opinion> possible{{"", {}}};
    for (std::uint64_t time = 1; time <= 2; ++time) {
        for (const auto& author : names) {
            possible.push_back(opinion("", time, author, item_of(1)));
            possible.push_back(opinion("", time, author, item_of(2)));
            possible.push_back(opinion("", time, author, {}));
        }
    }
    const auto at_once = [&](const std::vector<Opinion>& all) {
        auto next = all;
        for (std::size_t i = 0; i < all.size(); ++i) {
            auto peers = all;
            peers.erase(peers.begin() + static_cast<std::ptrdiff_t>(i));
            if (const auto verdict = judge(all[i], peers)) {
                next[i].state = peers[verdict->peer].state;
            }
        }
        return next;
    };
    for (const auto& a : possible) {
        for (const auto& b : possible) {
            for (const auto& c : possible) {
                std::vector<Opinion> all{
                    {names[0], a.state}, {names[1], b.state}, {names[2], c.state}};
                all = at_once(all);
                EXPECT_EQ(all[0].state, all[1].state);
                EXPECT_EQ(all[1].state, all[2].state);
            }
        }
    }
}

}  // namespace
}  // namespace meridian::proof
