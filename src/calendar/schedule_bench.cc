// status_at() is on the path of every call; next_change() answers people.
#include <benchmark/benchmark.h>

#include <cstdint>

#include "calendar/schedule.h"

namespace meridian::calendar {
namespace {

using namespace std::chrono;  // NOLINT(google-build-using-namespace)

// Office hours with a lunch break, nights on Saturday, and ten years of ten holidays.
Schedule office(const char* zone) {
    Schedule schedule;
    schedule.zone = Zone::load(zone).value();
    for (std::size_t day = 1; day <= 5; ++day) {
        schedule.week[day] = {{.open = 9h, .close = 12h}, {.open = 13h, .close = 17h}};
    }
    schedule.week[6] = {{.open = 22h, .close = 6h}};
    for (int holiday = 0; holiday < 100; ++holiday) {
        schedule.holidays.emplace(sys_days{2020y / 1 / 1} + days{36 * holiday}, "Holiday");
    }
    return schedule;
}

constexpr Instant kStart = sys_days{2025y / 2 / 26};
constexpr const char* kZones[] = {"UTC", "America/New_York", "Asia/Kolkata"};

// Calls one after the other, milliseconds apart.
void BM_StatusNow(benchmark::State& state) {
    const Schedule schedule = office(kZones[state.range(0)]);
    Instant at = kStart + 15h;
    for ([[maybe_unused]] auto _ : state) {
        benchmark::DoNotOptimize(status_at(schedule, at));
        at += 1ms;
    }
    state.SetLabel(kZones[state.range(0)]);
}
BENCHMARK(BM_StatusNow)->DenseRange(0, 2);

// Any instant of ten years: nothing that the processor could foresee.
void BM_StatusAnywhere(benchmark::State& state) {
    const Schedule schedule = office(kZones[state.range(0)]);
    std::uint64_t step = 1;
    for ([[maybe_unused]] auto _ : state) {
        step = step * 6'364'136'223'846'793'005ULL + 1;
        const auto offset = milliseconds{(step >> 33U) % 315'360'000U * 1000};
        benchmark::DoNotOptimize(status_at(schedule, kStart - days{1800} + offset));
    }
    state.SetLabel(kZones[state.range(0)]);
}
BENCHMARK(BM_StatusAnywhere)->DenseRange(0, 2);

void BM_NextChange(benchmark::State& state) {
    const Schedule schedule = office("America/New_York");
    Instant at = kStart;
    for ([[maybe_unused]] auto _ : state) {
        benchmark::DoNotOptimize(next_change(schedule, at));
        at += 1h;
    }
}
BENCHMARK(BM_NextChange);

// A schedule that is always open, and whose next holiday is far: the longest way to look ahead.
void BM_NextChangeFarHoliday(benchmark::State& state) {
    Schedule schedule;
    schedule.zone = Zone::load("America/New_York").value();
    schedule.week.fill({{.open = 0h, .close = 24h}});
    schedule.holidays.emplace(sys_days{9999y / 12 / 31}, "Last");
    for ([[maybe_unused]] auto _ : state) {
        benchmark::DoNotOptimize(next_change(schedule, kStart));
    }
}
BENCHMARK(BM_NextChangeFarHoliday);

void BM_LoadZoneAgain(benchmark::State& state) {
    const std::string name = "America/New_York";
    for ([[maybe_unused]] auto _ : state) {
        benchmark::DoNotOptimize(Zone::load(name));
    }
}
BENCHMARK(BM_LoadZoneAgain);

}  // namespace
}  // namespace meridian::calendar

BENCHMARK_MAIN();
