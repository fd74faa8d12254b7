// Many editors at the same few rules, in two processes: no update is lost, and the history is what
// happened.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <thread>

#include "management/editing_for_tests.h"

namespace meridian::management {
namespace {

constexpr int kEntities = 3;
constexpr int kEditsEach = 300;

EntityId entity(std::size_t which) {
    return {Kind::kRule, fmt::format("+1800555123{}", which), "us-east-1"};
}

class ManyEditors : public Editing {
  protected:
    // What one editor does; its seed decides what.
    class Worker {
      public:
        Worker(ManyEditors& test, Editor& editor, unsigned seed)
            : test_(test), editor_(editor), random_(seed), name_(std::to_string(seed)) {}

        void run() {
            for (int i = 0; i < kEditsEach; ++i) {
                step_clock();
                edit(entity(random_() % kEntities), i);
            }
        }

      private:
        void edit(const EntityId& id, int number) {
            const auto body =
                fmt::format(R"({{"phoneNumber":"{}","region":"{}","queueId":"{}-{}"}})", id.first,
                            id.second, name_, number);
            const auto seen = editor_.get(id);
            ASSERT_TRUE(seen);
            const auto version = *seen ? version_of(**seen) : 0;
            switch (random_() % 9) {
                case 0:  // with what was read, and once more because the answer got lost
                    put(body, Version{version});
                    put(body, Version{version});
                    break;
                case 1:
                    put(body, Version{version});
                    break;
                case 2:
                    put(body, Version{version - 1 - static_cast<std::int64_t>(random_() % 2)});
                    break;
                case 3:
                    put(body, Unstated{});
                    break;
                case 4:
                    count(editor_.merge_patch(
                        id, value_of(fmt::format(R"({{"priority":{}}})", number)), {}, who_));
                    break;
                case 5:
                    count(editor_.erase(id, {.expected = Version{version}}, who_));
                    break;
                case 6:
                    count(editor_.erase(id, {}, who_));
                    break;
                case 7:
                    import(body);
                    break;
                default:
                    restore(id);
                    break;
            }
        }

        void put(const std::string& body, Expected expected) {
            count(editor_.put(Kind::kRule, std::nullopt, value_of(body), {.expected = expected},
                              who_));
        }

        void import(const std::string& body) {
            std::vector<item::Value> bodies;
            for (std::size_t i = 0; i < kEntities; ++i) {
                auto value = value_of(body);
                (*value.as<item::Map>())["phoneNumber"] = entity(i).first;
                bodies.push_back(value);
            }
            bodies.push_back(bodies.front());
            for (auto& result : editor_.import(Kind::kRule, bodies, {}, who_)) {
                count(std::move(result));
            }
        }

        void restore(const EntityId& id) {
            const auto page = read_history(*test_.store_, {.entity = id, .limit = 5});
            ASSERT_TRUE(page);
            if (!page->changes.empty()) {
                count(editor_.restore(id, page->changes.back().change_id, {}, who_));
            }
        }

        // Every refusal is a conflict with what was stored, or nothing was.
        void count(EditResult<Edited> result) {
            if (!result) {
                EXPECT_TRUE(std::holds_alternative<Conflict>(result.error()) ||
                            std::holds_alternative<NotFound>(result.error()))
                    << verdict(result);
            } else if (!result->change_id.empty()) {
                const std::lock_guard lock(test_.made_mutex_);
                EXPECT_TRUE(test_.made_.insert(result->change_id).second);
            } else {
                EXPECT_EQ(result->outcome, Outcome::kUnchanged);
            }
        }

        void step_clock() {
            if (random_() % 8 == 0) {
                test_.clock_.step_to(test_.clock_.now() +
                                     std::chrono::milliseconds(int(random_() % 200) - 100));
            }
        }

        ManyEditors& test_;
        Editor& editor_;
        std::mt19937 random_;
        std::string name_;
        Caller who_{name_, "AKID", Role::kEditor, "", ""};
    };

    // The changes of an entity, from its first to what is stored.
    void expect_replay(const EntityId& id) {
        std::optional<item::Item> item;
        std::int64_t version = 0;
        std::string last_id;
        for (const auto& change : history(id)) {
            EXPECT_EQ(change.before, item) << "what the change before it left";
            EXPECT_LT(last_id, change.change_id);
            if (change.after) {
                EXPECT_GT(change.version, version) << "a version never means two contents";
                EXPECT_EQ(version_of(*change.after), change.version);
                version = change.version;
            } else {
                EXPECT_EQ(change.version, version);
            }
            EXPECT_EQ(made_.erase(change.change_id), 1U) << "somebody was told of it";
            last_id = change.change_id;
            item = change.after;
        }
        EXPECT_EQ(stored(id), item);
    }

    std::mutex made_mutex_;
    std::set<std::string> made_;
};

TEST_F(ManyEditors, LoseNoUpdateAndLeaveAHistoryThatReplaysToTheTable) {
    SeededRandom their_random{7};
    Editor theirs{*store_, {{"us-east-1"}}, clock_, their_random};
    std::vector<std::thread> threads;
    threads.reserve(16);
    for (unsigned seed = 0; seed < 16; ++seed) {
        threads.emplace_back(
            [this, &theirs, seed] { Worker(*this, seed % 2 == 0 ? editor_ : theirs, seed).run(); });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    EXPECT_GT(made_.size(), 1000U);
    for (std::size_t i = 0; i < kEntities; ++i) {
        expect_replay(entity(i));
    }
    EXPECT_TRUE(made_.empty()) << made_.size() << " changes were acknowledged and are not told";
}

}  // namespace
}  // namespace meridian::management
