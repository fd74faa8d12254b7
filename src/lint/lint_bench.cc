// What looking at all rules costs: sound ones, ones that all have faults, and shapes that would
// make a careless check quadratic.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "item/json.h"
#include "lint/lint.h"
#include "routing/snapshot.h"

namespace meridian::lint {
namespace {

constexpr std::array<std::string_view, 3> kRegions = {"us-east-1", "eu-west-1", "ap-southeast-1"};
constexpr std::size_t kHours = 200;

std::string arn(std::string_view region, std::string_view what, std::size_t index) {
    return fmt::format("arn:aws:connect:{}:123456789012:instance/8f1c7d2e-0c1b/{}/{:032x}", region,
                       what, index);
}

routing::Rule sound(std::size_t index) {
    routing::Rule rule;
    rule.region = kRegions[index % kRegions.size()];
    rule.phone_number = fmt::format("+1{:010}", index / kRegions.size() * 7919 % 10'000'000'000);
    rule.contact_flow_id = arn(rule.region, "contact-flow", index);
    rule.queue_id = arn(rule.region, "queue", index);
    rule.after_hours_contact_flow_id = arn(rule.region, "contact-flow", index + 1);
    rule.business_hours_id = fmt::format("H{}", index / kRegions.size() % kHours);
    rule.fallback_regions = {std::string(kRegions[(index + 1) % kRegions.size()])};
    rule.attributes = R"({"department":"sales","language":"en-US"})";
    return rule;
}

routing::Rule faulty(std::size_t index) {
    routing::Rule rule = sound(index);
    rule.phone_number.erase(0, 1);
    rule.region = index % 2 == 0 ? "US-EAST-1" : "mars-1";
    rule.business_hours_id = "none";
    rule.fallback_regions = {rule.region, "mars-2", "mars-2"};
    return rule;
}

// A thousand numbers at a time, each of which begins with the one before.
routing::Rule chained(std::size_t index) {
    routing::Rule rule;
    rule.phone_number = fmt::format("+{:06}", index / 1000) + std::string(index % 1000, '1');
    rule.region = kRegions[0];
    rule.contact_flow_id = index % 2 == 0 ? "a" : "b";
    return rule;
}

// One number in regions that nobody has.
routing::Rule scattered(std::size_t index) {
    routing::Rule rule = sound(0);
    rule.region = fmt::format("region-{:07}", index);
    return rule;
}

std::vector<item::Item> hours_items() {
    std::vector<item::Item> items;
    for (std::size_t i = 0; i < kHours; ++i) {
        const auto value = item::parse_plain_json(fmt::format(
            R"({{"regionId":"H{}","name":"Hours {}","timezone":"Europe/Dublin","schedule":{{"monday":{{"isOpen":true,
            "hours":[{{"open":"09:00","close":"{}:00"}}]}}}}}})",
            i, i, 10 + i % 10));
        items.push_back(*value->as<item::Map>());
    }
    return items;
}

void BM_Lint(benchmark::State& state) {
    struct Shape {
        const char* name;
        routing::Rule (*rule)(std::size_t);
    };
    static constexpr std::array kShapes{Shape{"sound", sound}, Shape{"faulty", faulty},
                                        Shape{"chained", chained}, Shape{"scattered", scattered}};
    const Shape& shape = kShapes[static_cast<std::size_t>(state.range(0))];
    routing::SnapshotBuilder builder;
    for (std::size_t i = 0; i < static_cast<std::size_t>(state.range(1)); ++i) {
        builder.add(routing::PutRule{shape.rule(i)});
    }
    const routing::Snapshot snapshot = std::move(builder).build();
    const auto hours = hours_items();
    const Options options{.regions = {kRegions.begin(), kRegions.end()}};
    std::size_t found = 0;
    for ([[maybe_unused]] auto _ : state) {
        const Report report = lint(snapshot, hours, options);
        found = 0;
        for (const auto& [code, count] : report.counts) {
            found += count;
        }
    }
    state.SetItemsProcessed(state.iterations() * state.range(1));
    state.SetLabel(fmt::format("{}, {} findings", shape.name, found));
}
BENCHMARK(BM_Lint)
    ->ArgsProduct({{0, 1, 2}, {10'000, 100'000, 1'000'000}})
    ->ArgsProduct({{3}, {10'000, 30'000}})  // loading more of them takes long
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace meridian::lint

BENCHMARK_MAIN();
