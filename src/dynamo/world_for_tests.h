// A service over a store in memory with tables of the test's own: no catalog that follows anything.
#pragma once

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "dynamo/service.h"
#include "dynamo/tables_for_tests.h"
#include "store/memory/memory_store.h"
#include "store/wait_for.h"

namespace meridian::dynamo {

// What may wait is run at once, on the caller's thread.
class TestService {
  public:
    explicit TestService(std::shared_ptr<store::ReplicaStore> store = nullptr)
        : store_(store != nullptr ? std::move(store)
                                  : std::shared_ptr<store::ReplicaStore>(
                                        store::open_memory_store(clock, "us-east-1"))) {}

    // Makes the table; its storage is the name.
    void add(TableDescription table) {
        table.storage = table.name;
        EXPECT_TRUE(store_->create_table({table.storage, table.key}));
        for (const auto& index : table.indexes) {
            // A store without indexes has none to keep.
            (void)store_->create_index(table.storage, index.schema);
        }
        tables.add(std::move(table));
    }

    // Waits for the answer.
    [[nodiscard]] Answer call(std::string_view operation, std::string_view body) {
        return target(std::string("DynamoDB_20120810.") + std::string(operation), body);
    }
    [[nodiscard]] Answer target(std::string_view target, std::string_view body) {
        return store::wait_for<Answer>([&](std::move_only_function<void(Answer)> done) {
            service.handle(target, body, std::move(done));
        });
    }
    // The body of a call that must work.
    [[nodiscard]] std::string ok(std::string_view operation, std::string_view body) {
        const auto answer = call(operation, body);
        EXPECT_EQ(answer.status, 200) << answer.body;
        return answer.body;
    }
    // "ValidationException: message" of one that must not.
    [[nodiscard]] std::string error(std::string_view operation, std::string_view body) {
        const auto answer = call(operation, body);
        EXPECT_NE(answer.status, 200) << answer.body;
        const auto json = boost::json::parse(answer.body).as_object();
        for (const auto* name : {"message", "Message"}) {
            if (const auto* text = json.if_contains(name)) {
                return answer.error_type + ": " + std::string(text->as_string());
            }
        }
        return answer.error_type;
    }

    [[nodiscard]] store::ReplicaStore& store() { return *store_; }

    ManualClock clock{Instant{std::chrono::milliseconds{1'700'000'000'123}}};
    SeededRandom random{1};
    FixedTables tables;

  private:
    std::shared_ptr<store::ReplicaStore> store_;

  public:
    World world{.region = "us-east-1",
                .regions = {"us-east-1"},
                .store = *store_,
                .tables = tables,
                .backups = nullptr,
                .clock = clock,
                .random = random};
    Service service{world, [](Service::Job job) {
                        job();
                        return true;
                    }};
};

}  // namespace meridian::dynamo
