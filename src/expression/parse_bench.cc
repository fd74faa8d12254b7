// What a request's expressions cost: read, evaluated, rendered.
#include <benchmark/benchmark.h>

#include "expression/parse.h"
#include "expression/render.h"

namespace meridian::expression {
namespace {

using item::Number;
using item::Value;

constexpr std::string_view kCondition =
    "attribute_exists(phoneNumber) AND #version = :version AND (enabled = :yes OR owner_id IN "
    "(:one, :two))";
constexpr std::string_view kUpdate =
    "SET #version = #version + :by, queueId = :queue, attributes.tier = if_not_exists("
    "attributes.tier, :tier) REMOVE note ADD hits :by";

Placeholders for_condition() {
    return Placeholders::make(Placeholders::Names{{"#version", "version"}},
                              Placeholders::Values{{":version", Number(3)},
                                                   {":yes", true},
                                                   {":one", "team-sales"},
                                                   {":two", "team-support"}})
        .value();
}

Placeholders for_update() {
    return Placeholders::make(
               Placeholders::Names{{"#version", "version"}},
               Placeholders::Values{
                   {":by", Number(1)}, {":queue", "queue:after-hours"}, {":tier", "gold"}})
        .value();
}

void BM_ParseCondition(benchmark::State& state) {
    auto placeholders = for_condition();
    for ([[maybe_unused]] auto _ : state) {
        auto condition = parse_condition(kCondition, ConditionText::kCondition, placeholders);
        benchmark::DoNotOptimize(condition);
    }
}
BENCHMARK(BM_ParseCondition);

void BM_ParseUpdate(benchmark::State& state) {
    auto placeholders = for_update();
    for ([[maybe_unused]] auto _ : state) {
        auto update = parse_update(kUpdate, placeholders);
        benchmark::DoNotOptimize(update);
    }
}
BENCHMARK(BM_ParseUpdate);

void BM_ParseProjection(benchmark::State& state) {
    Placeholders none;
    for ([[maybe_unused]] auto _ : state) {
        auto projection =
            parse_projection("phoneNumber, queueId, attributes.tier, fallbackRegions[0]", none);
        benchmark::DoNotOptimize(projection);
    }
}
BENCHMARK(BM_ParseProjection);

void BM_EvaluateCondition(benchmark::State& state) {
    auto placeholders = for_condition();
    const auto condition =
        parse_condition(kCondition, ConditionText::kCondition, placeholders).value();
    const item::Item item{{"phoneNumber", "+18005551234"},
                          {"version", Number(3)},
                          {"enabled", false},
                          {"owner_id", "team-support"}};
    for ([[maybe_unused]] auto _ : state) {
        auto holds = evaluate(condition, &item);
        benchmark::DoNotOptimize(holds);
    }
}
BENCHMARK(BM_EvaluateCondition);

void BM_RenderCondition(benchmark::State& state) {
    auto placeholders = for_condition();
    const auto condition =
        parse_condition(kCondition, ConditionText::kCondition, placeholders).value();
    for ([[maybe_unused]] auto _ : state) {
        Renderer renderer;
        auto text = renderer.render(condition);
        benchmark::DoNotOptimize(text);
    }
}
BENCHMARK(BM_RenderCondition);

}  // namespace
}  // namespace meridian::expression

BENCHMARK_MAIN();
