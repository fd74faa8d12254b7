// A service over a store in memory with tables of the test's own: no catalog that follows anything.
#pragma once

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "dynamo/service.h"
#include "dynamo/table_catalog.h"
#include "store/memory/memory_store.h"
#include "store/wait_for.h"

namespace meridian::dynamo {

// Tables are what was added last under a name. Threads: any.
class FixedTables final : public TableCatalog {
  public:
    void add(TableDescription table) {
        const std::lock_guard lock(mutex_);
        auto name = table.name;
        tables_.insert_or_assign(std::move(name),
                                 std::make_shared<const TableDescription>(std::move(table)));
    }

    [[nodiscard]] TablePtr find(std::string_view name_or_arn) const override {
        const std::lock_guard lock(mutex_);
        const auto slash = name_or_arn.rfind('/');
        if (name_or_arn.starts_with("arn:") && slash != std::string_view::npos) {
            name_or_arn.remove_prefix(slash + 1);
        }
        const auto found = tables_.find(name_or_arn);
        return found != tables_.end() ? found->second : nullptr;
    }
    [[nodiscard]] std::vector<TablePtr> list() const override {
        const std::lock_guard lock(mutex_);
        std::vector<TablePtr> all;
        for (const auto& [name, table] : tables_) {
            all.push_back(table);
        }
        return all;
    }
    [[nodiscard]] std::vector<TablePtr> everywhere() const override { return list(); }
    [[nodiscard]] Outcome<TablePtr> change(std::string_view name, const Change& change) override {
        auto changed = change(find(name));
        if (!changed) {
            return std::unexpected(std::move(changed.error()));
        }
        add(*std::move(changed));
        return find(name);
    }

  private:
    mutable std::mutex mutex_;
    std::map<std::string, TablePtr, std::less<>> tables_;
};

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

// ---- Tables that tests share

// Key: pk (string).
[[nodiscard]] inline TableDescription hash_table() {
    TableDescription table;
    table.name = "hash";
    table.key = {{"pk", item::KeyType::kString}, std::nullopt};
    return table;
}

// Key: pk, sk (strings). lsi1 by lsi1sk, gsi1 by lsi1sk (all); gsi2 by lsi1sk, lsi2sk with `data`.
[[nodiscard]] inline TableDescription composite_table() {
    using item::KeyAttribute;
    using item::KeyType;
    const KeyAttribute pk{"pk", KeyType::kString};
    const KeyAttribute first{"lsi1sk", KeyType::kString};
    const KeyAttribute second{"lsi2sk", KeyType::kString};
    TableDescription table;
    table.name = "composite";
    table.key = {pk, KeyAttribute{"sk", KeyType::kString}};
    table.indexes = {
        {.kind = IndexKind::kLocal, .schema = {.name = "lsi1", .key = {pk, first}}},
        {.kind = IndexKind::kGlobal, .schema = {.name = "gsi1", .key = {first, std::nullopt}}},
        {.kind = IndexKind::kGlobal,
         .schema = {.name = "gsi2",
                    .key = {first, second},
                    .projected = store::Projected::kInclude,
                    .include = {"data"}}}};
    return table;
}

}  // namespace meridian::dynamo
