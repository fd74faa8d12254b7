// What a request costs without HTTP and without a disk.

#include <benchmark/benchmark.h>

#include <chrono>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "dynamo/attribute_values.h"
#include "dynamo/service.h"
#include "dynamo/tables_for_tests.h"
#include "store/memory/memory_store.h"
#include "store/wait_for.h"

namespace meridian::dynamo {
namespace {

// About 600 bytes, as the routing rules that clients keep.
std::string item_of(int id) {
    std::string item = R"({"pk":{"S":"+1800555)" + std::to_string(id) + R"("})";
    for (int i = 0; i < 8; ++i) {
        item +=
            R"(,"attribute)" + std::to_string(i) + R"(":{"S":")" + std::string(45, 'x') + R"("})";
    }
    return item + R"(,"version":{"N":"17"},"active":{"BOOL":true}})";
}

struct Region {
    SystemClock clock;
    SeededRandom random{1};
    std::unique_ptr<store::ReplicaStore> store = store::open_memory_store(clock, "us-east-1");
    FixedTables tables;
    World world{.region = "us-east-1",
                .regions = {"us-east-1"},
                .store = *store,
                .tables = tables,
                .backups = nullptr,
                .clock = clock,
                .random = random};
    Service service{world, [](Service::Job job) {
                        job();
                        return true;
                    }};

    Region() {
        auto table = hash_table();
        table.storage = table.name;
        (void)store->create_table({table.storage, table.key});
        tables.add(std::move(table));
        for (int i = 0; i < 100; ++i) {
            (void)call("PutItem", R"({"TableName":"hash","Item":)" + item_of(i) + "}");
        }
    }

    Answer call(const std::string& operation, std::string_view body) {
        return store::wait_for<Answer>([&](std::move_only_function<void(Answer)> done) {
            service.handle("DynamoDB_20120810." + operation, body, std::move(done));
        });
    }
};

void put_item(benchmark::State& state) {
    Region region;
    const auto body = R"({"TableName":"hash","Item":)" + item_of(1) + "}";
    for (auto _ : state) {
        benchmark::DoNotOptimize(region.call("PutItem", body));
    }
}

// Reading and checking alone: the item's key has the wrong type.
void put_item_refused(benchmark::State& state) {
    Region region;
    auto item = item_of(1);
    item.replace(item.find(R"("S")"), 3, R"("B")");
    item.replace(item.find("+1800"), 5, "18001");  // base64
    const auto body = R"({"TableName":"hash","Item":)" + item + "}";
    for (auto _ : state) {
        benchmark::DoNotOptimize(region.call("PutItem", body));
    }
}

void get_item(benchmark::State& state) {
    Region region;
    const std::string body = R"({"TableName":"hash","Key":{"pk":{"S":"+18005551"}}})";
    for (auto _ : state) {
        benchmark::DoNotOptimize(region.call("GetItem", body));
    }
}

void batch_get_item(benchmark::State& state) {
    Region region;
    std::string keys;
    for (int i = 0; i < 25; ++i) {
        keys += (i == 0 ? "" : ",") + (R"({"pk":{"S":"+1800555)" + std::to_string(i) + R"("}})");
    }
    const auto body = R"({"RequestItems":{"hash":{"Keys":[)" + keys + "]}}}";
    for (auto _ : state) {
        benchmark::DoNotOptimize(region.call("BatchGetItem", body));
    }
}

BENCHMARK(put_item);
BENCHMARK(put_item_refused);
BENCHMARK(get_item);
BENCHMARK(batch_get_item);

}  // namespace
}  // namespace meridian::dynamo

BENCHMARK_MAIN();
