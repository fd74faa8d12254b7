// How long writes take until other regions have them, and how fast a region catches up.
//
//   replication_replication_bench --lag 5000 [--seconds 10] --folder DIR
//       three regions in this process, each with so many writes a second: the lag of each link
//   replication_replication_bench --catch-up 200000 [--item-bytes 600] --folder DIR
//       so many items through a peer's log, then through its pages
//   replication_replication_bench --away 5000 [--seconds 20] --folder DIR
//       two regions with so many writes a second while the third one is away: the memory
//
// Prints key=value lines.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "replication/local_link.h"
#include "replication/puller.h"
#include "replication/replicator.h"
#include "store/rocksdb/rocksdb_store.h"

namespace meridian::replication {
namespace {

using std::chrono::duration;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

const store::TableSchema kTable{"GlobalCallRouting", {{"phoneNumber", item::KeyType::kString}, {}}};
constexpr std::array kRegions{"us-east-1", "eu-west-1", "ap-southeast-1"};

struct Settings {
    int lag_writes = 0;
    int catch_up_items = 0;
    int away_writes = 0;
    double seconds = 10;
    std::size_t item_bytes = 600;
    std::filesystem::path folder;
};

const SystemClock kClock;
SystemRandom random_source;

double seconds_since(steady_clock::time_point start) {
    return duration<double>(steady_clock::now() - start).count();
}

long resident_kb() {
    std::ifstream status("/proc/self/status");
    std::string line;
    while (std::getline(status, line)) {
        if (line.starts_with("VmRSS:")) {
            return std::strtol(line.c_str() + 6, nullptr, 10);
        }
    }
    return 0;
}

std::unique_ptr<store::ReplicaStore> open_region(const Settings& settings,
                                                 const std::string& region) {
    auto opened =
        store::open_rocksdb_store({.folder = settings.folder / region, .region = region}, kClock);
    if (!opened) {
        fmt::print(stderr, "{}\n", opened.error().message);
        std::exit(1);
    }
    CHECK((*opened)->create_table(kTable));
    return *std::move(opened);
}

item::Item rule(std::uint64_t number, std::size_t bytes) {
    return {{"phoneNumber", fmt::format("+1{:010}", number)},
            {"contactFlowId", "11111111-2222-3333-4444-555555555555"},
            {"attributes", std::string(bytes - std::min<std::size_t>(bytes, 80), 'x')}};
}

// A region with its replicator. Its links ask sources that are made before.
struct Region {
    std::unique_ptr<store::ReplicaStore> store;
    std::unique_ptr<Replicator> replicator;
};

// A link to a region that is made later.
class LateLink final : public Link {
  public:
    LateLink(const std::unique_ptr<Replicator>& peer, std::string from)
        : peer_(peer), from_(std::move(from)) {}
    Result<std::string> ask(const std::string& question, milliseconds timeout) override {
        if (!peer_) {
            return fail(ErrorCode::kUnavailable, "Nobody answers there");
        }
        return LocalLink(peer_->source(), from_).ask(question, timeout);
    }

  private:
    const std::unique_ptr<Replicator>& peer_;
    const std::string from_;
};

using Regions = std::array<Region, kRegions.size()>;

// Of the first `count` regions; the others are away.
void start(Regions& regions, const Settings& settings, std::size_t count) {
    for (std::size_t at = 0; at < count; ++at) {
        regions[at].store = open_region(settings, kRegions[at]);
    }
    for (std::size_t at = 0; at < count; ++at) {
        std::vector<Peer> peers;
        for (std::size_t from = 0; from < regions.size(); ++from) {
            if (from != at) {
                peers.push_back({kRegions[from], std::make_unique<LateLink>(
                                                     regions[from].replicator, kRegions[at])});
            }
        }
        regions[at].replicator = std::make_unique<Replicator>(
            *regions[at].store, std::move(peers), ReplicatorOptions{}, kClock, random_source);
    }
    for (std::size_t at = 0; at < count; ++at) {
        regions[at].replicator->start();
    }
}

void end(Regions& regions) {
    for (auto& region : regions) {
        if (region.replicator) {
            region.replicator->stop();
        }
    }
    for (auto& region : regions) {
        region.replicator.reset();
    }
}

// Writes at a steady rate, each by itself, as clients do.
class Writers {
  public:
    Writers(Regions& regions, std::size_t count, int per_second, std::size_t bytes) {
        for (std::size_t at = 0; at < count; ++at) {
            threads_.emplace_back([this, &store = *regions[at].store, at, per_second, bytes] {
                const auto start = steady_clock::now();
                for (std::uint64_t made = 0; !ending_; ++made) {
                    const auto due = start + duration_cast<steady_clock::duration>(
                                                 duration<double>(double(made) / per_second));
                    if (steady_clock::now() < due) {
                        std::this_thread::sleep_until(due + milliseconds{1});
                    }
                    const auto number = at * 1'000'000 + made % 100'000;
                    store.submit({{kTable.name, store::PutItem{rule(number, bytes)}, {}}},
                                 store::Atomicity::kEach, [this](const auto& outcomes) {
                                     ++(outcomes[0].error ? refused_ : made_);
                                 });
                }
            });
        }
    }
    ~Writers() { stop(); }
    Writers(const Writers&) = delete;
    Writers& operator=(const Writers&) = delete;

    void stop() {
        ending_ = true;
        for (auto& thread : threads_) {
            thread.join();
        }
        threads_.clear();
    }
    [[nodiscard]] std::uint64_t made() const { return made_; }
    [[nodiscard]] std::uint64_t refused() const { return refused_; }

  private:
    std::atomic<bool> ending_ = false;
    std::atomic<std::uint64_t> made_ = 0;
    std::atomic<std::uint64_t> refused_ = 0;
    std::vector<std::thread> threads_;
};

void print_links(const Regions& regions) {
    for (std::size_t at = 0; at < regions.size(); ++at) {
        if (!regions[at].replicator) {
            continue;
        }
        for (const auto& link : regions[at].replicator->status()) {
            fmt::print("{}_from_{}: state={} p50_ms={} p99_ms={} items={} {}\n", kRegions[at],
                       link.peer, to_string(link.state), link.lag.p50.count(), link.lag.p99.count(),
                       link.lag.items, link.error);
        }
    }
}

void measure_lag(const Settings& settings) {
    Regions regions;
    start(regions, settings, regions.size());
    while (!std::ranges::all_of(
        regions, [](const auto& region) { return region.replicator->has_caught_up(); })) {
        std::this_thread::sleep_for(milliseconds{10});
    }
    const auto processor = std::clock();
    Writers writers(regions, regions.size(), settings.lag_writes, 200);
    std::this_thread::sleep_for(duration<double>(settings.seconds));
    print_links(regions);
    fmt::print("writes_per_second={:.0f}\nrefused={}\nprocessors={:.2f}\nresident_kb={}\n",
               static_cast<double>(writers.made()) / settings.seconds, writers.refused(),
               double(std::clock() - processor) / CLOCKS_PER_SEC / settings.seconds, resident_kb());
    writers.stop();
    end(regions);
}

void fill(store::ReplicaStore& store, const Settings& settings) {
    constexpr int kBatch = 500;
    for (int done = 0; done < settings.catch_up_items; done += kBatch) {
        std::vector<store::Write> writes;
        for (int i = done; i < std::min(done + kBatch, settings.catch_up_items); ++i) {
            writes.push_back(
                {kTable.name,
                 store::PutItem{rule(static_cast<std::uint64_t>(i), settings.item_bytes)},
                 {}});
        }
        for (const auto& made : store.write_all(std::move(writes), store::Atomicity::kEach)) {
            CHECK(!made.error);
        }
    }
}

// One region that follows another one, in this thread.
struct Follower {
    Follower(store::ReplicaStore& its_store, Source& peer, const std::string& peer_name)
        : store(its_store),
          heard({its_store.region(), peer_name}),
          link(peer, its_store.region()),
          puller(peer_name, {its_store, heard, link, kClock, random_source}, {}) {}

    // Until everything of the peer's is here.
    double catch_up_with(const store::ReplicaStore& peer) {
        const auto start = steady_clock::now();
        const store::Cursor all{peer.log_id(), peer.last_sequence()};
        while (*store.cursor(peer.region()) != all) {
            std::this_thread::sleep_for(puller.step());
        }
        return seconds_since(start);
    }

    store::ReplicaStore& store;
    HeardTable heard;
    LocalLink link;
    Puller puller;
};

void measure_catch_up(const Settings& settings) {
    const auto from = open_region(settings, kRegions[0]);
    HeardTable heard({kRegions[0]});
    Source source(*from, heard, kClock);
    const auto measure = [&](std::string_view how, double seconds, std::clock_t processor) {
        fmt::print("{}_items_per_second={:.0f}\n{}_processor_us_per_item={:.2f}\n", how,
                   settings.catch_up_items / seconds, how,
                   double(processor) * 1e6 / CLOCKS_PER_SEC / settings.catch_up_items);
    };
    {
        const auto to = open_region(settings, kRegions[1]);
        Follower follower(*to, source, kRegions[0]);
        follower.catch_up_with(*from);
        fill(*from, settings);
        const auto processor = std::clock();
        const auto seconds = follower.catch_up_with(*from);
        measure("log", seconds, std::clock() - processor);
    }
    {
        const auto to = open_region(settings, kRegions[2]);
        Follower follower(*to, source, kRegions[0]);
        const auto processor = std::clock();
        const auto seconds = follower.catch_up_with(*from);
        measure("pages", seconds, std::clock() - processor);
        CHECK(*(*from->open_view())->table_hash(kTable.name) ==
              *(*to->open_view())->table_hash(kTable.name));
    }
    fmt::print("resident_kb={}\n", resident_kb());
}

void measure_away(const Settings& settings) {
    Regions regions;
    start(regions, settings, 2);
    Writers writers(regions, 2, settings.away_writes, settings.item_bytes);
    for (int part = 0; part <= 10; ++part) {
        fmt::print("resident_kb={} writes={}\n", resident_kb(), writers.made());
        std::fflush(stdout);
        std::this_thread::sleep_for(duration<double>(settings.seconds / 10));
    }
    print_links(regions);
    writers.stop();
    end(regions);
}

[[noreturn]] void explain(const char* program) {
    fmt::print(stderr,
               "usage: {} --folder DIR (--lag WRITES | --catch-up ITEMS | --away WRITES) "
               "[--seconds 10] [--item-bytes 600]\n",
               program);
    std::exit(2);
}

Settings parse(int argc, char** argv) {
    std::map<std::string_view, std::string> values;
    for (int i = 1; i + 1 < argc; i += 2) {
        values[argv[i]] = argv[i + 1];
    }
    if (argc % 2 == 0 || !values.contains("--folder")) {
        explain(argv[0]);
    }
    Settings settings;
    settings.folder = values["--folder"];
    const auto number = [&values](const char* name, int fallback) {
        return values.contains(name) ? std::stoi(values[name]) : fallback;
    };
    settings.lag_writes = number("--lag", 0);
    settings.catch_up_items = number("--catch-up", 0);
    settings.away_writes = number("--away", 0);
    settings.seconds = number("--seconds", 10);
    settings.item_bytes = static_cast<std::size_t>(number("--item-bytes", 600));
    return settings;
}

}  // namespace
}  // namespace meridian::replication

int main(int argc, char** argv) {
    using namespace meridian::replication;
    const auto settings = parse(argc, argv);
    meridian::start_log("bench", meridian::LogLevel::kWarn);
    std::filesystem::create_directories(settings.folder);
    if (settings.lag_writes > 0) {
        measure_lag(settings);
    } else if (settings.catch_up_items > 0) {
        measure_catch_up(settings);
    } else if (settings.away_writes > 0) {
        measure_away(settings);
    } else {
        explain(argv[0]);
    }
}
