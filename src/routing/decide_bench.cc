// What decisions, loading, changes and memory cost at a given number of rules, as key=value lines.
//
//   decide_bench --rules 1000000 [--decisions 1000000] [--schedules 200]
//
// Rules: random E.164 numbers of 11 to 15 digits in three regions, ARNs as long as Amazon's. Calls,
// in random order: 80 % have a rule for exactly their number, 10 % one for a prefix, 10 % none.
// The calls' own texts are read before the clock starts.
//
//   decide_p50_ns …          how long one call waits. Each decision is timed by itself: the
//                            processor's time stamp counter, fenced on both sides so that nothing
//                            of one decision overlaps with another, less the median cost of timing
//                            nothing.
//   decide_batch16_p50_ns …  what a decision costs in a loop of them: sixteen are timed together,
//                            unfenced in between, and the time is divided by sixteen.
//   memory_access_*_ns       the peer: one read of memory that no cache holds and that waits for
//   the
//                            one before. With huge pages, as most of a snapshot has them, and with
//                            small ones, where finding the page costs a part of it.
//   keys_page100_*_ns        a page of 100 keys: the first one, and those after random rules.
//   put_rule_max_ns …        the slowest change; *_undisturbed_max_ns: the slowest of those during
//                            which the system gave the processor to nobody else.
#include <fmt/core.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>
#ifdef __x86_64__
#include <x86intrin.h>
#endif

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <memory>
#include <optional>
#include <ratio>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/check.h"
#include "routing/decision.h"
#include "routing/snapshot.h"

namespace meridian::routing {
namespace {

using std::chrono::steady_clock;

struct Options {
    std::size_t rules = 1'000'000;
    std::size_t decisions = 1'000'000;
    std::size_t schedules = 200;
};

constexpr std::array<std::string_view, 3> kRegions = {"us-east-1", "eu-west-1", "ap-southeast-1"};
constexpr std::size_t kExactPerPrefix = 100;  // one rule in so many is for a prefix

// A stream of random numbers that any index can start anew, so that rules need not be kept.
class Stream {
  public:
    explicit Stream(std::uint64_t index) : state_(index * 0xD1342543DE82EF95U + 1) {}
    std::uint64_t next() {
        state_ += 0x9E3779B97F4A7C15U;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
        z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
        return z ^ (z >> 31U);
    }
    std::uint64_t below(std::uint64_t bound) { return next() % bound; }

  private:
    std::uint64_t state_;
};

void append_digits(std::string& number, Stream& stream, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        number.push_back(static_cast<char>('0' + stream.below(10)));
    }
}

// Prefixes have a zero as their second digit, so that calls without a rule can avoid them.
std::string number_of(std::size_t index) {
    Stream stream(index);
    std::string number = "+";
    number.push_back(static_cast<char>('1' + stream.below(9)));
    if (index % kExactPerPrefix == 0) {
        number.push_back('0');
        append_digits(number, stream, 2 + stream.below(4));
    } else {
        append_digits(number, stream, 10 + stream.below(5));
    }
    return number;
}

std::string_view region_of(std::size_t index) {
    return kRegions[index / 7 % kRegions.size()];
}

std::string arn(std::string_view region, std::string_view kind, Stream& stream) {
    return fmt::format(
        "arn:aws:connect:{}:123456789012:instance/8f1c7d2e-0c1b-4b1e-9d57-1f0a4c6de0a1/{}/"
        "{:016x}{:016x}",
        region, kind, stream.next(), stream.next());
}

Rule rule_of(std::size_t index, std::size_t schedules) {
    Stream stream(~index);
    Rule rule;
    rule.phone_number = number_of(index);
    rule.region = region_of(index);
    rule.contact_flow_id = arn(rule.region, "contact-flow", stream);
    rule.queue_id = arn(rule.region, "queue", stream);
    rule.business_hours_id = fmt::format("hours-{:05}", stream.below(schedules));
    rule.priority = 1;
    rule.version = 1;
    rule.fallback_regions = {std::string(region_of(index + 7))};
    rule.attributes = R"({"department":"sales","language":"en-US","tier":"gold"})";
    return rule;
}

std::size_t text_bytes(const Rule& rule) {
    std::size_t bytes = rule.phone_number.size() + rule.region.size() +
                        rule.contact_flow_id.size() + rule.queue_id.size() +
                        rule.business_hours_id.size() + rule.attributes.size();
    for (const auto& region : rule.fallback_regions) {
        bytes += region.size();
    }
    return bytes;
}

std::shared_ptr<const calendar::Schedule> schedule_of(std::size_t index) {
    constexpr std::array<const char*, 3> kZones = {"America/New_York", "Europe/Dublin",
                                                   "Asia/Singapore"};
    auto schedule = std::make_shared<calendar::Schedule>();
    schedule->id = fmt::format("hours-{:05}", index);
    schedule->zone = calendar::Zone::load(kZones[index % kZones.size()]).value();
    for (std::size_t day = 1; day <= 5; ++day) {
        schedule->week[day] = {{std::chrono::hours{9}, std::chrono::hours{17}}};
    }
    for (unsigned day = 1; day <= 10; ++day) {
        schedule
            ->holidays[std::chrono::year{2025} / std::chrono::December / std::chrono::day{day}] =
            "holiday";
    }
    return schedule;
}

struct Probe {
    std::string number;
    std::string_view region;
    Instant at;
};

std::vector<Probe> probes_of(const Options& options) {
    Stream stream(0xCA11);
    std::vector<Probe> probes(options.decisions);
    const std::size_t prefixes = (options.rules + kExactPerPrefix - 1) / kExactPerPrefix;
    for (auto& probe : probes) {
        const std::uint64_t kind = stream.below(10);
        std::size_t index = stream.below(options.rules);
        if (kind == 8) {
            index = stream.below(prefixes) * kExactPerPrefix;
        }
        probe.number = number_of(index);
        probe.region = region_of(index);
        if (kind == 8) {
            append_digits(probe.number, stream, 15 - probe.number.size());
        } else if (kind == 9) {
            probe.number = fmt::format("+{}{}", 1 + stream.below(9), 1 + stream.below(9));
            append_digits(probe.number, stream, 11);
        }
        probe.at = Instant{std::chrono::seconds{1'740'000'000 + stream.below(28UL * 86'400)}};
    }
    return probes;
}

std::size_t resident_bytes() {
    std::ifstream file("/proc/self/statm");
    std::size_t total = 0;
    std::size_t resident = 0;
    file >> total >> resident;
    return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

std::uint64_t ticks() {
#ifdef __x86_64__
    _mm_lfence();
    const std::uint64_t now = __rdtsc();
    _mm_lfence();
    return now;
#else
    return static_cast<std::uint64_t>(steady_clock::now().time_since_epoch().count());
#endif
}

double ns_per_tick() {
    const auto from = steady_clock::now();
    const auto first = ticks();
    while (steady_clock::now() - from < std::chrono::milliseconds{100}) {
    }
    const auto last = ticks();
    const std::chrono::duration<double, std::nano> elapsed = steady_clock::now() - from;
    return elapsed.count() / static_cast<double>(last - first);
}

double percentile(std::vector<std::uint64_t>& samples, double share) {
    const auto rank = static_cast<std::size_t>(share * static_cast<double>(samples.size() - 1));
    std::ranges::nth_element(samples, samples.begin() + static_cast<std::ptrdiff_t>(rank));
    return static_cast<double>(samples[rank]);
}

double timing_cost() {
    std::vector<std::uint64_t> samples(10'000);
    for (auto& sample : samples) {
        const auto from = ticks();
        sample = ticks() - from;
    }
    return percentile(samples, 0.5);
}

void print(std::string_view key, double value) {
    fmt::print("{}={:.1f}\n", key, value);
}

// Loads in batches, so that making the rules is not timed and not counted as memory.
Snapshot load(const Options& options) {
    constexpr std::size_t kBatch = 10'000;
    SnapshotBuilder builder;
    for (std::size_t i = 0; i < options.schedules; ++i) {
        builder.add(PutSchedule{schedule_of(i)});
    }
    std::vector<Edit> batch;
    batch.reserve(kBatch);
    std::size_t texts = 0;
    const std::size_t resident_before = resident_bytes();
    std::chrono::duration<double, std::milli> elapsed{};
    std::clock_t cpu = 0;  // what others on the machine do is not in it
    for (std::size_t i = 0; i < options.rules;) {
        batch.clear();
        for (; batch.size() < kBatch && i < options.rules; ++i) {
            Rule rule = rule_of(i, options.schedules);
            texts += text_bytes(rule);
            batch.emplace_back(PutRule{std::move(rule)});
        }
        const auto from = steady_clock::now();
        const std::clock_t cpu_from = std::clock();
        for (const auto& edit : batch) {
            builder.add(edit);
        }
        cpu += std::clock() - cpu_from;
        elapsed += steady_clock::now() - from;
    }
    Snapshot snapshot = std::move(builder).build();
    const auto count = static_cast<double>(snapshot.rule_count());
    const auto text = static_cast<double>(texts);
    print("rules", count);
    print("load_ms", elapsed.count());
    print("load_cpu_ms", static_cast<double>(cpu) * 1e3 / CLOCKS_PER_SEC);
    print("text_bytes_per_rule", text / count);
    print("beyond_text_bytes_per_rule",
          (static_cast<double>(snapshot.memory_bytes()) - text) / count);
    print("beyond_text_resident_bytes_per_rule",
          (static_cast<double>(resident_bytes() - resident_before) - text) / count);
    return snapshot;
}

// Shared machines differ in it by a factor of four from one minute to the next.
double memory_access_ns(int advice) {
    constexpr std::size_t kHugePageBytes = std::size_t{2} << 20U;
    constexpr std::size_t kLines = std::size_t{4} << 20U;  // 256 MiB
    constexpr std::size_t kReads = 500'000;
    struct alignas(64) Line {
        std::uint32_t next;
    };
    const std::size_t bytes = kLines * sizeof(Line);
    const std::unique_ptr<void, decltype(&std::free)> memory(
        std::aligned_alloc(kHugePageBytes, bytes), &std::free);
    CHECK(memory != nullptr && madvise(memory.get(), bytes, advice) == 0);
    const std::span lines(static_cast<Line*>(memory.get()), kLines);
    for (std::size_t i = 0; i < kLines; ++i) {
        lines[i].next = static_cast<std::uint32_t>(i);
    }
    Stream stream(1);
    for (std::size_t i = kLines - 1; i > 0; --i) {  // Sattolo: one cycle through all lines
        std::swap(lines[i].next, lines[stream.below(i)].next);
    }
    std::uint32_t at = 0;
    const auto from = steady_clock::now();
    for (std::size_t i = 0; i < kReads; ++i) {
        at = lines[at].next;
    }
    const std::chrono::duration<double, std::nano> elapsed = steady_clock::now() - from;
    CHECK(at < kLines);
    return elapsed.count() / kReads;
}

void print_percentiles(std::string_view what, std::vector<std::uint64_t>& samples, double unit_ns) {
    for (const auto& [name, share] :
         {std::pair("p50", 0.5), {"p90", 0.9}, {"p99", 0.99}, {"p999", 0.999}}) {
        print(fmt::format("{}_{}_ns", what, name),
              std::max(0.0, percentile(samples, share) - timing_cost()) * unit_ns);
    }
}

using Matches = std::array<std::size_t, 4>;

Matches measure_single(const Snapshot& snapshot, const Policy& policy,
                       std::span<const Probe> probes) {
    std::vector<std::uint64_t> samples;
    samples.reserve(probes.size());
    Matches matches{};
    for (const auto& probe : probes) {
        const std::string number = probe.number;
        const Call call{.number = number, .region = probe.region, .at = probe.at};
        const auto from = ticks();
        const Decision decision = decide(snapshot, policy, call);
        samples.push_back(ticks() - from);
        ++matches[static_cast<std::size_t>(decision.match)];
    }
    print_percentiles("decide", samples, ns_per_tick());
    return matches;
}

void measure_batches(const Snapshot& snapshot, const Policy& policy,
                     std::span<const Probe> probes) {
    constexpr std::size_t kBatch = 16;
    std::vector<std::uint64_t> samples;
    samples.reserve(probes.size() / kBatch);
    std::size_t found = 0;
    for (; probes.size() >= kBatch; probes = probes.subspan(kBatch)) {
        std::array<std::string, kBatch> numbers;
        std::array<Call, kBatch> calls;
        for (std::size_t i = 0; i < kBatch; ++i) {
            numbers[i] = probes[i].number;
            calls[i] = {.number = numbers[i], .region = probes[i].region, .at = probes[i].at};
        }
        const auto from = ticks();
        for (const auto& call : calls) {
            found += decide(snapshot, policy, call).match == Match::kNone ? 0U : 1U;
        }
        samples.push_back(ticks() - from);
    }
    CHECK(found > 0);
    print_percentiles("decide_batch16", samples, ns_per_tick() / kBatch);
}

void measure_decisions(const Snapshot& snapshot, const Options& options) {
    Policy policy;
    policy.region_order.assign(kRegions.begin(), kRegions.end());
    policy.default_contact_flow_id = "flow";
    policy.default_queue_id = "queue";
    const auto probes = probes_of(options);
    print("memory_access_huge_pages_ns", memory_access_ns(MADV_HUGEPAGE));
    print("memory_access_small_pages_ns", memory_access_ns(MADV_NOHUGEPAGE));
    const auto matches = measure_single(snapshot, policy, probes);
    measure_batches(snapshot, policy, probes);
    const auto total = static_cast<double>(probes.size());
    print("exact_percent", static_cast<double>(matches[0]) / total * 100);
    print("prefix_percent", static_cast<double>(matches[1]) / total * 100);
    print("none_percent", static_cast<double>(matches[3]) / total * 100);
}

double page_ns(const Snapshot& snapshot, const KeyQuery& query) {
    const auto from = steady_clock::now();
    const KeyPage page = snapshot.keys(query);
    const std::chrono::duration<double, std::nano> elapsed = steady_clock::now() - from;
    CHECK(page.keys.size() <= query.keys_max);
    return elapsed.count();
}

void measure_pages(const Snapshot& snapshot, const Options& options) {
    constexpr std::size_t kPages = 10'000;
    std::vector<std::uint64_t> first;
    std::vector<std::uint64_t> anywhere;
    Stream stream(7);
    for (std::size_t i = 0; i < kPages; ++i) {
        const std::size_t index = stream.below(options.rules);
        KeyQuery query;
        first.push_back(static_cast<std::uint64_t>(page_ns(snapshot, query)));
        query.after = RuleKey{number_of(index), std::string(region_of(index))};
        anywhere.push_back(static_cast<std::uint64_t>(page_ns(snapshot, query)));
    }
    print("keys_page100_first_p50_ns", percentile(first, 0.5));
    print("keys_page100_anywhere_p50_ns", percentile(anywhere, 0.5));
    print("keys_page100_anywhere_p99_ns", percentile(anywhere, 0.99));
}

long times_preempted() {
    rusage usage{};
    CHECK(getrusage(RUSAGE_SELF, &usage) == 0);
    return usage.ru_nivcsw;
}

// Each change makes a new snapshot and lets the one before it go, both of which are timed.
template <typename MakeEdit>
void measure_changes(std::string_view what, Snapshot snapshot, const MakeEdit& make_edit) {
    std::vector<std::uint64_t> samples;
    std::uint64_t undisturbed_max = 0;
    for (std::size_t i = 0; i < 20'000; ++i) {
        const Edit edit = make_edit(i);
        const long preempted = times_preempted();
        const auto from = steady_clock::now();
        snapshot = snapshot.with(std::span(&edit, 1));
        samples.push_back(static_cast<std::uint64_t>((steady_clock::now() - from).count()));
        if (times_preempted() == preempted) {
            undisturbed_max = std::max(undisturbed_max, samples.back());
        }
    }
    print(fmt::format("{}_p50_ns", what), percentile(samples, 0.5));
    print(fmt::format("{}_p99_ns", what), percentile(samples, 0.99));
    print(fmt::format("{}_p999_ns", what), percentile(samples, 0.999));
    print(fmt::format("{}_max_ns", what), percentile(samples, 1.0));
    print(fmt::format("{}_undisturbed_max_ns", what), static_cast<double>(undisturbed_max));
}

int run(const Options& options) {
    const Snapshot snapshot = load(options);
    measure_decisions(snapshot, options);
    measure_pages(snapshot, options);
    measure_changes("put_rule", snapshot, [&](std::size_t i) -> Edit {
        Rule rule = rule_of(Stream(i).below(options.rules * 2), options.schedules);
        rule.version = 2;
        return PutRule{std::move(rule)};
    });
    measure_changes("erase_rule", snapshot, [&](std::size_t i) -> Edit {
        const std::size_t index = Stream(i).below(options.rules);
        return EraseRule{number_of(index), std::string(region_of(index))};
    });
    measure_changes("put_schedule", snapshot, [&](std::size_t i) -> Edit {
        return PutSchedule{schedule_of(i % options.schedules)};
    });
    return 0;
}

std::optional<Options> options_of(int argc, char** argv) {
    Options options;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string_view name = argv[i];
        const auto value = std::strtoull(argv[i + 1], nullptr, 10);
        if (value == 0) {
            return std::nullopt;
        }
        if (name == "--rules") {
            options.rules = value;
        } else if (name == "--decisions") {
            options.decisions = value;
        } else if (name == "--schedules") {
            options.schedules = value;
        } else {
            return std::nullopt;
        }
    }
    return argc % 2 == 1 ? std::optional(options) : std::nullopt;
}

}  // namespace
}  // namespace meridian::routing

int main(int argc, char** argv) {
    const auto options = meridian::routing::options_of(argc, argv);
    if (!options) {
        std::fputs("usage: decide_bench [--rules N] [--decisions N] [--schedules N]\n", stderr);
        return 2;
    }
    return meridian::routing::run(*options);
}
