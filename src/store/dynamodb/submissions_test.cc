#include "store/dynamodb/submissions.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace meridian::store::dynamodb {
namespace {

std::vector<Write> writes(std::size_t count) {
    return std::vector<Write>(count, {"Things", DeleteItem{{{"id", "a"}}}, std::nullopt});
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
    Submissions submissions(5, [&](std::vector<Write> all, Atomicity) {
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
        Submissions submissions(100, [&](std::vector<Write> all, Atomicity) {
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
        Submissions submissions(100, [&](std::vector<Write> all, Atomicity) {
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

}  // namespace
}  // namespace meridian::store::dynamodb
