// Regions whose stores are joined by hand, each with the catalog and the service over it.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/check.h"
#include "base/clock.h"
#include "base/random.h"
#include "dynamo/service.h"
#include "dynamo/table_catalog.h"
#include "store/memory/memory_store.h"
#include "store/wait_for.h"

namespace meridian::dynamo {

// A table of Meridian's own, as regions of a test have one. Key: phoneNumber, region.
inline const store::TableSchema kOwnTable{"GlobalCallRouting",
                                          {{"phoneNumber", item::KeyType::kString},
                                           item::KeyAttribute{"region", item::KeyType::kString}}};

// Threads of the kernel's generator don't disturb each other.
class TestRegion {
  public:
    TestRegion(std::string name, std::vector<std::string> regions)
        : name_(std::move(name)), regions_(std::move(regions)) {
        clock.step_to(Instant{std::chrono::milliseconds{1'700'000'000'123}});
        store = store::open_memory_store(clock, name_);
        open();
    }

    // As after a restart of the process; the store stays.
    void open() {
        service.reset();
        world.reset();
        tables.reset();
        auto opened =
            TableCatalog::open({.region = name_, .own = {kOwnTable}}, *store, clock, random);
        CHECK(opened);
        tables = *std::move(opened);
        world = std::make_unique<World>(World{.region = name_,
                                              .regions = regions_,
                                              .store = *store,
                                              .tables = *tables,
                                              .backups = nullptr,
                                              .clock = clock,
                                              .random = random});
        service = std::make_unique<Service>(*world, [](Service::Job job) {
            job();
            return true;
        });
    }

    [[nodiscard]] Answer call(std::string_view operation, std::string_view body) {
        return store::wait_for<Answer>([&](std::move_only_function<void(Answer)> done) {
            service->handle("DynamoDB_20120810." + std::string(operation), body, std::move(done));
        });
    }
    // The answer of a call that must work; tags are changed without any.
    [[nodiscard]] boost::json::object ok(std::string_view operation, std::string_view body) {
        const auto answer = call(operation, body);
        EXPECT_EQ(answer.status, 200) << answer.body;
        return answer.status == 200 && !answer.body.empty()
                   ? boost::json::parse(answer.body).as_object()
                   : boost::json::object{};
    }
    // "ValidationException: message" of one that must not.
    [[nodiscard]] std::string error(std::string_view operation, std::string_view body) {
        const auto answer = call(operation, body);
        EXPECT_NE(answer.status, 200) << answer.body;
        const auto json = boost::json::parse(answer.body).as_object();
        const auto* text = json.if_contains("message");
        return answer.error_type + ": " + (text == nullptr ? "" : std::string(text->as_string()));
    }
    // DescribeTable's answer; empty: there is none.
    [[nodiscard]] boost::json::object table(std::string_view name) {
        const auto answer =
            call("DescribeTable", R"({"TableName":")" + std::string(name) + R"("})");
        return answer.status == 200
                   ? boost::json::parse(answer.body).as_object().at("Table").as_object()
                   : boost::json::object{};
    }

    // What this region's clients have written since the last time reaches the other one.
    void carry_to(TestRegion& other) {
        const auto after = other.store->cursor(name_)->sequence;
        const auto own = store->read_own(after, 1'000);
        ASSERT_TRUE(own) << own.error().message;
        store::RemoteBatch batch{.from = name_, .tables = own->tables};
        for (const auto& change : own->changes) {
            batch.items.push_back(change.item);
        }
        batch.part = store::LogPart{store->log_id(), after, own->through};
        const auto applied = other.store->apply_remote(std::move(batch));
        ASSERT_TRUE(applied) << applied.error().message;
    }

    ManualClock clock{Instant{}};
    SystemRandom random;
    std::unique_ptr<store::ReplicaStore> store;
    std::unique_ptr<TableCatalog> tables;
    std::unique_ptr<World> world;
    std::unique_ptr<Service> service;

  private:
    const std::string name_;
    const std::vector<std::string> regions_;
};

// Waits for what another thread brings about.
inline bool comes(const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline) {
            return false;
        }
        std::this_thread::yield();
    }
    return true;
}

inline std::string text(const boost::json::value& value) {
    return boost::json::serialize(value);
}

}  // namespace meridian::dynamo
