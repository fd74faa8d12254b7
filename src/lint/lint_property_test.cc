// What is claimed of rules, against decide() asked for every number in every region.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "lint/lint.h"
#include "routing/decision.h"
#include "routing/snapshot.h"

namespace meridian::lint {
namespace {

using routing::Decision;
using routing::Policy;
using routing::Rule;
using routing::RuleKey;
using routing::Snapshot;

std::uint64_t seed() {
    const char* given = std::getenv("MERIDIAN_SEED");  // NOLINT(concurrency-mt-unsafe)
    return given != nullptr ? std::strtoull(given, nullptr, 10) : 20250226;
}

using Rules = std::map<RuleKey, Rule>;

Snapshot snapshot_of(const Rules& rules) {
    routing::SnapshotBuilder builder;
    for (const auto& [key, rule] : rules) {
        builder.add(routing::PutRule{rule});
    }
    return std::move(builder).build();
}

// All texts of 1 to `length_max` letters.
std::vector<std::string> all_texts(std::string_view letters, std::size_t length_max) {
    std::vector<std::string> texts{""};
    for (std::size_t i = 0; i < texts.size(); ++i) {
        for (const char letter : texts[i].size() < length_max ? letters : std::string_view()) {
            texts.push_back(texts[i] + letter);
        }
    }
    texts.erase(texts.begin());
    return texts;
}

std::vector<std::string> telephone_numbers(const NumberPlan& plan) {
    std::vector<std::string> numbers;
    for (const auto& digits : all_texts("0123456789", plan.digits_max)) {
        if (digits[0] != '0' && digits.size() >= plan.digits_min) {
            numbers.push_back("+" + digits);
        }
    }
    return numbers;
}

class World {
  public:
    explicit World(std::uint64_t seed) : random_(seed) {
        std::vector<std::string> regions{"r0", "r1", "r2", "r3", "r4"};
        for (std::size_t count = 1 + below(3); policy_.region_order.size() < count;) {
            const auto chosen =
                regions.begin() + static_cast<std::ptrdiff_t>(below(regions.size()));
            policy_.region_order.push_back(*chosen);
            regions.erase(chosen);
        }
        policy_.default_contact_flow_id = "default";
        policy_.default_queue_id = "default";
    }

    std::size_t below(std::size_t bound) { return random_.next() % bound; }
    std::string region() { return "r" + std::to_string(below(5)); }
    const std::vector<std::string>& deployment() const { return policy_.region_order; }
    bool is_deployed(const std::string& region) const {
        return std::ranges::find(deployment(), region) != deployment().end();
    }
    std::string deployed() { return deployment()[below(deployment().size())]; }

    void put(const std::string& number, const std::string& region) {
        Rule rule;
        rule.phone_number = number;
        rule.region = region;
        rule.contact_flow_id = below(3) == 0 ? "other" : "flow";
        rules_[{number, region}] = rule;
    }
    // Rules for all that begins with `prefix`, or nearly all.
    void cover(const std::string& prefix, const std::string& region, std::size_t digits_max) {
        for (char digit = '0'; digit <= '9'; ++digit) {
            const std::size_t choice = below(60);
            if (choice == 0) {
                continue;
            }
            if (choice < 6 && prefix.size() + 1 < digits_max) {
                cover(prefix + digit, region, digits_max);
            } else {
                put(prefix + digit, region);
            }
        }
    }

    const Rules& rules() const { return rules_; }
    Report report(const NumberPlan& plan = {}) const {
        return lint(snapshot_of(rules_), {},
                    {.regions = deployment(), .findings_max = 100'000, .numbers = plan});
    }
    Decision decide(const Snapshot& snapshot, std::string_view number,
                    std::string_view region) const {
        return routing::decide(snapshot, policy_, {.number = number, .region = region, .at = {}});
    }
    // Calls visit(number, region, the winning rule's key) for each number in each region.
    template <typename Visit>
    void for_each_winner(const std::vector<std::string>& numbers, const Visit& visit) const {
        const Snapshot snapshot = snapshot_of(rules_);
        for (const auto& number : numbers) {
            for (const auto& region : deployment()) {
                const Decision decision = decide(snapshot, number, region);
                visit(
                    number, region,
                    RuleKey{std::string(decision.rule_number), std::string(decision.rule_region)});
            }
        }
    }

  private:
    SeededRandom random_;
    Policy policy_;
    Rules rules_;
};

std::set<RuleKey> reported(const Report& report, std::string_view code) {
    std::set<RuleKey> keys;
    for (const auto& finding : report.findings) {
        if (finding.code == code) {
            keys.insert({finding.entity.first, finding.entity.second});
        }
    }
    return keys;
}

TEST(LintProperty, RulesThatNeverWinAreExactlyThoseThatNoCallReaches) {
    RecordProperty("seed", std::to_string(seed()));
    const std::string letters = "+12";
    const auto numbers = all_texts(letters, 5);
    std::size_t never = 0;
    for (std::uint64_t i = 0; i < 400; ++i) {
        World world(seed() + i);
        for (std::size_t count = world.below(60); count > 0; --count) {
            std::string number;
            for (std::size_t length = 1 + world.below(4); number.size() < length;) {
                number.push_back(letters[world.below(letters.size())]);
            }
            world.put(number, world.region());
        }
        std::set<RuleKey> losers;
        for (const auto& [key, rule] : world.rules()) {
            losers.insert(key);
        }
        world.for_each_winner(numbers, [&](const auto&, const auto&, const RuleKey& winner) {
            losers.erase(winner);
        });
        ASSERT_EQ(reported(world.report(), "rule-never-wins"), losers) << "world " << i;
        never += losers.size();
    }
    EXPECT_GT(never, 1000U);
}

constexpr NumberPlan kPlan{.digits_min = 2, .digits_max = 4};

const std::vector<std::string>& numbers() {
    static const auto all = telephone_numbers(kPlan);
    return all;
}

// With prefixes that are covered, or would be but for a number or two, and texts that are no
// telephone numbers.
World telephone_world(std::uint64_t index) {
    World world(seed() + index);
    for (std::size_t count = 1 + world.below(4); count > 0; --count) {
        std::string prefix = "+" + std::to_string(1 + world.below(99));
        prefix.resize(1 + world.below(prefix.size()));
        const std::string region = world.deployed();
        world.put(prefix, world.below(4) == 0 ? world.region() : region);
        world.cover(prefix, region, kPlan.digits_max + world.below(2));
    }
    for (const char* odd : {"+01", "+12345", "+1-2", "+1", "+", "123", "x"}) {
        if (world.below(3) == 0) {
            world.put(odd, world.region());
        }
    }
    return world;
}

// Calls test(world) for some worlds; the tests' sum shows that the claim is made at all.
template <typename Test>
void expect_in_telephone_worlds(std::size_t claims_min, const Test& test) {
    std::size_t claims = 0;
    for (std::uint64_t i = 0; i < 60; ++i) {
        SCOPED_TRACE("world " + std::to_string(seed() + i));
        claims += test(telephone_world(i));
        if (testing::Test::HasFailure()) {
            return;
        }
    }
    EXPECT_GE(claims, claims_min);
}

TEST(LintProperty, CoveredPrefixesAreExactlyThoseThatWinNoLongerNumber) {
    expect_in_telephone_worlds(5, [](const World& world) {
        std::set<RuleKey> expected;  // prefixes that could win a longer number
        for (const auto& [key, rule] : world.rules()) {
            const auto is_beginning = [&](const std::string& number) {
                return number.size() > key.phone_number.size() &&
                       number.starts_with(key.phone_number);
            };
            if (world.is_deployed(key.region) && std::ranges::any_of(numbers(), is_beginning)) {
                expected.insert(key);
            }
        }
        world.for_each_winner(numbers(),
                              [&](const auto& number, const auto&, const RuleKey& winner) {
                                  if (number != winner.phone_number) {
                                      expected.erase(winner);
                                  }
                              });
        EXPECT_EQ(reported(world.report(kPlan), "prefix-covered"), expected);
        return expected.size();
    });
}

TEST(LintProperty, NumbersThatAreNotDialledWinNothing) {
    expect_in_telephone_worlds(50, [](const World& world) {
        const auto claimed = reported(world.report(kPlan), "number-not-dialled");
        world.for_each_winner(numbers(), [&](const auto&, const auto&, const RuleKey& winner) {
            EXPECT_FALSE(claimed.contains(winner)) << winner.phone_number;
        });
        for (const auto& [key, rule] : world.rules()) {
            const bool is_odd = key.phone_number.starts_with("+0") || key.phone_number.size() > 5 ||
                                key.phone_number == "+1-2" || key.phone_number == "123";
            EXPECT_EQ(claimed.contains(key), is_odd) << key.phone_number;
        }
        return claimed.size();
    });
}

TEST(LintProperty, WithoutRedundantRulesCallsGoTheSameWay) {
    expect_in_telephone_worlds(50, [](const World& world) {
        const Snapshot before = snapshot_of(world.rules());
        const auto redundant = reported(world.report(kPlan), "rule-redundant");
        std::vector<routing::Edit> all;
        all.reserve(redundant.size());
        for (const auto& key : redundant) {
            all.emplace_back(routing::EraseRule{key.phone_number, key.region});
        }
        const Snapshot after = before.with(all);
        EXPECT_EQ(after.rule_count(), before.rule_count() - redundant.size());
        std::size_t different = 0;
        for (const auto& number : numbers()) {
            for (const auto& region : world.deployment()) {
                const Decision was = world.decide(before, number, region);
                const Decision is = world.decide(after, number, region);
                different += is.contact_flow_id != was.contact_flow_id ? 1 : 0;
                different += is.target_region != was.target_region ? 1 : 0;
            }
        }
        EXPECT_EQ(different, 0U);
        return redundant.size();
    });
}

TEST(LintProperty, OverlapsAreThoseOfTheNextLongerRules) {
    expect_in_telephone_worlds(25, [](const World& world) {
        std::set<RuleKey> expected;
        for (const auto& [longer_key, longer] : world.rules()) {
            const Rule* shorter = nullptr;  // the next shorter one of the region
            for (const auto& [key, rule] : world.rules()) {
                if (key.region == longer_key.region && key < longer_key &&
                    longer_key.phone_number.starts_with(key.phone_number)) {
                    shorter = &rule;  // the shorter come first
                }
            }
            if (shorter != nullptr && shorter->contact_flow_id != longer.contact_flow_id &&
                world.is_deployed(shorter->region)) {
                expected.insert({shorter->phone_number, shorter->region});
            }
        }
        EXPECT_EQ(reported(world.report(kPlan), "prefix-overlap"), expected);
        return expected.size();
    });
}

}  // namespace
}  // namespace meridian::lint
