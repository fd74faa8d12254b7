// Regions for tests: stores that exchange what they wrote by hand, and answer questions as a peer
// does.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/clock.h"
#include "proof/ask.h"
#include "proof/compare.h"
#include "proof/repairer.h"
#include "proof/store_source.h"
#include "store/memory/memory_store.h"
#include "store/replica_store.h"

namespace meridian::proof {

// What a sound peer answers.
[[nodiscard]] inline replication::Answer answer_from(store::ReplicaStore& store,
                                                     const replication::Question& question) {
    using namespace replication;  // NOLINT(google-build-using-namespace)
    if (std::get_if<AskHello>(&question) != nullptr) {
        return Hello{kProtocolVersion, store.region(), store.log_id(), store.last_sequence()};
    }
    const auto view = *store.open_view();
    if (std::get_if<AskTableHashes>(&question) != nullptr) {
        TableHashes hashes{view->sequence(), {}, store.dropped_tables()};
        for (const auto& table : store.list_tables()) {
            hashes.tables.push_back({table, *view->table_hash(table.name)});
        }
        return hashes;
    }
    if (const auto* ranges = std::get_if<AskRangeHashes>(&question)) {
        return RangeHashes{*view->range_hashes(ranges->table, ranges->prefix)};
    }
    if (const auto* items = std::get_if<AskItemHashes>(&question)) {
        return ItemHashes{*view->item_hashes(items->table, items->prefix, items->position, 100)};
    }
    Items answer;
    for (const auto& ref : std::get<AskItems>(question).items) {
        auto state = store.get_version(ref);
        if (!state) {
            return state.error();
        }
        if (state->version) {
            answer.items.push_back({ref.table, ref.key, *std::move(state)});
        }
    }
    answer.tables = store.list_tables();
    return answer;
}

class TestRegion {
  public:
    inline static const store::TableSchema kTable{"Table", {{"id", item::KeyType::kString}, {}}};

    explicit TestRegion(const std::string& name)
        : TestRegion(store::open_memory_store(clock(), name)) {}
    explicit TestRegion(std::unique_ptr<store::ReplicaStore> store) : store_(std::move(store)) {
        CHECK(store_->create_table(kTable));
    }

    static ManualClock& clock() {
        static ManualClock clock{Instant{std::chrono::milliseconds{1'700'000'000'123}}};
        return clock;
    }
    static item::Item item_of(const std::string& id, std::int64_t n) {
        return {{"id", id}, {"n", item::Number(n)}};
    }
    static item::Key key_of(const std::string& id) { return {{"id", id}}; }

    store::ReplicaStore* operator->() const { return store_.get(); }
    store::ReplicaStore& operator*() const { return *store_; }
    [[nodiscard]] const std::string& name() const { return store_->region(); }

    void put(const std::string& id, std::int64_t n) const {
        clock().advance(std::chrono::milliseconds{1});
        CHECK(!store_->write({kTable.name, store::PutItem{item_of(id, n)}, {}}).error);
    }
    void erase(const std::string& id) const {
        CHECK(!store_->write({kTable.name, store::DeleteItem{key_of(id)}, {}}).error);
    }
    [[nodiscard]] store::VersionedImage state_of(const std::string& id) const {
        auto state = store_->get_version({kTable.name, key_of(id)});
        EXPECT_TRUE(state) << state.error().message;
        return state ? *std::move(state) : store::VersionedImage{};
    }
    [[nodiscard]] store::ContentHash hash() const {
        return *(*store_->open_view())->table_hash(kTable.name);
    }
    // Other content under the stamp that there is, as a bug might leave it.
    void alter(const std::string& id, store::Image image) const {
        auto state = state_of(id);
        state.image = std::move(image);
        give(id, std::move(state), true);
    }
    void give(const std::string& id, store::VersionedImage state, bool mend = false) const {
        CHECK(store_->apply_remote({.from = "elsewhere",
                                    .tables = {kTable},
                                    .items = {{kTable.name, key_of(id), std::move(state)}},
                                    .mend = mend}));
    }

    // What `from` wrote since the last time, and from then on all of it was heard; but items that
    // `is_lost`.
    void pull(const TestRegion& from,
              const std::function<bool(const std::string& id)>& is_lost = nullptr) {
        const auto cursor = *store_->cursor(from.name());
        const auto after = cursor.log == from->log_id() ? cursor.sequence : 0;
        const auto mark = *from->mark();
        auto own = from->read_own(after, 1'000'000);
        CHECK(own && own->through == from->last_sequence());
        store::RemoteBatch batch{.from = from.name(), .tables = own->tables};
        for (auto& change : own->changes) {
            const auto* id = change.item.key.begin()->second.as<std::string>();
            if (!is_lost || !is_lost(id == nullptr ? std::string() : *id)) {
                batch.items.push_back(std::move(change.item));
            }
        }
        batch.part = store::LogPart{from->log_id(), after, own->through};
        CHECK(store_->apply_remote(std::move(batch)));
        heard_.insert_or_assign(from.name(), mark.time);
    }
    [[nodiscard]] std::vector<replication::Heard> heard() const {
        std::vector<replication::Heard> all;
        for (const auto& [origin, through] : heard_) {
            all.push_back({name(), origin, through});
        }
        return all;
    }

    [[nodiscard]] Ask ask() const {
        return [this](const replication::Question& question) -> Result<replication::Answer> {
            return answer_from(*store_, question);
        };
    }
    [[nodiscard]] RepairPeer as_peer() const { return {name(), ask()}; }

  private:
    std::unique_ptr<store::ReplicaStore> store_;
    std::map<std::string, HybridTime> heard_;
};

[[nodiscard]] inline Ask unreachable(std::string name) {
    return [name = std::move(name)](const replication::Question&) -> Result<replication::Answer> {
        return fail(ErrorCode::kUnavailable, name + " does not answer");
    };
}

// Everybody hears all of everybody.
inline void exchange(std::vector<TestRegion*> regions) {
    for (auto* to : regions) {
        for (const auto* from : regions) {
            if (to != from) {
                to->pull(*from);
            }
        }
    }
}

}  // namespace meridian::proof
