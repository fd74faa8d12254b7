// Contract: regions that write the same items, hear of each other in any order, and forget deletes
// all end with the same; and whatever was lost is a conflict.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "store/replica_contract_fixture.h"

namespace meridian::store {

// The oracle knows, for each write, all writes that its region had heard of, one by one.
class ReplicaHistories : public testing::TestWithParam<ReplicaStoreMaker> {
  protected:
    void run_history(std::uint64_t seed) {
        if (seed % 25 == 0) {  // views of regions that were through much take long
            start_anew();
        }
        random_.seed(seed);
        prefix_ = std::to_string(seed) + "-";
        writes_.clear();
        known_.clear();
        const auto steps = 20 + below(60);
        for (std::size_t i = 0; i < steps; ++i) {
            take_a_step();
        }
        exchange_everything();
        exchange_everything();
        expect_agreement();
        expect_the_conflicts();
    }

  private:
    static constexpr std::size_t kRegions = 4;
    static constexpr std::size_t kKeys = 3;

    struct Written {
        std::string key;
        Stamp stamp;
        Image image;
        std::set<std::size_t> past;  // itself included
    };
    // What a region knows of a key.
    struct Known {
        std::optional<std::size_t> current;  // nothing: nothing, or a delete that was forgotten
        std::set<std::size_t> past;
    };

    [[nodiscard]] std::size_t below(std::size_t end) { return random_() % end; }
    [[nodiscard]] std::string any_key() { return prefix_ + std::to_string(below(kKeys)); }
    Known& known(std::size_t region, const std::string& key) { return known_[{region, key}]; }

    void take_a_step() {
        const auto region = below(kRegions);
        const auto other = (region + 1 + below(kRegions - 1)) % kRegions;
        now_ += std::chrono::milliseconds{below(3)};
        switch (below(16)) {
            case 0: {
                const std::chrono::minutes wrong{static_cast<int>(below(21)) - 10};
                regions_[region]->clock.step_to(now_ + wrong);
                break;
            }
            case 1:
                hear_a_view(region, other);
                break;
            case 2:
                hear_again(region, other);
                break;
            case 3:
                forget_deletes();
                break;
            case 4:
            case 5:
            case 6:
            case 7:
            case 8:
                write(region);
                break;
            default:
                hear_the_log(region, other, 1 + below(4));
        }
    }

    void write(std::size_t region) {
        const auto key = any_key();
        auto& mine = known(region, key);
        const bool deletes = mine.current && writes_[*mine.current].image && below(4) == 0;
        const auto n = static_cast<std::int64_t>(below(3));  // some are equal
        const auto made = deletes ? regions_[region]->erase(key) : regions_[region]->put(key, n);
        ASSERT_FALSE(made.error);
        const auto state = regions_[region]->state_of(key);
        if (mine.current) {
            ASSERT_GT(state.version.stamp, writes_[*mine.current].stamp);
        }
        mine.current = writes_.size();
        mine.past.insert(writes_.size());
        writes_.push_back({key, state.version.stamp, state.image, mine.past});
        ids_[{key, state.version.stamp}] = *mine.current;
    }

    void hear_the_log(std::size_t region, std::size_t from, std::size_t count) {
        auto& source = **regions_[from];
        const auto cursor = *(*regions_[region])->cursor(source.region());
        auto batch = ContractRegion::batch_of(source, cursor.sequence, count);
        const auto items = batch.items;
        regions_[region]->apply(std::move(batch));
        for (const auto& item : items) {
            hear_of(region, item);
        }
    }

    // What was heard before, or will be heard again: not as a part of the log.
    void hear_again(std::size_t region, std::size_t from) {
        auto& source = **regions_[from];
        auto batch = ContractRegion::batch_of(source, forgotten_at_[from], 1000);
        std::ranges::shuffle(batch.items, random_);
        batch.items.resize(std::min<std::size_t>(batch.items.size(), 5));
        batch.part.reset();
        const auto items = batch.items;
        regions_[region]->apply(std::move(batch));
        for (const auto& item : items) {
            hear_of(region, item);
        }
    }

    void hear_of(std::size_t region, const VersionedItem& item) {
        const auto id = ids_.find({*item.key.at("id").as<std::string>(), item.state.version.stamp});
        ASSERT_NE(id, ids_.end());
        if (!writes_.empty() && item.key.at("id").as<std::string>()->starts_with(prefix_)) {
            hear(region, id->second, writes_[id->second].past);
        }
    }

    void hear_a_view(std::size_t region, std::size_t from) {
        regions_[region]->join(*regions_[from]);
        for (std::size_t i = 0; i < kKeys; ++i) {
            const auto theirs = known(from, prefix_ + std::to_string(i));
            if (theirs.current) {
                hear(region, *theirs.current, theirs.past);
            }
        }
    }

    void hear(std::size_t region, std::size_t id, const std::set<std::size_t>& past) {
        const auto& write = writes_[id];
        auto& mine = known(region, write.key);
        const bool was_known = mine.past.contains(id);
        mine.past.insert(past.begin(), past.end());
        if (!mine.current) {
            mine.current = id;
            return;
        }
        const auto& current = writes_[*mine.current];
        const bool wins = current.stamp < write.stamp;
        if (!was_known && !past.contains(*mine.current) && current.image != write.image) {
            conflicts_.emplace(region, write.key, wins ? current.stamp : write.stamp);
        }
        if (wins) {
            mine.current = id;
        }
    }

    void exchange_everything() {
        for (std::size_t region = 0; region < kRegions; ++region) {
            for (std::size_t from = 0; from < kRegions; ++from) {
                if (from != region) {
                    hear_the_log(region, from, 1'000'000);
                }
            }
        }
    }

    // Some regions do, others later or never.
    void forget_deletes() {
        exchange_everything();
        if (writes_.empty()) {
            return;
        }
        const auto newest = std::ranges::max(writes_, {}, &Written::stamp);
        for (std::size_t region = 0; region < kRegions; ++region) {
            forgotten_at_[region] = (*regions_[region])->last_sequence();
            if (below(2) == 0) {
                continue;
            }
            ASSERT_TRUE((*regions_[region])->collect_tombstones(newest.stamp.time));
            for (std::size_t i = 0; i < kKeys; ++i) {
                auto& mine = known(region, prefix_ + std::to_string(i));
                if (mine.current && !writes_[*mine.current].image) {
                    mine.current.reset();
                }
            }
        }
    }

    void expect_agreement() {
        for (std::size_t region = 0; region < kRegions; ++region) {
            ASSERT_EQ(regions_[region]->hash(), regions_[0]->hash());
            for (std::size_t i = 0; i < kKeys; ++i) {
                const auto key = prefix_ + std::to_string(i);
                const Written* last = nullptr;
                for (const auto& write : writes_) {
                    if (write.key == key && (last == nullptr || last->stamp < write.stamp)) {
                        last = &write;
                    }
                }
                const auto state = regions_[region]->state_of(key);
                ASSERT_EQ(state.image, last == nullptr ? Image() : last->image) << key;
                if (state.version) {
                    ASSERT_EQ(state.version.stamp, last->stamp);
                    ASSERT_TRUE(check_version(state.version));
                }
            }
        }
    }

    void expect_the_conflicts() {
        std::set<std::tuple<std::size_t, std::string, Stamp>> found;
        for (std::size_t region = 0; region < kRegions; ++region) {
            for (const auto& conflict : regions_[region]->conflicts()) {
                const auto& key = *conflict.key.at("id").as<std::string>();
                const auto id = ids_.find({key, conflict.lost.version.stamp});
                ASSERT_NE(id, ids_.end());
                ASSERT_GT(conflict.kept.version.stamp, conflict.lost.version.stamp);
                found.emplace(region, key, conflict.lost.version.stamp);
            }
            ASSERT_TRUE((*regions_[region])->forget_conflicts({~std::uint64_t{0}}));
        }
        ASSERT_EQ(found, conflicts_);
        conflicts_.clear();
    }

    void start_anew() {
        regions_.clear();
        for (const char* name : {"us-east-1", "eu-west-1", "ap-southeast-1", "sa-east-1"}) {
            regions_.push_back(std::make_unique<ContractRegion>(GetParam(), name));
        }
        forgotten_at_ = {};
        ids_.clear();
    }

    std::vector<std::unique_ptr<ContractRegion>> regions_;
    std::array<SequenceNumber, kRegions> forgotten_at_{};
    std::mt19937_64 random_;
    Instant now_{std::chrono::milliseconds{1'700'000'000'123}};
    std::string prefix_;  // of this history's keys
    std::vector<Written> writes_;
    std::map<std::pair<std::string, Stamp>, std::size_t> ids_;
    std::map<std::pair<std::size_t, std::string>, Known> known_;
    std::set<std::tuple<std::size_t, std::string, Stamp>> conflicts_;
};

TEST_P(ReplicaHistories, EndAlikeAndLoseNothingSilently) {
    for (int seed = 0; seed < GetParam().histories && !HasFailure(); ++seed) {
        SCOPED_TRACE(seed);
        run_history(static_cast<std::uint64_t>(seed));
    }
}

}  // namespace meridian::store
