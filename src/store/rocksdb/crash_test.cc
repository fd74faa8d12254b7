// Processes that are killed while they write: nothing acknowledged may be missing afterwards, and
// nothing may be half there.
//
// The child is this program with --crash-child. It writes from several threads, one of which is
// another region, and reports every acknowledged write through a pipe; the parent kills it after
// some of them, opens its folder, and compares. Environment: MERIDIAN_CRASH_ROUNDS (40),
// MERIDIAN_CRASH_SEED (random, printed).
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "base/check.h"
#include "base/clock.h"
#include "store/rocksdb/rocksdb_store.h"
#include "store/rocksdb/temporary_folder.h"
#include "store/table_store.h"

namespace meridian::store {
namespace {

constexpr const char* kTable = "Table";
const IndexSchema kByNumber{"byNumber", {{"n", item::KeyType::kNumber}, {}}};
constexpr int kThreads = 6;
constexpr int kPeerThread = kThreads;  // applies batches of another region
constexpr const char* kPeer = "peer";
constexpr int kSlots = 5;

// What the child says after an acknowledged write. The first report of all, with thread -1, says
// that it is about to open the folder.
struct Report {
    int thread = -1;
    int step = 0;
};

// One thread's writes: a pure function of seed, thread and step, so that the parent knows what a
// step wrote without being told.
class Script {
  public:
    Script(std::uint64_t seed, int thread) : seed_(seed), thread_(thread) {}

    [[nodiscard]] std::string id(const std::string& what) const {
        return std::to_string(seed_) + "-" + std::to_string(thread_) + "-" + what;
    }
    [[nodiscard]] static std::string shared_id(std::uint64_t seed) {
        return std::to_string(seed) + "-shared";
    }

    // All of a step's writes are one transaction.
    [[nodiscard]] std::vector<Write> writes(int step) const {
        std::mt19937_64 random(seed_ * 1'000'003 +
                               static_cast<std::uint64_t>(thread_ * 7919 + step));
        const auto slot = id("slot" + std::to_string(random() % kSlots));
        switch (random() % 4) {
            case 0:
                return {put(slot, step)};
            case 1:
                return {{kTable, DeleteItem{{{"id", slot}}}, {}}};
            case 2:
                return {put(id("left"), step), put(slot, step), put(id("right"), step)};
            default:
                return {put(id("own"), step), add_one(shared_id(seed_)),
                        put(shared_id(seed_) + "-with-peer", step)};
        }
    }

    // The state of the thread's items after that many steps, the shared ones left out.
    [[nodiscard]] std::map<std::string, int> state_after(int steps) const {
        std::map<std::string, int> state;
        for (int step = 0; step < steps; ++step) {
            for (const auto& write : writes(step)) {
                if (const auto* put = std::get_if<PutItem>(&write.action)) {
                    const auto& put_id = *put->item.at("id").as<std::string>();
                    if (put_id.starts_with(id(""))) {
                        state[put_id] = step;
                    }
                } else if (const auto* gone = std::get_if<DeleteItem>(&write.action)) {
                    state.erase(*gone->key.at("id").as<std::string>());
                }
            }
        }
        return state;
    }

    [[nodiscard]] int shared_additions(int steps) const {
        int additions = 0;
        for (int step = 0; step < steps; ++step) {
            for (const auto& write : writes(step)) {
                additions += std::holds_alternative<UpdateItem>(write.action) ? 1 : 0;
            }
        }
        return additions;
    }

  private:
    static Write put(std::string id, int step) {
        // Sizes differ, so that records end anywhere in the log's blocks.
        const auto filler = static_cast<std::size_t>(step * 37 % 3000);
        return {kTable,
                PutItem{{{"id", std::move(id)},
                         {"n", item::Number(std::int64_t{step})},
                         {"x", std::string(filler, 'x')}}},
                {}};
    }
    static Write add_one(std::string id) {
        expression::Update update;
        update.adds.push_back({expression::Path("n"), item::Number(std::int64_t{1})});
        return {kTable, UpdateItem{{{"id", std::move(id)}}, std::move(update)}, {}};
    }

    std::uint64_t seed_;
    int thread_;
};

// What another region sends: step n brings the change n + 1 of its log.
class PeerScript {
  public:
    explicit PeerScript(std::uint64_t seed) : seed_(seed), script_(seed, kPeerThread) {}

    [[nodiscard]] LogId log() const { return LogId{seed_}; }
    [[nodiscard]] std::string contested_id() const {
        return Script::shared_id(seed_) + "-with-peer";
    }
    [[nodiscard]] static Stamp stamp(int step) {
        return {HybridTime{static_cast<std::uint64_t>(step) + 1}, kPeer};
    }

    // Puts and deletes of the peer's own items, and a put of one that clients write too.
    [[nodiscard]] RemoteBatch batch(int step) const {
        RemoteBatch batch{.from = kPeer, .part = LogPart{log(), after(step), after(step) + 1}};
        auto writes = script_.writes(step);
        writes.push_back({kTable, PutItem{{{"id", contested_id()}, {"n", item::Number(1)}}}, {}});
        for (auto& write : writes) {
            VersionedItem item{kTable, {}, {{}, {stamp(step), {}}}};
            if (auto* put = std::get_if<PutItem>(&write.action)) {
                item.key = {{"id", put->item.at("id")}};
                item.state.image = std::move(put->item);
            } else if (auto* gone = std::get_if<DeleteItem>(&write.action)) {
                item.key = std::move(gone->key);
            } else {
                continue;
            }
            batch.items.push_back(std::move(item));
        }
        return batch;
    }
    [[nodiscard]] std::map<std::string, int> state_after(int steps) const {
        return script_.state_after(steps);
    }
    [[nodiscard]] std::string prefix() const { return script_.id(""); }

  private:
    static SequenceNumber after(int step) { return static_cast<SequenceNumber>(step); }

    std::uint64_t seed_;
    Script script_;
};

std::unique_ptr<ReplicaStore> open_store(const std::filesystem::path& folder, const Clock& clock) {
    // Long enough for one round's changes, short enough that the log is trimmed after some.
    auto store = open_rocksdb_store({.folder = folder, .log_changes_kept = 20'000}, clock);
    if (!store) {
        ADD_FAILURE() << store.error().message;
        return nullptr;
    }
    CHECK((*store)->create_table({kTable, {{"id", item::KeyType::kString}, {}}}));
    CHECK((*store)->create_index(kTable, kByNumber));
    return *std::move(store);
}

[[noreturn]] void run_child(const char* folder, std::uint64_t seed, int pipe) {
    const auto report = [pipe](Report what) {
        if (::write(pipe, &what, sizeof what) != sizeof what) {
            ::_exit(1);
        }
    };
    report({});
    const SystemClock clock;
    const auto store = open_store(folder, clock);
    CHECK(store != nullptr);
    std::vector<std::jthread> threads;
    threads.reserve(kThreads);
    for (int thread = 0; thread < kThreads; ++thread) {
        threads.emplace_back([&, thread] {
            const Script script(seed, thread);
            for (int step = 0;; ++step) {
                for (const auto& outcome : store->write_all(script.writes(step), Atomicity::kAll)) {
                    CHECK(!outcome.error);
                }
                report({thread, step});
            }
        });
    }
    threads.emplace_back([&] {
        const PeerScript script(seed);
        for (int step = 0;; ++step) {
            CHECK(store->apply_remote(script.batch(step)));
            report({kPeerThread, step});
        }
    });
    threads.clear();
    ::_exit(0);
}

// Runs a child until it has reported that many writes, kills it, and returns how many steps of each
// thread were acknowledged.
std::vector<int> run_and_kill(const std::filesystem::path& folder, std::uint64_t seed,
                              std::uint64_t reports) {
    std::array<int, 2> ends{};
    CHECK(::pipe(ends.data()) == 0);
    const auto child = ::fork();
    CHECK(child >= 0);
    if (child == 0) {
        ::close(ends[0]);
        const auto seed_text = std::to_string(seed);
        const auto pipe_text = std::to_string(ends[1]);
        ::execl("/proc/self/exe", "store_rocksdb_test", "--crash-child", folder.c_str(),
                seed_text.c_str(), pipe_text.c_str(), nullptr);
        ::_exit(127);
    }
    ::close(ends[1]);
    std::vector<int> acknowledged(kThreads + 1, 0);
    Report report;
    for (std::uint64_t seen = 0; ::read(ends[0], &report, sizeof report) == sizeof report;) {
        if (report.thread >= 0) {
            acknowledged[static_cast<std::size_t>(report.thread)] = report.step + 1;
        }
        if (seen++ == reports) {
            ::kill(child, SIGKILL);  // what is in the pipe by now still counts
        }
    }
    ::close(ends[0]);
    int status = 0;
    CHECK(::waitpid(child, &status, 0) == child);
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << "the child failed";
    return acknowledged;
}

using Rows = std::map<std::string, item::Item>;

// Of the table, or of its index, which holds all of its items.
Rows read_rows(const TableStore& store, const std::string& index = {}) {
    Rows rows;
    Scan scan{.table = kTable, .index = index};
    do {
        auto page = store.scan(scan);
        CHECK(page);
        for (auto& item : page->items) {
            rows.emplace(*item.at("id").as<std::string>(), item);
        }
        scan.start_after = std::move(page->last_key);
    } while (scan.start_after);
    return rows;
}

// Applies what the log says after `at` to `rows`; every change must start from what is there.
SequenceNumber replay(const TableStore& store, SequenceNumber at, Rows& rows) {
    while (at < store.last_sequence()) {
        const auto page = store.read_log(at, 10'000);
        if (!page || page->empty() || page->front().sequence != at + 1) {
            ADD_FAILURE() << "no change " << at + 1;
            return at;
        }
        for (const auto& change : *page) {
            const auto& id = *change.key.at("id").as<std::string>();
            const auto known = rows.find(id);
            EXPECT_EQ(change.before,
                      known == rows.end() ? std::nullopt : std::optional(known->second));
            if (change.after) {
                rows[id] = *change.after;
            } else {
                rows.erase(id);
            }
        }
        at = page->back().sequence;
    }
    return at;
}

std::map<std::string, int> rows_of(const Rows& rows, const std::string& prefix) {
    std::map<std::string, int> found;
    for (auto row = rows.lower_bound(prefix); row != rows.end() && row->first.starts_with(prefix);
         ++row) {
        const auto n = row->second.at("n").as<item::Number>()->to_int64().value();
        found[row->first] = static_cast<int>(n);
    }
    return found;
}

// Each thread had at most one step on its way: it is there as a whole, or not at all.
void expect_steps(const Rows& rows, std::uint64_t seed, const std::vector<int>& acknowledged) {
    int least = 0;
    int most = 0;
    for (int thread = 0; thread < kThreads; ++thread) {
        const Script script(seed, thread);
        const auto steps = acknowledged[static_cast<std::size_t>(thread)];
        const auto found = rows_of(rows, script.id(""));
        EXPECT_TRUE(found == script.state_after(steps) || found == script.state_after(steps + 1))
            << "thread " << thread << " after " << steps << " acknowledged steps";
        least += script.shared_additions(steps);
        most += script.shared_additions(steps + 1);
    }
    const auto shared = rows_of(rows, Script::shared_id(seed));
    const auto sum_of = shared.find(Script::shared_id(seed));
    const int sum = sum_of == shared.end() ? 0 : sum_of->second;
    EXPECT_GE(sum, least);
    EXPECT_LE(sum, most);
}

// The cursor says exactly which batches are there.
void expect_peer(const ReplicaStore& store, const Rows& rows, std::uint64_t seed,
                 int acknowledged) {
    const PeerScript script(seed);
    const auto cursor = store.cursor(kPeer);
    ASSERT_TRUE(cursor);
    const int applied = cursor->log == script.log() ? static_cast<int>(cursor->sequence) : 0;
    EXPECT_GE(applied, acknowledged);
    EXPECT_LE(applied, acknowledged + 1);
    EXPECT_EQ(rows_of(rows, script.prefix()), script.state_after(applied));
    const auto contested = store.get_version({kTable, {{"id", script.contested_id()}}});
    ASSERT_TRUE(contested);
    if (applied > 0) {
        EXPECT_TRUE(includes(contested->version, PeerScript::stamp(applied - 1)));
    }
    EXPECT_FALSE(includes(contested->version, PeerScript::stamp(applied)));
}

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
    const char* text = std::getenv(variable);  // NOLINT(concurrency-mt-unsafe): one thread so far
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

TEST(Crash, KilledProcessesLoseNothingAcknowledged) {
    const auto rounds = number_from("MERIDIAN_CRASH_ROUNDS", 40);
    const auto seed = number_from("MERIDIAN_CRASH_SEED", std::random_device{}());
    std::printf("seed %llu, %llu rounds\n", static_cast<unsigned long long>(seed),
                static_cast<unsigned long long>(rounds));
    std::mt19937_64 random(seed);
    const TemporaryFolder folder;
    const SystemClock clock;
    Rows replayed;
    SequenceNumber at = 0;
    std::chrono::nanoseconds slowest{};
    for (std::uint64_t round = 0; round < rounds && !testing::Test::HasFailure(); ++round) {
        SCOPED_TRACE("seed " + std::to_string(seed) + ", round " + std::to_string(round));
        const auto round_seed = seed % 1'000'000 * 1000 + round;
        // Some die while they open the folder, some after very few writes, most under load.
        const auto reports = round % 4 == 0 ? random() % 3 : random() % 800;
        const auto acknowledged = run_and_kill(folder.path(), round_seed, reports);

        const auto start = clock.monotonic();
        const auto store = open_store(folder.path(), clock);
        slowest = std::max(slowest, clock.monotonic() - start);
        ASSERT_NE(store, nullptr);
        at = replay(*store, at, replayed);
        EXPECT_EQ(read_rows(*store), replayed) << "tables and log differ";
        while (!store->list_indexes(kTable)->front().ready) {
            std::this_thread::yield();
        }
        EXPECT_EQ(read_rows(*store, kByNumber.name), replayed) << "the index differs";
        EXPECT_EQ(store->list_indexes(kTable)->front().extent.items, replayed.size());
        EXPECT_EQ(store->extent(kTable)->items, replayed.size());
        expect_steps(replayed, round_seed, acknowledged);
        expect_peer(*store, replayed, round_seed, acknowledged.back());
    }
    std::printf("%llu changes, slowest opening %lld ms\n", static_cast<unsigned long long>(at),
                static_cast<long long>(slowest / std::chrono::milliseconds{1}));
    EXPECT_LE(slowest, std::chrono::seconds{2});
}

// Another process: the message must say which.
TEST(Crash, AFolderInUseByAnotherProcessIsRefusedAndFreeOnceThatOneIsDead) {
    const TemporaryFolder folder;
    const SystemClock clock;
    std::array<int, 2> ends{};
    CHECK(::pipe(ends.data()) == 0);
    const auto child = ::fork();
    if (child == 0) {
        const auto pipe_text = std::to_string(ends[1]);
        ::execl("/proc/self/exe", "store_rocksdb_test", "--crash-child", folder.path().c_str(), "1",
                pipe_text.c_str(), nullptr);
        ::_exit(127);
    }
    ::close(ends[1]);
    Report report;
    do {
        ASSERT_EQ(::read(ends[0], &report, sizeof report), static_cast<ssize_t>(sizeof report));
    } while (report.thread < 0);
    const auto refused = open_rocksdb_store({.folder = folder.path()}, clock);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kLocked);
    EXPECT_NE(refused.error().message.find(std::to_string(child)), std::string::npos)
        << refused.error().message;
    EXPECT_NE(refused.error().message.find(folder.path().string()), std::string::npos);
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    ::close(ends[0]);
    EXPECT_NE(open_store(folder.path(), clock), nullptr);
}

}  // namespace
}  // namespace meridian::store

int main(int argc, char** argv) {
    if (argc == 5 && std::strcmp(argv[1], "--crash-child") == 0) {
        meridian::store::run_child(argv[2], std::strtoull(argv[3], nullptr, 10),
                                   static_cast<int>(std::strtol(argv[4], nullptr, 10)));
    }
    testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
