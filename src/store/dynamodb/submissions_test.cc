#include "store/dynamodb/submissions.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace meridian::store::dynamodb {
namespace {

std::vector<Write> writes(std::size_t count) {
    return std::vector<Write>(count, {"Things", DeleteItem{{{"id", "a"}}}, std::nullopt});
}

std::string id_of(const Write& write) {
    return *std::get<DeleteItem>(write.action).key.at("id").as<std::string>();
}

// By their key; those of "unknown" can't be told.
WrittenItems items_of(std::span<const Write> all) {
    std::set<std::string> items;
    for (const auto& write : all) {
        const auto id = id_of(write);
        if (id == "unknown") {
            return std::nullopt;
        }
        items.insert(id);
    }
    return items;
}

// Makes writes once it is let go.
struct Gate {
    std::vector<WriteOutcome> make(std::vector<Write> all) {
        started.set_value();
        opened.wait();
        return std::vector<WriteOutcome>(all.size());
    }
    std::promise<void> started;
    std::promise<void> open;
    std::shared_future<void> opened = open.get_future().share();
};

TEST(Submissions, AreRefusedBeyondTheirBoundAndNothingIsDone) {
    Gate gate;
    std::atomic<int> made = 0;
    Submissions submissions(5, items_of, [&](std::vector<Write> all, Atomicity) {
        return made++ == 0 ? gate.make(std::move(all)) : std::vector<WriteOutcome>(all.size());
    });
    EXPECT_FALSE(submissions.pending());
    submissions.add(writes(2), Atomicity::kEach, [](auto) {});
    gate.started.get_future().wait();
    EXPECT_TRUE(submissions.pending());
    std::promise<void> done;
    submissions.add(writes(3), Atomicity::kEach, [&](auto) { done.set_value(); });
    std::vector<WriteOutcome> refused;
    submissions.add(writes(1), Atomicity::kEach,
                    [&](std::vector<WriteOutcome> outcomes) { refused = std::move(outcomes); });
    ASSERT_EQ(refused.size(), 1U) << "told at once";
    EXPECT_EQ(refused[0].error->code, ErrorCode::kOverloaded);
    gate.open.set_value();
    done.get_future().wait();
    EXPECT_EQ(made, 2);
    submissions.add(writes(5), Atomicity::kEach, [](auto) {});
}

TEST(Submissions, AreMadeBeforeTheyGo) {
    Gate gate;
    std::atomic<int> told = 0;
    {
        bool first = true;
        Submissions submissions(100, items_of, [&](std::vector<Write> all, Atomicity) {
            return std::exchange(first, false) ? gate.make(std::move(all))
                                               : std::vector<WriteOutcome>(all.size());
        });
        for (int i = 0; i < 10; ++i) {
            submissions.add(writes(1), Atomicity::kEach, [&](auto) { ++told; });
        }
        gate.started.get_future().wait();
        gate.open.set_value();
    }
    EXPECT_EQ(told, 10);
}

TEST(Submissions, KeepTheDeadlineOfWhoeverBroughtThem) {
    std::vector<std::optional<Deadline>> seen;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::hours{1};
    {
        Submissions submissions(100, items_of, [&](std::vector<Write> all, Atomicity) {
            seen.push_back(current_deadline());
            return std::vector<WriteOutcome>(all.size());
        });
        {
            const ScopedDeadline scope(deadline);
            submissions.add(writes(1), Atomicity::kAll, [](auto) {});
        }
        submissions.add(writes(1), Atomicity::kAll, [](auto) {});
    }
    ASSERT_EQ(seen.size(), 2U);
    EXPECT_EQ(seen[0], deadline);
    EXPECT_EQ(seen[1], std::nullopt);
}

// What is being made, by the id of its first write; each waits until it is let go.
class Workshop {
  public:
    std::vector<WriteOutcome> make(const std::vector<Write>& all) {
        const auto id = id_of(all[0]);
        std::unique_lock lock(mutex_);
        making_.push_back(id);
        order_.push_back(id);
        changed_.notify_all();
        changed_.wait(lock, [&] { return let_go_.contains(id) || all_let_go_; });
        std::erase(making_, id);
        changed_.notify_all();
        return std::vector<WriteOutcome>(all.size());
    }
    // Until just these are being made, whatever their order.
    void wait_for(std::vector<std::string> ids) {
        std::unique_lock lock(mutex_);
        std::ranges::sort(ids);
        changed_.wait(lock, [&] {
            auto now = making_;
            std::ranges::sort(now);
            return now == ids;
        });
    }
    void let_go(const std::string& id) {
        const std::lock_guard lock(mutex_);
        let_go_.insert(id);
        changed_.notify_all();
    }
    void let_all_go() {
        const std::lock_guard lock(mutex_);
        all_let_go_ = true;
        changed_.notify_all();
    }
    std::vector<std::string> order() {
        const std::lock_guard lock(mutex_);
        return order_;
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> making_;
    std::vector<std::string> order_;
    std::set<std::string> let_go_;
    bool all_let_go_ = false;
};

class ManySubmissions : public testing::Test {
  protected:
    void add(const std::vector<std::string>& ids) {
        std::vector<Write> all;
        for (const auto& id : ids) {
            all.push_back({"Things", DeleteItem{{{"id", id}}}, std::nullopt});
        }
        submissions_->add(std::move(all), Atomicity::kAll, [](auto) {});
    }
    void TearDown() override {
        workshop_.let_all_go();
        submissions_.reset();
    }

    Workshop workshop_;
    std::unique_ptr<Submissions> submissions_ = std::make_unique<Submissions>(
        1'000, items_of,
        [this](const std::vector<Write>& all, Atomicity) { return workshop_.make(all); });
};

TEST_F(ManySubmissions, OfDifferentItemsAreMadeAtTheSameTime) {
    std::vector<std::string> first;
    for (std::size_t i = 0; i < Submissions::kThreadsMax + 1; ++i) {
        const auto id = std::to_string(i);
        add({id});
        if (i < Submissions::kThreadsMax) {
            first.push_back(id);
        }
    }
    workshop_.wait_for(first);
    workshop_.let_go("3");
    first[3] = std::to_string(Submissions::kThreadsMax);
    workshop_.wait_for(first);
}

TEST_F(ManySubmissions, OfOneItemAreMadeInTheirOrder) {
    add({"a", "history of a"});
    add({"b", "a"});  // waits for the first
    add({"c", "b"});  // waits for the second, though nobody is at work on either
    add({"d"});
    workshop_.wait_for({"a", "d"});
    workshop_.let_go("a");
    workshop_.wait_for({"b", "d"});
    workshop_.let_go("b");
    workshop_.wait_for({"c", "d"});
}

TEST(Submissions, OfOneItemAreToldOfInTheirOrder) {
    std::mutex mutex;
    std::vector<int> told;
    {
        Submissions submissions(1'000, items_of, [](const std::vector<Write>& all, Atomicity) {
            return std::vector<WriteOutcome>(all.size());
        });
        for (int i = 0; i < 500; ++i) {
            submissions.add(writes(1), Atomicity::kEach, [&, i](auto) {
                const std::lock_guard lock(mutex);
                told.push_back(i);
            });
        }
    }
    EXPECT_EQ(told.size(), 500U);
    EXPECT_TRUE(std::ranges::is_sorted(told));
}

TEST_F(ManySubmissions, OfUnknownItemsAreMadeAlone) {
    add({"a"});
    add({"unknown"});
    add({"b"});
    workshop_.wait_for({"a"});
    workshop_.let_go("a");
    workshop_.wait_for({"unknown"});
    workshop_.let_go("unknown");
    workshop_.wait_for({"b"});
    EXPECT_EQ(workshop_.order(), (std::vector<std::string>{"a", "unknown", "b"}));
}

}  // namespace
}  // namespace meridian::store::dynamodb
