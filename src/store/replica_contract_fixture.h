// The fixture of the contract of ReplicaStore: some regions, with the verbs of their tests.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/clock.h"
#include "expression/condition.h"
#include "store/replica_store.h"
#include "store/store_contract_fixture.h"

namespace meridian::store {

// A region of its own clock.
class ContractRegion {
  public:
    ContractRegion(const ReplicaStoreMaker& maker, std::string name)
        : name_(std::move(name)), store_(maker.make(clock, name_)) {
        CHECK(store_->create_table(kTable));
        store_->observe([this](std::span<const Change> changes) {
            observed.insert(observed.end(), changes.begin(), changes.end());
        });
    }

    // Keys: id.
    inline static const TableSchema kTable{"Table", {{"id", item::KeyType::kString}, {}}};

    ReplicaStore* operator->() const { return store_.get(); }
    ReplicaStore& operator*() const { return *store_; }
    [[nodiscard]] const std::string& name() const { return name_; }

    WriteOutcome put(const std::string& id, std::int64_t n,
                     std::optional<expression::Condition> condition = std::nullopt) const {
        return store_->write({kTable.name, PutItem{item_of(id, n)}, std::move(condition)});
    }
    WriteOutcome erase(const std::string& id) const {
        return store_->write({kTable.name, DeleteItem{key_of(id)}, {}});
    }

    static item::Item item_of(const std::string& id, std::int64_t n) {
        return {{"id", id}, {"n", item::Number(n)}};
    }
    static item::Key key_of(const std::string& id) { return {{"id", id}}; }

    // -1: there is no such item.
    [[nodiscard]] std::int64_t n_of(const std::string& id) const {
        const auto item = store_->get({kTable.name, key_of(id)});
        EXPECT_TRUE(item) << item.error().message;
        return item && *item ? n_in(**item) : -1;
    }
    static std::int64_t n_in(const item::Item& item) {
        return item.at("n").as<item::Number>()->to_int64().value();
    }
    [[nodiscard]] VersionedImage state_of(const std::string& id) const {
        auto state = store_->get_version({kTable.name, key_of(id)});
        EXPECT_TRUE(state) << state.error().message;
        return state ? *std::move(state) : VersionedImage{};
    }
    [[nodiscard]] Version version_of(const std::string& id) const { return state_of(id).version; }

    [[nodiscard]] std::vector<OwnChange> own(SequenceNumber after = 0) const {
        auto changes = store_->read_own(after, 1'000'000);
        EXPECT_TRUE(changes) << changes.error().message;
        return changes ? std::move(changes->changes) : std::vector<OwnChange>{};
    }
    [[nodiscard]] std::vector<Conflict> conflicts() const {
        auto page = store_->conflicts("", 1'000'000);
        EXPECT_TRUE(page) << page.error().message;
        return page ? std::move(page->conflicts) : std::vector<Conflict>{};
    }
    [[nodiscard]] ContentHash hash() const {
        const auto view = store_->open_view();
        EXPECT_TRUE(view);
        const auto hash = (*view)->table_hash(kTable.name);
        EXPECT_TRUE(hash) << hash.error().message;
        return hash ? *hash : ContentHash{};
    }

    // What another region's store has for this one from a position on: one batch of its log.
    [[nodiscard]] static RemoteBatch batch_of(const ReplicaStore& from, SequenceNumber after,
                                              std::size_t count = 1000) {
        auto own = from.read_own(after, count);
        CHECK(own);
        RemoteBatch batch{.from = from.region(), .tables = own->tables};
        for (auto& change : own->changes) {
            batch.items.push_back(std::move(change.item));
        }
        batch.part = LogPart{from.log_id(), after, own->through};
        return batch;
    }
    Applied apply(RemoteBatch batch) const {
        auto applied = store_->apply_remote(std::move(batch));
        EXPECT_TRUE(applied) << applied.error().message;
        return applied ? *applied : Applied{};
    }
    // Everything that `from` wrote since the last time.
    Applied pull(const ContractRegion& from) const {
        Applied all;
        while (true) {
            const auto cursor = store_->cursor(from.name());
            CHECK(cursor);
            const auto at = cursor->log == from->log_id() ? cursor->sequence : 0;
            if (at == from->last_sequence()) {
                return all;
            }
            const auto applied = apply(batch_of(*from, at, 7));
            if (testing::Test::HasFailure()) {
                return all;
            }
            all.won += applied.won;
            all.lost += applied.lost;
            all.known += applied.known;
            all.conflicts += applied.conflicts;
        }
    }
    // Everything that `from` has, by a view of it.
    void join(const ContractRegion& from) const {
        const auto view = from->open_view();
        CHECK(view);
        std::string position;
        while (true) {
            auto page = (*view)->page(position);
            ASSERT_TRUE(page) << page.error().message;
            RemoteBatch batch{
                .from = from.name(), .tables = page->tables, .items = std::move(page->items)};
            if (!page->next) {
                batch.complete = Cursor{from->log_id(), (*view)->sequence()};
            }
            apply(std::move(batch));
            if (!page->next) {
                return;
            }
            position = *std::move(page->next);
        }
    }

    ManualClock clock{Instant{std::chrono::milliseconds{1'700'000'000'123}}};
    std::vector<Change> observed;

  private:
    std::string name_;
    std::shared_ptr<ReplicaStore> store_;
};

class ReplicaContract : public testing::TestWithParam<ReplicaStoreMaker> {
  protected:
    static VersionedItem item_at(const std::string& id, std::int64_t n, Version version) {
        return {ContractRegion::kTable.name,
                ContractRegion::key_of(id),
                {ContractRegion::item_of(id, n), std::move(version)}};
    }
    static RemoteBatch batch_from(std::string region, std::vector<VersionedItem> items) {
        return {.from = std::move(region),
                .tables = {ContractRegion::kTable},
                .items = std::move(items)};
    }
    static Stamp at(std::uint64_t time, std::string region) {
        return {HybridTime{time}, std::move(region)};
    }

    ContractRegion a_{GetParam(), "us-east-1"};
    ContractRegion b_{GetParam(), "eu-west-1"};
};

}  // namespace meridian::store
