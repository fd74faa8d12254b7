// The merge against an oracle that knows of every version the whole set of writes in its past,
// instead of a vector of stamps.
#include "store/merge.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "base/hybrid_clock.h"

namespace meridian::store {
namespace {

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr int kHistories = 10'000;
#else
constexpr int kHistories = 100'000;
#endif
#endif

constexpr std::size_t kWritesMax = 24;
constexpr Instant kStart{std::chrono::hours{480'000}};
const std::vector<std::string> kNames{"us-east-1", "eu-west-1", "ap-southeast-1", "sa-east-1"};

struct Write {
    VersionedImage is;
    std::bitset<kWritesMax> past;  // itself included
};

struct Region {
    std::string name;
    std::chrono::milliseconds step{};  // how wrong its clock is
    HybridClock clock;
    VersionedImage stored;
    // The oracle's.
    std::optional<std::size_t> current;
    std::bitset<kWritesMax> past;
};

// Regions that write one item and hear of each other's writes, or states, in any order.
class History {
  public:
    explicit History(std::uint64_t seed) : random_(seed) {
        const auto count = 3 + below(2);
        for (std::size_t i = 0; i < count; ++i) {
            regions_.push_back({kNames[i], {}, HybridClock{}, {}, {}, {}});
        }
    }

    void run() {
        const auto steps = 10 + below(50);
        for (std::size_t i = 0; i < steps; ++i) {
            now_ += std::chrono::milliseconds{below(3)};
            auto& region = regions_[below(regions_.size())];
            switch (below(8)) {
                case 0:
                    region.step = std::chrono::minutes{static_cast<int>(below(21)) - 10};
                    break;
                case 1:
                case 2:
                case 3:
                    write(region);
                    break;
                case 4:
                    hear_of_state(region, regions_[below(regions_.size())]);
                    break;
                default:
                    if (!writes_.empty()) {
                        hear_of(region, below(writes_.size()));
                    }
            }
        }
        for (auto& region : regions_) {
            std::vector<std::size_t> all(writes_.size());
            std::ranges::generate(all, [n = std::size_t{0}]() mutable { return n++; });
            std::ranges::shuffle(all, random_);
            for (const auto id : all) {
                hear_of(region, id);
            }
        }
    }

    void expect_agreement() const {
        if (writes_.empty()) {
            return;
        }
        const auto& winner = *std::ranges::max_element(writes_, {}, [](const auto& write) {
            return std::pair(write.is.version.stamp.time, write.is.version.stamp.region);
        });
        for (const auto& region : regions_) {
            ASSERT_EQ(region.stored.image, winner.is.image);
            ASSERT_EQ(region.stored.version.stamp, winner.is.version.stamp);
            ASSERT_EQ(region.stored, regions_.front().stored) << "what they have seen differs";
            ASSERT_TRUE(check_version(region.stored.version));
        }
    }

    [[nodiscard]] const std::vector<VersionedImage>& states() const { return states_; }

  private:
    [[nodiscard]] std::size_t below(std::size_t end) { return random_() % end; }

    void write(Region& region) {
        if (writes_.size() == kWritesMax) {
            return;
        }
        Image image;
        if (!region.stored.image || below(4) != 0) {
            image = item::Item{{"n", item::Number(static_cast<std::int64_t>(below(3)))}};
        }
        const auto time = region.clock.tick(now_ + region.step, region.stored.version.stamp.time);
        region.stored = {image, succeed(region.stored.version, {time, region.name})};
        ASSERT_TRUE(check_version(region.stored.version));
        region.current = writes_.size();
        region.past.set(writes_.size());
        writes_.push_back({region.stored, region.past});
        states_.push_back(region.stored);
    }

    void hear_of(Region& region, std::size_t id) {
        const auto& write = writes_[id];
        const auto merged = merge(region.stored, write.is);
        region.clock.observe(write.is.version.stamp.time, now_ + region.step);
        // The oracle.
        if (region.past.test(id)) {
            ASSERT_EQ(merged.arrival, Arrival::kKnown);
            return;
        }
        const auto* current = region.current ? &writes_[*region.current] : nullptr;
        const bool wins = current == nullptr || current->is.version.stamp < write.is.version.stamp;
        const bool seen = current == nullptr || write.past.test(*region.current);
        ASSERT_TRUE(wins || !seen) << "who has seen another one is above it";
        ASSERT_EQ(merged.arrival, wins ? Arrival::kWins : Arrival::kLoses);
        ASSERT_EQ(merged.conflict, !seen && current->is.image != write.is.image);
        region.past |= write.past;
        if (wins) {
            region.current = id;
        }
        region.stored = {wins ? write.is.image : region.stored.image, merged.version};
        states_.push_back(region.stored);
    }

    // As from a page of another region's view.
    void hear_of_state(Region& region, const Region& other) {
        const auto state = other.stored;
        if (!state.version || &region == &other) {
            return;
        }
        const auto merged = merge(region.stored, state);
        const bool known = region.past.test(*other.current);
        ASSERT_EQ(merged.arrival == Arrival::kKnown, known);
        region.clock.observe(state.version.stamp.time, now_ + region.step);
        region.past |= other.past;
        if (merged.arrival == Arrival::kWins) {
            region.current = other.current;
        }
        region.stored = {region.current ? writes_[*region.current].is.image : Image(),
                         merged.version};
    }

    std::mt19937_64 random_;
    Instant now_ = kStart;
    std::vector<Region> regions_;
    std::vector<Write> writes_;
    std::vector<VersionedImage> states_;
};

VersionedImage merged(const VersionedImage& a, const VersionedImage& b) {
    const auto result = merge(a, b);
    return {result.arrival == Arrival::kWins ? b.image : a.image, result.version};
}

TEST(Merge, EndsInTheSameStateAsTheOracleInWhateverOrder) {
    for (int seed = 0; seed < kHistories && !testing::Test::HasFailure(); ++seed) {
        SCOPED_TRACE(seed);
        History history(static_cast<std::uint64_t>(seed));
        history.run();
        history.expect_agreement();
    }
}

TEST(Merge, IsCommutativeAssociativeAndIdempotent) {
    std::mt19937_64 random(1);
    for (int seed = 0; seed < kHistories / 10 && !testing::Test::HasFailure(); ++seed) {
        SCOPED_TRACE(seed);
        History history(static_cast<std::uint64_t>(seed));
        history.run();
        const auto& states = history.states();
        if (states.empty()) {
            continue;
        }
        const auto any = [&]() -> const auto& { return states[random() % states.size()]; };
        const auto& a = any();
        const auto& b = any();
        const auto& c = any();
        ASSERT_EQ(merged(a, a), a);
        ASSERT_EQ(merged(a, b), merged(b, a));
        ASSERT_EQ(merged(merged(a, b), c), merged(a, merged(b, c)));
        ASSERT_EQ(merged(merged(a, b), b), merged(a, b));
    }
}

// What stands depends on stamps alone, so that no peer can make regions end differently, whatever
// it says about what it has seen.
TEST(Merge, EndsTheSameForVersionsThatNoHonestRegionMade) {
    std::mt19937_64 random(2);
    const auto below = [&](std::uint64_t end) { return random() % end; };
    const auto any = [&] {
        while (true) {
            VersionedImage state;
            state.version.stamp = {HybridTime{1 + below(6)}, kNames[below(3)]};
            for (const auto& name : {std::string(kNoRegion), std::string(kEveryRegion), kNames[2],
                                     kNames[1], kNames[0]}) {
                if (below(2) == 0) {
                    state.version.seen.push_back({HybridTime{1 + below(6)}, name});
                }
            }
            // The same stamp is the same write.
            state.image = item::Item{
                {"n", item::Number(static_cast<std::int64_t>(state.version.stamp.time.bits))},
                {"region", state.version.stamp.region}};
            if (check_version(state.version)) {
                return state;
            }
        }
    };
    const auto what_stands = [](const VersionedImage& state) {
        return std::pair(state.image->at("n"), state.version.stamp);
    };
    for (int i = 0; i < kHistories; ++i) {
        std::vector<VersionedImage> states{any(), any(), any(), any()};
        const auto in_order = [&] {
            VersionedImage state;
            for (const auto& next : states) {
                state = merged(state, next);
            }
            return state;
        };
        const auto first = in_order();
        ASSERT_EQ(first.version.stamp, std::ranges::max(states, {}, [](const auto& s) {
                                           return s.version.stamp;
                                       }).version.stamp);
        std::ranges::shuffle(states, random);
        const auto second = in_order();
        ASSERT_EQ(what_stands(first), what_stands(second));
        ASSERT_EQ(first.image, second.image);
    }
}

Image item_of(std::int64_t n) {
    return item::Item{{"n", item::Number(n)}};
}
VersionedImage written(Image image, std::uint64_t time, std::string region,
                       std::vector<Stamp> seen = {}) {
    return {std::move(image), {{HybridTime{time}, std::move(region)}, std::move(seen)}};
}

struct Case {
    const char* what;
    VersionedImage stored;
    VersionedImage arriving;
    Arrival arrival;
    bool conflict;
};

TEST(Merge, SaysWhatBecameOfWhatArrived) {
    const std::string none(kNoRegion);
    const std::vector<Case> cases{
        {"a first version", {}, written(item_of(1), 5, "a"), Arrival::kWins, false},
        {"a delete of what never was", {}, written({}, 5, "a"), Arrival::kWins, false},
        {"the same again", written(item_of(1), 5, "a"), written(item_of(1), 5, "a"),
         Arrival::kKnown, false},
        {"an older one of the same region", written(item_of(2), 6, "a"),
         written(item_of(1), 5, "a"), Arrival::kKnown, false},
        {"one that has seen it", written(item_of(1), 5, "a"),
         written(item_of(2), 6, "b", {{HybridTime{5}, "a"}}), Arrival::kWins, false},
        {"a newer one that hasn't", written(item_of(1), 5, "a"), written(item_of(2), 6, "b"),
         Arrival::kWins, true},
        {"an older one that hasn't", written(item_of(2), 6, "b"), written(item_of(1), 5, "a"),
         Arrival::kLoses, true},
        {"one of the same time", written(item_of(1), 5, "a"), written(item_of(2), 5, "b"),
         Arrival::kWins, true},
        {"the same content", written(item_of(1), 5, "a"), written(item_of(1), 6, "b"),
         Arrival::kWins, false},
        {"a delete against a put", written(item_of(1), 5, "a"), written({}, 6, "b"), Arrival::kWins,
         true},
        {"a put against a later delete", written({}, 6, "b"), written(item_of(1), 5, "a"),
         Arrival::kLoses, true},
        {"two deletes", written({}, 5, "a"), written({}, 6, "b"), Arrival::kWins, false},
        {"the same item of a former version", written(item_of(1), 77, none),
         written(item_of(1), 77, none), Arrival::kKnown, false},
        {"another item of a former version", written(item_of(1), 77, none),
         written(item_of(2), 66, none), Arrival::kLoses, true},
        {"a write onto the same former item", written(item_of(1), 77, none),
         written(item_of(2), 500, "a", {{HybridTime{77}, none}}), Arrival::kWins, false},
        {"a write onto another former item", written(item_of(1), 66, none),
         written(item_of(2), 500, "a", {{HybridTime{77}, none}}), Arrival::kWins, true},
        {"a put after the delete was forgotten there", written({}, 5, "a"),
         written(item_of(1), 9, "b", {{HybridTime{5}, std::string(kEveryRegion)}}), Arrival::kWins,
         false},
    };
    for (const auto& [what, stored, arriving, arrival, conflict] : cases) {
        const auto result = merge(stored, arriving);
        EXPECT_EQ(result.arrival, arrival) << what;
        EXPECT_EQ(result.conflict, conflict) << what;
    }
}

}  // namespace
}  // namespace meridian::store
