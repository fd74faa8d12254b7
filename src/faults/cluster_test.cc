// Whole clusters in one thread whose regions are broken by their switches, each under a seed that a
// failure names: they end alike, and nothing is lost.
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "faults/faulty_link.h"
#include "replication/cluster_for_tests.h"

namespace meridian::faults {
namespace {

using replication::Cluster;
using replication::Kept;
using std::chrono::milliseconds;

// A cluster's regions, each with a switchboard. Time is the cluster's.
class BrokenCluster {
  public:
    BrokenCluster(int regions, Kept kept, std::uint64_t seed)
        : random_(seed),
          cluster_(
              {.regions = regions,
               .kept = kept,
               .around = [this](const auto& at, const auto& clock, const auto& from,
                                auto link) { return broken(at, clock, from, std::move(link)); }},
              seed) {}

    void live(int steps) {
        for (int i = 0; i < steps && !testing::Test::HasFailure(); ++i) {
            const auto dice = draw(100);
            const auto at = draw(cluster_.size());
            if (dice < 30) {
                cluster_.write(at, "rule-" + std::to_string(draw(12)), draw(4) == 0);
            } else if (dice < 35) {
                break_one(at);
            } else if (dice < 37) {
                cluster_.step_clock(at, milliseconds{draw(1'200'000)} - milliseconds{600'000});
            } else if (dice < 39) {
                cluster_.restart(at);
            } else if (dice < 42) {
                cluster_.collect(at);
            } else {
                cluster_.step_somewhere();
            }
        }
    }
    void heal() {
        for (auto& [name, region] : regions_) {
            ASSERT_TRUE(region->board.set({}));
        }
    }
    Cluster& cluster() { return cluster_; }
    [[nodiscard]] int broken_answers() const { return broken_answers_; }

  private:
    struct Broken {
        explicit Broken(const Clock& actual) : clock(actual) {}
        AdjustableClock clock;
        Switchboard board{clock};
    };

    // Keeps the answers as they were given.
    class Watched final : public replication::Link {
      public:
        Watched(std::unique_ptr<replication::Link> link, std::string& given)
            : link_(std::move(link)), given_(given) {}
        Result<std::string> ask(const std::string& question, milliseconds timeout) override {
            auto answer = link_->ask(question, timeout);
            given_ = answer ? *answer : std::string();
            return answer;
        }

      private:
        std::unique_ptr<replication::Link> link_;
        std::string& given_;
    };
    // Counts the answers that come otherwise than they were given.
    class Counting final : public replication::Link {
      public:
        Counting(BrokenCluster& owner, std::string peer, std::unique_ptr<replication::Link> link,
                 const Broken& region)
            : owner_(owner),
              link_(std::move(peer), std::make_unique<Watched>(std::move(link), given_),
                    region.board, {region.clock, owner.random_, [&owner](auto time) {
                                       owner.cluster_.pass(std::chrono::ceil<milliseconds>(time));
                                   }}) {}
        Result<std::string> ask(const std::string& question, milliseconds timeout) override {
            given_.clear();
            auto answer = link_.ask(question, timeout);
            owner_.broken_answers_ += !answer || *answer != given_ ? 1 : 0;
            return answer;
        }

      private:
        BrokenCluster& owner_;
        std::string given_;
        FaultyLink link_;
    };

    std::unique_ptr<replication::Link> broken(const std::string& at, const Clock& clock,
                                              const std::string& from,
                                              std::unique_ptr<replication::Link> link) {
        auto& region = regions_[at];
        if (!region) {
            region = std::make_unique<Broken>(clock);
        }
        region->board.add_peer(from);
        return std::make_unique<Counting>(*this, from, std::move(link), *region);
    }
    std::uint64_t draw(std::uint64_t below) { return random_.next() % below; }

    void break_one(std::size_t at) {
        auto& board = regions_.at(cluster_.name(at))->board;
        auto faults = board.get();
        const auto& peer = cluster_.name((at + 1 + draw(cluster_.size() - 1)) % cluster_.size());
        auto& link = faults.links[peer];
        switch (draw(6)) {
            case 0:
                link = {.cut = Cut::kQuestions, .lasts = milliseconds{1 + draw(500)}};
                break;
            case 1:
                link = {.cut = Cut::kAnswers};
                break;
            case 2:
                link = {.delay = milliseconds{draw(3'000)}, .jitter = milliseconds{draw(500)}};
                break;
            case 3:
                link = {.bytes_per_second = 100 + draw(10'000)};
                break;
            default:
                link = {.jitter = milliseconds{draw(100)}, .reorder = true};
        }
        ASSERT_TRUE(board.set(std::move(faults)));
    }

    SeededRandom random_;
    std::map<std::string, std::unique_ptr<Broken>> regions_;
    int broken_answers_ = 0;
    Cluster cluster_;
};

void live_under_faults(Kept kept, std::uint64_t seeds) {
    int broken_answers = 0;
    for (std::uint64_t seed = 1; seed <= seeds && !testing::Test::HasFailure(); ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        BrokenCluster broken(2 + static_cast<int>(seed % 3), kept, seed);
        broken.live(500);
        broken.heal();
        broken.cluster().settle();
        broken.cluster().expect_equal();
        broken.cluster().expect_nothing_lost();
        broken_answers += broken.broken_answers();
    }
    EXPECT_GT(broken_answers, 20 * static_cast<int>(seeds)) << "the faults do nothing";
}

TEST(ClusterUnderFaults, EndsAlikeAndLosesNothing) {
    live_under_faults(Kept::kMemory, 60);
}

TEST(ClusterUnderFaults, EndsAlikeAndLosesNothingOnDisk) {
    live_under_faults(Kept::kDisk, 4);
}

}  // namespace
}  // namespace meridian::faults
