// How many durable writes a second many clients get, and how long a start takes.
//
//   store_rocksdb_write_bench --writers 64 --seconds 5 --folder DIR    writes, beside bare fsyncs
//   store_rocksdb_write_bench --items 1000000 --folder DIR             opening, a full scan, a
//   hash;
//       a first run fills the folder, a second one finds it filled and shows its memory unmixed
//       and what reads of single items take of a processor
//   store_rocksdb_write_bench --remote 1000000 --folder DIR            another region's log
//
// Prints key=value lines.

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <deque>
#include <filesystem>
#include <fstream>
#include <future>
#include <map>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/check.h"
#include "base/clock.h"
#include "store/rocksdb/rocksdb_store.h"

namespace meridian::store {
namespace {

using std::chrono::duration;
using std::chrono::steady_clock;

constexpr const char* kTable = "GlobalCallRouting";
constexpr std::size_t kRecordBytes = 200;

struct Settings {
    int writers = 64;
    double seconds = 5;
    int items = 0;
    int remote = 0;
    std::filesystem::path folder;
};

double seconds_since(steady_clock::time_point start) {
    return duration<double>(steady_clock::now() - start).count();
}

item::Item rule(std::uint64_t number) {
    return {{"phoneNumber", fmt::format("+1{:010}", number)},
            {"region", "us-east-1"},
            {"contactFlowId", "11111111-2222-3333-4444-555555555555"},
            {"queueId", "66666666-7777-8888-9999-000000000000"},
            {"priority", item::Number(static_cast<std::int64_t>(number % 10))},
            {"version", item::Number(std::int64_t{1})}};
}

[[noreturn]] void stop(int status) {
    std::fflush(stdout);
    std::_Exit(status);
}

std::unique_ptr<ReplicaStore> open_store(const Settings& settings, const Clock& clock,
                                         const char* region = "us-east-1") {
    auto store = open_rocksdb_store({.folder = settings.folder / region, .region = region}, clock);
    if (!store) {
        fmt::print(stderr, "{}\n", store.error().message);
        stop(1);
    }
    const TableSchema schema{kTable,
                             {{"phoneNumber", item::KeyType::kString},
                              item::KeyAttribute{"region", item::KeyType::kString}}};
    CHECK((*store)->create_table(schema));
    return *std::move(store);
}

// One writer that appends and syncs: what the disk gives to whoever doesn't share fsyncs.
double fsyncs_per_second(const Settings& settings) {
    const auto path = settings.folder / "fsync.probe";
    const int file = ::open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0644);
    CHECK(file >= 0);
    const std::string record(kRecordBytes, 'x');
    const auto start = steady_clock::now();
    int syncs = 0;
    while (seconds_since(start) < std::min(2.0, settings.seconds)) {
        CHECK(::write(file, record.data(), record.size()) == static_cast<ssize_t>(record.size()));
        CHECK(::fdatasync(file) == 0);
        ++syncs;
    }
    const double rate = syncs / seconds_since(start);
    ::close(file);
    std::filesystem::remove(path);
    return rate;
}

double percentile(std::vector<double>& sorted, double part) {
    return sorted.empty() ? 0 : sorted[static_cast<std::size_t>(part * double(sorted.size() - 1))];
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

void measure_writes(const Settings& settings) {
    const double fsyncs = fsyncs_per_second(settings);
    const SystemClock clock;
    auto store = open_store(settings, clock);
    std::atomic<bool> ending = false;
    std::vector<std::future<std::vector<double>>> writers;
    writers.reserve(static_cast<std::size_t>(settings.writers));
    const auto start = steady_clock::now();
    for (int w = 0; w < settings.writers; ++w) {
        writers.push_back(std::async(std::launch::async, [&, w] {
            std::vector<double> micros;
            for (std::uint64_t i = 0; !ending; ++i) {
                const auto number = static_cast<std::uint64_t>(w) * 1'000'000 + i;
                const auto before = steady_clock::now();
                const auto made = store->write({kTable, PutItem{rule(number)}, {}});
                CHECK(!made.error);
                micros.push_back(seconds_since(before) * 1e6);
            }
            return micros;
        }));
    }
    std::this_thread::sleep_for(duration<double>(settings.seconds));
    ending = true;
    std::vector<double> all;
    for (auto& writer : writers) {
        const auto micros = writer.get();
        all.insert(all.end(), micros.begin(), micros.end());
    }
    const double rate = static_cast<double>(all.size()) / seconds_since(start);
    std::ranges::sort(all);
    fmt::print("writers={}\nwrites_per_second={:.0f}\np50_us={:.0f}\np99_us={:.0f}\n",
               settings.writers, rate, percentile(all, 0.5), percentile(all, 0.99));
    fmt::print("fsyncs_per_second={:.0f}\nwrites_per_fsync_rate={:.1f}\nresident_kb={}\n", fsyncs,
               rate / fsyncs, resident_kb());
}

void fill(const Settings& settings, const Clock& clock) {
    constexpr int kBatch = 500;
    auto store = open_store(settings, clock);
    if (store->last_sequence() > 0) {
        return;
    }
    const auto start = steady_clock::now();
    for (int done = 0; done < settings.items; done += kBatch) {
        std::vector<Write> writes;
        for (int i = done; i < std::min(done + kBatch, settings.items); ++i) {
            writes.push_back({kTable, PutItem{rule(static_cast<std::uint64_t>(i))}, {}});
        }
        for (const auto& made : store->write_all(std::move(writes), Atomicity::kEach)) {
            CHECK(!made.error);
        }
    }
    fmt::print("fill_items_per_second={:.0f}\n", settings.items / seconds_since(start));
}

void measure_start(const Settings& settings) {
    const SystemClock clock;
    fill(settings, clock);
    const auto start = steady_clock::now();
    auto store = open_store(settings, clock);
    const auto opened = seconds_since(start);
    CHECK(store->get({kTable, {{"phoneNumber", "+10000000001"}, {"region", "us-east-1"}}}));
    const auto first_read = seconds_since(start);
    const auto resident_at_start = resident_kb();
    Scan scan{.table = kTable};
    std::size_t items = 0;
    const auto scan_start = steady_clock::now();
    do {
        auto page = store->scan(scan);
        CHECK(page);
        items += page->items.size();
        scan.start_after = std::move(page->last_key);
    } while (scan.start_after);
    fmt::print("items={}\nopen_ms={:.0f}\nfirst_read_ms={:.0f}\nscan_ms={:.0f}\n", items,
               opened * 1e3, first_read * 1e3, seconds_since(scan_start) * 1e3);
    const auto hash_start = steady_clock::now();
    CHECK((*store->open_view())->table_hash(kTable)->items == items);
    fmt::print("hash_ms={:.0f}\n", seconds_since(hash_start) * 1e3);
    fmt::print("resident_at_start_kb={}\nresident_after_scan_kb={}\n", resident_at_start,
               resident_kb());
}

// Calls `read` with numbers of items, in no order, and says what one call takes of a processor.
template <typename Read>
double processor_us(const Settings& settings, int calls, Read read) {
    std::uint64_t number = 1;
    const auto start = std::clock();
    for (int i = 0; i < calls; ++i) {
        number = number * 6'364'136'223'846'793'005 + 1'442'695'040'888'963'407;
        read((number >> 33) % static_cast<std::uint64_t>(settings.items));
    }
    return double(std::clock() - start) / CLOCKS_PER_SEC * 1e6 / calls;
}

void measure_reads(const Settings& settings) {
    constexpr std::size_t kAtOnce = 100;
    const SystemClock clock;
    const auto store = open_store(settings, clock);
    const auto key_of = [](std::uint64_t number) {
        auto item = rule(number);
        return item::Key{{"phoneNumber", item.at("phoneNumber")}, {"region", item.at("region")}};
    };
    const auto get = [&](std::uint64_t number) {
        const auto item = store->get({kTable, key_of(number)});
        CHECK(item);
        return item->has_value();
    };
    fmt::print("get_us={:.2f}\n",
               processor_us(settings, 200'000, [&](std::uint64_t number) { CHECK(get(number)); }));
    fmt::print("get_absent_us={:.2f}\n", processor_us(settings, 200'000, [&](std::uint64_t number) {
                   CHECK(!get(number + 5'000'000'000));
               }));
    std::vector<ItemRef> refs;
    fmt::print("get_of_100_us={:.2f}\n", processor_us(settings, 200'000, [&](std::uint64_t number) {
                   refs.push_back({kTable, key_of(number)});
                   if (refs.size() == kAtOnce) {
                       CHECK(store->get_many(refs));
                       refs.clear();
                   }
               }));
}

// One region reads its log in batches, another one applies them, with some on their way.
void measure_remote(const Settings& settings) {
    constexpr std::size_t kBatch = 1000;
    constexpr std::size_t kOnTheirWay = 8;
    const SystemClock clock;
    auto filled = settings;
    filled.items = settings.remote;
    fill(filled, clock);
    const auto from = open_store(settings, clock);
    const auto to = open_store(settings, clock, "eu-west-1");
    std::deque<std::future<Result<Applied>>> on_their_way;
    const auto wait_for_one = [&on_their_way] {
        CHECK(on_their_way.front().get());
        on_their_way.pop_front();
    };
    const auto start = steady_clock::now();
    const auto processor_start = std::clock();
    SequenceNumber at = 0;
    while (at < from->last_sequence()) {
        auto own = from->read_own(at, kBatch);
        CHECK(own);
        RemoteBatch batch{.from = from->region(), .tables = std::move(own->tables)};
        for (auto& change : own->changes) {
            batch.items.push_back(std::move(change.item));
        }
        batch.part = LogPart{from->log_id(), at, own->through};
        at = own->through;
        if (on_their_way.size() == kOnTheirWay) {
            wait_for_one();
        }
        std::promise<Result<Applied>> told;
        on_their_way.push_back(told.get_future());
        to->submit_remote(std::move(batch),
                          [told = std::move(told)](Result<Applied> applied) mutable {
                              told.set_value(std::move(applied));
                          });
    }
    while (!on_their_way.empty()) {
        wait_for_one();
    }
    const double processor = double(std::clock() - processor_start) / CLOCKS_PER_SEC;
    fmt::print("remote_processor_us_per_item={:.2f}\n", processor * 1e6 / settings.remote);
    fmt::print("remote_items_per_second={:.0f}\n", settings.remote / seconds_since(start));
    CHECK(*(*from->open_view())->table_hash(kTable) == *(*to->open_view())->table_hash(kTable));
}

Settings parse(int argc, char** argv) {
    Settings settings;
    std::map<std::string_view, std::string> values;
    for (int i = 1; i + 1 < argc; i += 2) {
        values[argv[i]] = argv[i + 1];
    }
    if (argc % 2 == 0 || !values.contains("--folder")) {
        fmt::print(stderr,
                   "usage: {} --folder DIR [--writers 64] [--seconds 5] [--items N] [--remote N]\n",
                   argv[0]);
        stop(2);
    }
    settings.folder = values["--folder"];
    for (const auto& [name, value] : values) {
        if (name == "--writers") {
            settings.writers = std::stoi(value);
        } else if (name == "--seconds") {
            settings.seconds = std::stod(value);
        } else if (name == "--items") {
            settings.items = std::stoi(value);
        } else if (name == "--remote") {
            settings.remote = std::stoi(value);
        }
    }
    return settings;
}

}  // namespace
}  // namespace meridian::store

int main(int argc, char** argv) {
    const auto settings = meridian::store::parse(argc, argv);
    std::filesystem::create_directories(settings.folder);
    if (settings.items > 0) {
        meridian::store::measure_start(settings);
        meridian::store::measure_reads(settings);
    } else if (settings.remote > 0) {
        meridian::store::measure_remote(settings);
    } else {
        meridian::store::measure_writes(settings);
    }
}
