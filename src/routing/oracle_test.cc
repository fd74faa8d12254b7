// Random edits and calls, against rules in a plain vector that is searched from end to end.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "routing/decision.h"
#include "routing/snapshot.h"

namespace meridian::routing {
namespace {

// The algorithm of decision.h, as literally as it can be written.
struct Oracle {
    std::vector<Rule> rules;

    void put(const Rule& rule) {
        erase(rule.phone_number, rule.region);
        rules.push_back(rule);
    }
    void erase(const std::string& number, const std::string& region) {
        std::erase_if(
            rules, [&](const Rule& r) { return r.phone_number == number && r.region == region; });
    }

    [[nodiscard]] const Rule* winner(const Policy& policy, const Call& call, Match& match) const {
        const Rule* best = nullptr;
        for (const Rule& r : rules) {
            if (r.region == call.region && call.number.starts_with(r.phone_number) &&
                (best == nullptr || r.phone_number.size() > best->phone_number.size())) {
                best = &r;
            }
        }
        if (best != nullptr) {
            match = best->phone_number == call.number ? Match::kExact : Match::kPrefix;
            return best;
        }
        const auto rank = [&](const Rule& r) {
            const auto place = std::ranges::find(policy.region_order, r.region);
            return std::pair(place - policy.region_order.begin(), r.region);
        };
        for (const Rule& r : rules) {
            if (r.phone_number == call.number && (best == nullptr || rank(r) < rank(*best))) {
                best = &r;
            }
        }
        match = best == nullptr ? Match::kNone : Match::kOtherRegion;
        return best;
    }

    [[nodiscard]] std::vector<Rule> sorted() const {
        auto all = rules;
        std::ranges::sort(all, {},
                          [](const Rule& r) { return std::pair(r.phone_number, r.region); });
        return all;
    }
};

// Few letters make prefixes of each other; all bytes make nodes of every shape.
struct Alphabet {
    const char* name;
    std::string letters;
    std::size_t length_max;
};

std::vector<Alphabet> alphabets() {
    std::string bytes;
    for (int i = 0; i < 256; ++i) {
        bytes.push_back(static_cast<char>(i));
    }
    return {{"two digits", "12", 7}, {"digits", "+0123456789", 5}, {"bytes", bytes, 2}};
}

class World {
  public:
    World(std::uint64_t seed, const Alphabet& alphabet) : random_(seed), alphabet_(alphabet) {
        policy_.region_order = {"r2", "r0", "r9"};
        policy_.default_contact_flow_id = "default";
    }

    [[nodiscard]] std::size_t below(std::size_t bound) { return random_.next() % bound; }
    [[nodiscard]] std::string number(std::size_t length_max) {
        std::string text;
        for (std::size_t length = below(length_max + 1); text.size() < length;) {
            text.push_back(alphabet_.letters[below(alphabet_.letters.size())]);
        }
        return text;
    }
    [[nodiscard]] std::string region() { return "r" + std::to_string(below(5)); }

    Edit change(Oracle& oracle) {
        if (below(3) == 0 && !oracle.rules.empty()) {
            const Rule& victim = oracle.rules[below(oracle.rules.size())];
            EraseRule edit{victim.phone_number, below(4) == 0 ? region() : victim.region};
            oracle.erase(edit.phone_number, edit.region);
            return edit;
        }
        Rule rule;
        rule.phone_number = number(alphabet_.length_max);
        rule.region = region();
        rule.contact_flow_id = std::string(below(200), 'f') + std::to_string(random_.next());
        oracle.put(rule);
        return PutRule{rule};
    }

    void check(const Snapshot& snapshot, const Oracle& oracle) {
        for (int i = 0; i < 20; ++i) {
            const std::string dialled = number(alphabet_.length_max + 2);
            const std::string from = region();
            const Call call{.number = dialled, .region = from, .at = {}};
            Match match = Match::kNone;
            const Rule* const expected = oracle.winner(policy_, call, match);
            const Decision decision = decide(snapshot, policy_, call);
            ASSERT_EQ(decision.match, match) << dialled << " in " << from;
            ASSERT_EQ(decision.contact_flow_id,
                      expected == nullptr ? "default" : expected->contact_flow_id);
            const auto explained = explain(snapshot, policy_, call);
            ASSERT_EQ(!explained.rules.empty() && explained.rules[0].won, expected != nullptr);
        }
    }

  private:
    SeededRandom random_;
    const Alphabet& alphabet_;
    Policy policy_;
};

std::vector<Rule> rules_of(const Snapshot& snapshot) {
    std::vector<Rule> rules;
    snapshot.for_each_rule([&](const Rule& r) { rules.push_back(r); });
    return rules;
}

// So many rules that there are shortcuts, and so that these must share their buckets; for numbers
// that no alphabet has.
constexpr std::size_t kFillers = 1'500;
const std::string kFillerNumber = "filler ";

Snapshot fillers() {
    SnapshotBuilder builder;
    for (std::size_t i = 0; i < kFillers; ++i) {
        Rule rule;
        rule.phone_number = kFillerNumber + std::to_string(i);
        builder.add(PutRule{rule});
    }
    return std::move(builder).build();
}

bool is_filler(const Rule& rule) {
    return rule.phone_number.starts_with(kFillerNumber);
}

Snapshot built_of(const std::vector<Rule>& rules) {
    SnapshotBuilder builder;
    for (const auto& rule : rules) {
        builder.add(PutRule{rule});
    }
    return std::move(builder).build();
}

TEST(Oracle, AgreesAfterRandomEdits) {
    for (const auto& alphabet : alphabets()) {
        for (std::uint64_t seed = 1; seed <= 5; ++seed) {
            SCOPED_TRACE(fmt::format("{}, seed {}", alphabet.name, seed));
            World world(seed, alphabet);
            Oracle oracle;
            Snapshot snapshot;
            for (int step = 0; step < 300; ++step) {
                std::vector<Edit> edits;
                for (std::size_t count = world.below(4); edits.size() < count;) {
                    edits.push_back(world.change(oracle));
                }
                snapshot = snapshot.with(edits);
                ASSERT_EQ(snapshot.rule_count(), oracle.rules.size());
                ASSERT_NO_FATAL_FAILURE(world.check(snapshot, oracle));
            }
            ASSERT_EQ(rules_of(snapshot), oracle.sorted());
            auto reversed = oracle.sorted();
            std::ranges::reverse(reversed);
            const Snapshot rebuilt = built_of(reversed);
            EXPECT_EQ(rebuilt.content_hash(), snapshot.content_hash()) << "depends on order";
            EXPECT_EQ(rebuilt.memory_bytes(), snapshot.memory_bytes()) << "depends on history";
        }
    }
}

// Snapshots of all ages are held, changed further and dropped in random order, so that the line of
// those that lead the shortcuts branches, breaks off and goes on from where it was.
TEST(Oracle, OldSnapshotsStayAsTheyWere) {
    struct Version {
        Snapshot snapshot;
        Oracle oracle;
        ContentHash hash;
    };
    for (const auto& alphabet : alphabets()) {
        SCOPED_TRACE(alphabet.name);
        World world(11, alphabet);
        std::vector<Version> versions(1);
        versions[0].snapshot = fillers();
        versions[0].hash = versions[0].snapshot.content_hash();
        for (int step = 0; step < 600; ++step) {
            Version next = versions[world.below(versions.size())];
            const Edit edit = world.change(next.oracle);
            next.snapshot = next.snapshot.with(std::span(&edit, 1));
            next.hash = next.snapshot.content_hash();
            versions.push_back(std::move(next));
            const auto& any = versions[world.below(versions.size())];
            ASSERT_NO_FATAL_FAILURE(world.check(any.snapshot, any.oracle));
            if (versions.size() > 12) {
                versions.erase(versions.begin() +
                               static_cast<std::ptrdiff_t>(world.below(versions.size())));
            }
        }
        for (const auto& version : versions) {
            auto rules = rules_of(version.snapshot);
            EXPECT_EQ(std::erase_if(rules, is_filler), kFillers);
            ASSERT_EQ(rules, version.oracle.sorted());
            EXPECT_EQ(version.snapshot.content_hash(), version.hash);
        }
    }
}

}  // namespace
}  // namespace meridian::routing
