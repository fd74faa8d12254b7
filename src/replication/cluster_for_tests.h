// Some regions in one thread: every question, failure and restart happens where a seed says.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "replication/collector.h"
#include "replication/heard.h"
#include "replication/link.h"
#include "replication/puller.h"
#include "replication/source.h"
#include "replication/wire.h"
#include "store/memory/memory_store.h"
#include "store/rocksdb/rocksdb_store.h"
#include "store/rocksdb/temporary_folder.h"

namespace meridian::replication {

enum class Kept : std::uint8_t { kMemory, kDisk };

struct ClusterOptions {
    int regions = 3;
    Kept kept = Kept::kMemory;
    std::uint64_t log_changes_kept = 10'000'000;
    int loss_percent = 0;  // of questions, of answers, and of answers that are older ones
    // Puts something around the link by which `at`, whose clock that is, hears `from`.
    std::function<std::unique_ptr<Link>(const std::string& at, const Clock& clock,
                                        const std::string& from, std::unique_ptr<Link> link)>
        around = nullptr;
};

class Cluster {
  public:
    // Keys: id.
    inline static const store::TableSchema kTable{"Rules", {{"id", item::KeyType::kString}, {}}};

    struct Acknowledged {
        std::string id;
        bool is_delete = false;
        store::Version version;
    };

    Cluster(ClusterOptions options, std::uint64_t seed)
        : options_(std::move(options)), random_(seed) {
        start_log("cluster", LogLevel::kError);
        for (int i = 0; i < options_.regions; ++i) {
            add_region();
        }
    }
    ~Cluster() {
        for (auto& region : regions_) {
            region->close();
        }
    }
    Cluster(const Cluster&) = delete;
    Cluster& operator=(const Cluster&) = delete;

    [[nodiscard]] std::size_t size() const { return regions_.size(); }
    [[nodiscard]] store::ReplicaStore& store(std::size_t region) const {
        return *regions_[region]->store;
    }
    [[nodiscard]] std::uint64_t draw(std::uint64_t below) { return random_.next() % below; }
    [[nodiscard]] Random& random() { return random_; }

    // ---- What happens

    void write(std::size_t at, const std::string& id, bool is_delete = false) {
        auto& store = *regions_[at]->store;
        auto outcome = is_delete
                           ? store.write({kTable.name, store::DeleteItem{{{"id", id}}}, {}})
                           : store.write({kTable.name, store::PutItem{item_of(id, ++writes_)}, {}});
        ASSERT_FALSE(outcome.error) << outcome.error->message;
        if (outcome.sequence == 0) {
            return;
        }
        const auto own = store.read_own(outcome.sequence - 1, 1);
        ASSERT_TRUE(own) << own.error().message;
        ASSERT_EQ(own->changes.size(), 1U);
        acknowledged_.push_back({id, is_delete, own->changes[0].item.state.version});
    }
    static item::Item item_of(const std::string& id, std::int64_t n) {
        return {{"id", id}, {"n", item::Number(n)}};
    }

    // One region asks one other one something.
    void step(std::size_t at, std::size_t from) {
        auto& region = *regions_[at];
        pass(std::chrono::milliseconds{1 + draw(20)});
        const auto puller = region.pullers.find(regions_[from]->name);
        ASSERT_NE(puller, region.pullers.end());
        static_cast<void>(puller->second->step());
    }
    void step_somewhere() {
        const auto at = draw(size());
        step(at, (at + 1 + draw(size() - 1)) % size());
    }
    void pass(std::chrono::milliseconds time) {
        for (auto& region : regions_) {
            region->clock.advance(time);
        }
    }
    void cut(std::size_t a, std::size_t b) { cut_.insert(std::minmax(a, b)); }
    void heal() {
        cut_.clear();
        options_.loss_percent = 0;
    }
    // Deletes that are known everywhere, forgotten.
    std::size_t collect(std::size_t at) {
        const auto forgotten = regions_[at]->collector->collect();
        EXPECT_TRUE(forgotten) << forgotten.error().message;
        return forgotten ? *forgotten : 0;
    }
    void restart(std::size_t at) {
        regions_[at]->close();
        open(*regions_[at]);
    }
    void lose_tables(std::size_t at) {
        regions_[at]->close();
        regions_[at]->folder = std::make_unique<store::TemporaryFolder>();
        regions_[at]->closed_memory.reset();
        open(*regions_[at]);
    }
    void add_region() {
        regions_.push_back(std::make_unique<Region>());
        auto& added = *regions_.back();
        added.name = "region-" + std::to_string(regions_.size());
        added.folder = std::make_unique<store::TemporaryFolder>();
        if (regions_.size() > 1) {  // no two clocks agree
            added.clock.step_to(regions_[0]->clock.now() + std::chrono::milliseconds{draw(20'000)} -
                                std::chrono::milliseconds{10'000});
        }
        for (auto& region : regions_) {  // all are told of the new one, and start again
            region->close();
        }
        for (auto& region : regions_) {
            open(*region);
        }
    }
    void step_clock(std::size_t at, std::chrono::milliseconds by) {
        auto& clock = regions_[at]->clock;
        clock.step_to(clock.now() + by);
    }

    // ---- What must be

    // Steps until all have heard all.
    void settle() {
        heal();
        for (int round = 0; round < 400; ++round) {
            for (std::size_t at = 0; at < size(); ++at) {
                for (std::size_t from = 0; from < size(); ++from) {
                    if (at != from) {
                        step(at, from);
                    }
                }
            }
            if (have_all_heard_all()) {
                return;
            }
        }
        for (const auto& region : regions_) {
            for (const auto& [name, puller] : region->pullers) {
                const auto status = puller->status();
                ADD_FAILURE() << region->name << " from " << name << ": " << to_string(status.state)
                              << " at " << status.cursor.sequence << " of " << status.peer_sequence
                              << " " << status.error;
            }
        }
    }
    void expect_equal() const {
        const auto first = hash(0);
        for (std::size_t at = 1; at < size(); ++at) {
            EXPECT_EQ(hash(at), first) << "region " << at;
        }
    }
    [[nodiscard]] store::ContentHash hash(std::size_t at) const {
        const auto view = store(at).open_view();
        CHECK(view);
        const auto hash = (*view)->table_hash(kTable.name);
        CHECK(hash);
        return *hash;
    }
    // Each acknowledged write stands, was replaced by one that had seen it, or is a conflict; and
    // nothing that was replaced stands.
    void expect_nothing_lost() const {
        std::set<store::Stamp> lost;
        for (const auto& region : regions_) {
            const auto conflicts = region->store->conflicts("", 1'000'000);
            CHECK(conflicts);
            for (const auto& conflict : conflicts->conflicts) {
                lost.insert(conflict.lost.version.stamp);
            }
        }
        for (const auto& write : acknowledged_) {
            const auto state = state_of(0, write.id);
            const bool stands = state.version.stamp == write.version.stamp;
            const auto replaced = std::ranges::any_of(acknowledged_, [&](const auto& other) {
                return other.id == write.id && other.version.stamp > write.version.stamp &&
                       includes(other.version, write.version.stamp);
            });
            const auto deleted_twice = std::ranges::any_of(acknowledged_, [&](const auto& other) {
                return write.is_delete && other.is_delete && other.id == write.id &&
                       other.version.stamp > write.version.stamp;
            });
            const bool forgotten = write.is_delete && !state.version;
            EXPECT_TRUE(stands || replaced || deleted_twice || forgotten ||
                        lost.contains(write.version.stamp))
                << "lost: " << write.id << " of " << write.version.stamp.region;
            EXPECT_FALSE(stands && replaced && state.image)
                << "came back: " << write.id << " of " << write.version.stamp.region;
        }
    }
    [[nodiscard]] store::VersionedImage state_of(std::size_t at, const std::string& id) const {
        const auto state = store(at).get_version({kTable.name, {{"id", id}}});
        CHECK(state);
        return *state;
    }
    [[nodiscard]] LinkStatus status(std::size_t at, std::size_t from) const {
        return regions_[at]->pullers.at(regions_[from]->name)->status();
    }
    [[nodiscard]] const HeardTable& heard(std::size_t at) const { return *regions_[at]->heard; }
    [[nodiscard]] Source& source(std::size_t at) const { return *regions_[at]->source; }
    [[nodiscard]] const std::string& name(std::size_t at) const { return regions_[at]->name; }
    [[nodiscard]] ManualClock& clock(std::size_t at) const { return regions_[at]->clock; }

    // How late an answer may come a second time; and when one relies on none that comes any more.
    static constexpr std::chrono::milliseconds kLateMax{4'000};
    static constexpr std::chrono::milliseconds kMargin{5'000};

  private:
    class SimulatedLink;

    struct Region {
        std::string name;
        ManualClock clock{Instant{std::chrono::milliseconds{1'700'000'000'123}}};
        std::unique_ptr<store::TemporaryFolder> folder;
        std::unique_ptr<store::ReplicaStore> closed_memory;  // which nothing else keeps
        std::unique_ptr<store::ReplicaStore> store;
        std::unique_ptr<HeardTable> heard;
        std::unique_ptr<Collector> collector;
        std::unique_ptr<Source> source;
        std::vector<std::unique_ptr<Link>> links;
        std::map<std::string, std::unique_ptr<Puller>> pullers;

        void close() {
            pullers.clear();
            links.clear();
            source.reset();
            collector.reset();
            heard.reset();
            closed_memory = std::move(store);
        }
    };

    // A question reaches a peer, or not; its answer comes back, or not, or an older one does.
    class SimulatedLink final : public Link {
      public:
        SimulatedLink(Cluster& cluster, std::string from, std::string to)
            : cluster_(cluster), from_(std::move(from)), to_(std::move(to)) {}

        Result<std::string> ask(const std::string& question,
                                std::chrono::milliseconds timeout) override {
            if (cluster_.is_cut(from_, to_) || cluster_.has_bad_luck()) {
                return fail(ErrorCode::kUnavailable, "Nobody answers there");
            }
            auto answer = answer_of(question);
            if (!answer || cluster_.has_bad_luck()) {
                cluster_.pass(timeout);
                return fail(ErrorCode::kTimeout, "No answer came in time");
            }
            const auto now = cluster_.regions_[0]->clock.monotonic();
            std::erase_if(older_, [&](const auto& older) { return now - older.at > kLateMax; });
            if (cluster_.has_bad_luck() && !older_.empty()) {
                return older_[cluster_.draw(older_.size())].frame;
            }
            older_.push_back({now, *answer});
            return *answer;
        }

      private:
        std::optional<std::string> answer_of(const std::string& question) {
            auto* peer = cluster_.find(to_);
            if (peer == nullptr || !peer->source) {
                return std::nullopt;
            }
            const auto answer = std::make_shared<std::optional<std::string>>();
            peer->source->answer(from_, question,
                                 [answer](std::string frame) { *answer = std::move(frame); });
            for (int waits = 0; !*answer && waits < 10; ++waits) {
                cluster_.pass(std::chrono::milliseconds{50 + cluster_.draw(50)});
                peer->source->serve();
            }
            return *answer;
        }

        Cluster& cluster_;
        const std::string from_;
        const std::string to_;
        struct Older {
            std::chrono::nanoseconds at;
            std::string frame;
        };
        std::vector<Older> older_;
    };

    void open(Region& region) {
        if (options_.kept == Kept::kMemory) {
            region.store = region.closed_memory
                               ? std::move(region.closed_memory)
                               : store::open_memory_store(region.clock, region.name);
        } else {
            region.closed_memory.reset();
            auto opened = store::open_rocksdb_store({.folder = region.folder->path(),
                                                     .region = region.name,
                                                     .log_changes_kept = options_.log_changes_kept},
                                                    region.clock);
            ASSERT_TRUE(opened) << opened.error().message;
            region.store = *std::move(opened);
        }
        CHECK(region.store->create_table(kTable));
        std::vector<std::string> peers;
        std::vector<std::string> all;
        for (const auto& other : regions_) {
            all.push_back(other->name);
            if (other->name != region.name) {
                peers.push_back(other->name);
            }
        }
        region.heard = std::make_unique<HeardTable>(all);
        region.collector =
            std::make_unique<Collector>(*region.store, *region.heard, region.clock, kMargin);
        region.source = std::make_unique<Source>(*region.store, *region.heard, region.clock,
                                                 Serving::kByCaller);
        for (const auto& peer : peers) {
            std::unique_ptr<Link> link = std::make_unique<SimulatedLink>(*this, region.name, peer);
            region.links.push_back(
                options_.around ? options_.around(region.name, region.clock, peer, std::move(link))
                                : std::move(link));
            const PullerParts parts{*region.store, *region.heard, *region.links.back(),
                                    region.clock, random_};
            region.pullers[peer] = std::make_unique<Puller>(peer, parts, ReplicatorOptions{});
        }
    }
    Region* find(const std::string& name) {
        const auto found = std::ranges::find(regions_, name, &Region::name);
        return found == regions_.end() ? nullptr : found->get();
    }
    std::size_t place_of(const std::string& name) const {
        return static_cast<std::size_t>(std::ranges::find(regions_, name, &Region::name) -
                                        regions_.begin());
    }
    bool is_cut(const std::string& a, const std::string& b) const {
        return cut_.contains(std::minmax(place_of(a), place_of(b)));
    }
    bool has_bad_luck() {
        return options_.loss_percent > 0 &&
               draw(100) < static_cast<std::uint64_t>(options_.loss_percent);
    }
    [[nodiscard]] bool have_all_heard_all() const {
        return std::ranges::all_of(regions_, [&](const auto& region) {
            return std::ranges::all_of(regions_, [&](const auto& other) {
                if (region == other) {
                    return true;
                }
                const auto cursor = region->store->cursor(other->name);
                return cursor && cursor->log == other->store->log_id() &&
                       cursor->sequence == other->store->last_sequence();
            });
        });
    }

    ClusterOptions options_;
    SeededRandom random_;
    std::vector<std::unique_ptr<Region>> regions_;
    std::set<std::pair<std::size_t, std::size_t>> cut_;
    std::vector<Acknowledged> acknowledged_;
    std::int64_t writes_ = 0;
};

}  // namespace meridian::replication
