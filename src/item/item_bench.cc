// The storage format and the wire's JSON, for a routing rule of 15 attributes.
#include <benchmark/benchmark.h>

#include "item/codec.h"
#include "item/json.h"
#include "item/key.h"

namespace meridian::item {
namespace {

Item rule() {
    return *parse_plain_json(R"({
        "phoneNumber": "+18005551234", "region": "us-east-1", "routingProfile": "sales",
        "priority": 1, "fallbackRegions": ["eu-west-1", "ap-southeast-1"],
        "businessHoursId": "US_BUSINESS",
        "contactFlowId": "arn:aws:connect:us-east-1:123456789012:instance/11111111-2222-3333-4444-555555555555/contact-flow/66666666-7777-8888-9999-000000000000",
        "queueId": "arn:aws:connect:us-east-1:123456789012:instance/11111111-2222-3333-4444-555555555555/queue/66666666-7777-8888-9999-000000000000",
        "afterHoursContactFlowId": "flow:after-hours", "afterHoursQueueId": "queue:after-hours",
        "attributes": {"department": "sales", "priority": "high", "language": "en-US"},
        "enabled": true, "owner": "team-sales", "lastUpdated": "2025-02-26T12:00:00Z",
        "version": 1})")
                .value()
                .as<Map>();
}

void BM_Encode(benchmark::State& state) {
    const auto item = rule();
    std::string out;
    for ([[maybe_unused]] auto _ : state) {
        out.clear();
        append_encoded(item, out);
        benchmark::DoNotOptimize(out);
    }
    state.counters["bytes"] = static_cast<double>(out.size());
}
BENCHMARK(BM_Encode);

void BM_Decode(benchmark::State& state) {
    const auto bytes = encode(rule());
    for ([[maybe_unused]] auto _ : state) {
        auto item = decode(bytes);
        benchmark::DoNotOptimize(item);
    }
}
BENCHMARK(BM_Decode);

void BM_EncodeKey(benchmark::State& state) {
    const KeySchema schema{.partition = {"phoneNumber", KeyType::kString},
                           .sort = KeyAttribute{"region", KeyType::kString}};
    const auto item = rule();
    for ([[maybe_unused]] auto _ : state) {
        auto bytes = encode_key(schema, item);
        benchmark::DoNotOptimize(bytes);
    }
}
BENCHMARK(BM_EncodeKey);

void BM_ParseDynamoDbJson(benchmark::State& state) {
    const auto text = to_dynamodb_json(rule());
    for ([[maybe_unused]] auto _ : state) {
        auto item = parse_dynamodb_json(text);
        benchmark::DoNotOptimize(item);
    }
}
BENCHMARK(BM_ParseDynamoDbJson);

void BM_WriteDynamoDbJson(benchmark::State& state) {
    const auto item = rule();
    std::string out;
    for ([[maybe_unused]] auto _ : state) {
        out.clear();
        append_dynamodb_json(item, out);
        benchmark::DoNotOptimize(out);
    }
}
BENCHMARK(BM_WriteDynamoDbJson);

void BM_ParsePlainJson(benchmark::State& state) {
    const auto text = to_plain_json(rule());
    for ([[maybe_unused]] auto _ : state) {
        auto value = parse_plain_json(text);
        benchmark::DoNotOptimize(value);
    }
}
BENCHMARK(BM_ParsePlainJson);

void BM_CopyItem(benchmark::State& state) {
    const auto item = rule();
    for ([[maybe_unused]] auto _ : state) {
        auto copy = item;
        benchmark::DoNotOptimize(copy);
    }
}
BENCHMARK(BM_CopyItem);

}  // namespace
}  // namespace meridian::item

BENCHMARK_MAIN();
