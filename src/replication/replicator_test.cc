#include "replication/replicator.h"

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/log.h"
#include "replication/local_link.h"
#include "store/memory/memory_store.h"
#include "store/rocksdb/rocksdb_store.h"
#include "store/rocksdb/temporary_folder.h"

namespace meridian::replication {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

const store::TableSchema kTable{"Rules", {{"id", item::KeyType::kString}, {}}};

// A link to a region whose replicator is made later, or gone for a while.
class PlugLink final : public Link {
  public:
    struct Plug {
        std::mutex mutex;
        Source* peer = nullptr;
    };
    PlugLink(std::shared_ptr<Plug> plug, std::string from)
        : plug_(std::move(plug)), from_(std::move(from)) {}

    Result<std::string> ask(const std::string& question, milliseconds timeout) override {
        const std::lock_guard lock(plug_->mutex);
        if (plug_->peer == nullptr) {
            return fail(ErrorCode::kUnavailable, "Nobody answers there");
        }
        return LocalLink(*plug_->peer, from_).ask(question, timeout);
    }

  private:
    const std::shared_ptr<Plug> plug_;
    const std::string from_;
};

// Answers nothing, ever.
class SilentLink final : public Link {
  public:
    Result<std::string> ask(const std::string& /*question*/, milliseconds timeout) override {
        std::unique_lock lock(mutex_);
        wake_.wait_for(lock, timeout, [] { return false; });
        return fail(ErrorCode::kTimeout, "No answer came in time");
    }

  private:
    std::mutex mutex_;
    std::condition_variable wake_;
};

class ReplicatorTest : public testing::Test {
  protected:
    struct Region {
        std::unique_ptr<store::ReplicaStore> store;
        std::vector<std::shared_ptr<PlugLink::Plug>> plugs;  // of those who ask this one
        std::unique_ptr<Replicator> replicator;
    };

    ReplicatorTest() { start_log("test", LogLevel::kError); }
    ~ReplicatorTest() override {
        for (std::size_t at = 0; at < regions_.size(); ++at) {
            stop(at);
        }
    }

    static std::string name(std::size_t at) { return "region-" + std::to_string(at); }
    void make(std::size_t count, bool on_disk) {
        regions_.resize(count);
        for (std::size_t at = 0; at < count; ++at) {
            if (on_disk) {
                auto opened = store::open_rocksdb_store(
                    {.folder = folder_.path() / name(at), .region = name(at)}, clock_);
                CHECK(opened);
                regions_[at].store = *std::move(opened);
            } else {
                regions_[at].store = store::open_memory_store(clock_, name(at));
            }
            CHECK(regions_[at].store->create_table(kTable));
            for (std::size_t peer = 0; peer < count; ++peer) {
                regions_[at].plugs.push_back(std::make_shared<PlugLink::Plug>());
            }
        }
        for (std::size_t at = 0; at < count; ++at) {
            start(at);
        }
    }
    void start(std::size_t at) {
        auto& region = regions_[at];
        std::vector<Peer> peers;
        for (std::size_t from = 0; from < regions_.size(); ++from) {
            if (from != at) {
                peers.push_back(
                    {name(from), std::make_unique<PlugLink>(regions_[from].plugs[at], name(at))});
            }
        }
        region.replicator = std::make_unique<Replicator>(*region.store, std::move(peers),
                                                         ReplicatorOptions{}, clock_, random_);
        plug(at, &region.replicator->source());
        region.replicator->start();
    }
    void stop(std::size_t at) {
        auto& region = regions_[at];
        if (region.replicator) {
            region.replicator->stop();
            plug(at, nullptr);
            region.replicator.reset();
        }
    }
    void plug(std::size_t at, Source* source) {
        for (const auto& plug : regions_[at].plugs) {
            const std::lock_guard lock(plug->mutex);
            plug->peer = source;
        }
    }
    // Looks again and again, up to half a minute.
    template <typename Condition>
    static bool comes_true(Condition condition) {
        const auto until = steady_clock::now() + seconds{30};
        while (!condition()) {
            if (steady_clock::now() > until) {
                return false;
            }
            std::this_thread::yield();
        }
        return true;
    }
    [[nodiscard]] store::ContentHash hash(std::size_t at) const {
        const auto view = regions_[at].store->open_view();
        CHECK(view);
        return (*view)->table_hash(kTable.name).value();
    }
    [[nodiscard]] bool all_are_equal(std::size_t items) const {
        for (std::size_t at = 0; at < regions_.size(); ++at) {
            if (const auto is = hash(at); is.items != items || is != hash(0)) {
                return false;
            }
        }
        return true;
    }
    void put(std::size_t at, const std::string& id) {
        const auto made =
            regions_[at].store->write({kTable.name, store::PutItem{{{"id", id}}}, {}});
        ASSERT_FALSE(made.error) << made.error->message;
    }

    const SystemClock clock_;
    SystemRandom random_;
    store::TemporaryFolder folder_;
    std::vector<Region> regions_;
};

TEST_F(ReplicatorTest, RegionsThatWriteAtTheSameTimeEndAlike) {
    for (const bool on_disk : {false, true}) {
        make(3, on_disk);
        std::vector<std::thread> writers;
        for (std::size_t at = 0; at < 3; ++at) {
            writers.emplace_back([this, at] {
                for (int i = 0; i < 150; ++i) {
                    put(at, "rule-" + std::to_string(i));
                    put(at, "of-" + name(at) + "-" + std::to_string(i));
                }
            });
        }
        for (auto& writer : writers) {
            writer.join();
        }
        EXPECT_TRUE(comes_true([&] { return all_are_equal(150 + 3 * 150); }));
        for (std::size_t at = 0; at < 3; ++at) {
            auto& replicator = *regions_[at].replicator;
            EXPECT_TRUE(comes_true([&] { return replicator.has_caught_up(); }));
            for (std::size_t link = 0; link < 2; ++link) {
                EXPECT_TRUE(comes_true([&] {
                    const auto status = replicator.status()[link];
                    return status.state == LinkState::kFollowing && status.error.empty() &&
                           status.items_applied > 0 && status.oldest_waiting == milliseconds{0};
                }));
            }
        }
        for (std::size_t at = 0; at < 3; ++at) {
            stop(at);
        }
        regions_.clear();
    }
}

TEST_F(ReplicatorTest, ARegionThatWasAwayCatchesUp) {
    make(3, false);
    put(0, "before");
    EXPECT_TRUE(comes_true([&] { return all_are_equal(1); }));
    stop(2);
    EXPECT_TRUE(comes_true([&] {
        const auto status = regions_[0].replicator->status();
        return status[1].state == LinkState::kUnreachable && !status[1].error.empty();
    }));
    for (int i = 0; i < 200; ++i) {
        put(static_cast<std::size_t>(i % 2), "rule-" + std::to_string(i));
    }
    put(2, "alone");
    start(2);
    EXPECT_TRUE(comes_true([&] { return all_are_equal(202); }));
    EXPECT_TRUE(comes_true([&] {
        const auto status = regions_[0].replicator->status();
        return status[1].state == LinkState::kFollowing && status[1].error.empty();
    }));
}

TEST_F(ReplicatorTest, ItStopsInTimeAlsoWhenAPeerIsSilent) {
    const auto store = store::open_memory_store(clock_, "region-0");
    std::vector<Peer> peers;
    peers.push_back({"region-1", std::make_unique<SilentLink>()});
    Replicator replicator(*store, std::move(peers), {}, clock_, random_);
    replicator.start();
    const auto start = steady_clock::now();
    replicator.stop();
    EXPECT_LT(steady_clock::now() - start, seconds{3});
}

TEST_F(ReplicatorTest, WithoutPeersThereIsNothingToWaitFor) {
    const auto store = store::open_memory_store(clock_, "region-0");
    Replicator replicator(*store, {}, {}, clock_, random_);
    replicator.start();
    EXPECT_TRUE(replicator.has_caught_up());
    EXPECT_TRUE(replicator.status().empty());
}

}  // namespace
}  // namespace meridian::replication
