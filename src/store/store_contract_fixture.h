// The fixtures of the contract suites, with the verbs that their tests are written in.
//
// StoreContract and what is named Store… runs on every TableStore. What only our own stores do,
// which keep a change log and are alone with their tables, is Embedded…'s.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "expression/condition.h"
#include "expression/update.h"
#include "item/key.h"
#include "item/value.h"
#include "store/replica_store.h"

namespace meridian::store {

// Makes an empty store of a region; whatever it needs (a folder) goes away with the last pointer to
// it.
struct StoreMaker {
    std::shared_ptr<TableStore> (*make)(const Clock& clock, const std::string& region);
    int histories;     // how many random ones its writes are worth
    bool is_embedded;  // it has sequences and exact extents, and indexes take any item
};
struct ReplicaStoreMaker {
    std::shared_ptr<ReplicaStore> (*make)(const Clock& clock, const std::string& region);
    int histories;
};

template <std::shared_ptr<ReplicaStore> (*kMake)(const Clock&, const std::string&)>
constexpr StoreMaker embedded(int histories) {
    return {[](const Clock& clock, const std::string& region) -> std::shared_ptr<TableStore> {
                return kMake(clock, region);
            },
            histories, true};
}

class StoreVerbs {
  protected:
    // Key: id (string).
    static constexpr const char* kSimple = "Simple";
    // Keys: id (string) and at (number), name (string), tag (binary).
    static constexpr const char* kByNumber = "ByNumber";
    static constexpr const char* kByName = "ByName";
    static constexpr const char* kByTag = "ByTag";

    template <typename Make>
    StoreVerbs(Make make, bool is_embedded)
        : store_(make(clock_, "here")), is_embedded_(is_embedded) {
        using item::KeyType;
        const item::KeyAttribute id{"id", KeyType::kString};
        create(kSimple, {id, std::nullopt});
        create(kByNumber, {id, item::KeyAttribute{"at", KeyType::kNumber}});
        create(kByName, {id, item::KeyAttribute{"name", KeyType::kString}});
        create(kByTag, {id, item::KeyAttribute{"tag", KeyType::kBinary}});
    }

    void create(const char* table, item::KeySchema key) const {
        const auto created = store().create_table({table, std::move(key)});
        EXPECT_TRUE(created) << created.error().message;
    }

    [[nodiscard]] TableStore& store() const { return *store_; }
    [[nodiscard]] bool is_embedded() const { return is_embedded_; }
    // What a sequence is that is this one in a store with a log.
    [[nodiscard]] SequenceNumber in_log(SequenceNumber sequence) const {
        return is_embedded_ ? sequence : 0;
    }

    static item::Value number(std::int64_t value) { return item::Number(value); }
    static item::Key simple_key(std::string id) { return {{"id", std::move(id)}}; }
    static item::Item simple(std::string id, std::int64_t n) {
        return {{"id", std::move(id)}, {"n", number(n)}};
    }

    static expression::Path path(std::string attribute) {
        return expression::Path(std::move(attribute));
    }
    static expression::Condition equals(std::string attribute, item::Value value) {
        return expression::Compare{expression::Comparison::kEqual, path(std::move(attribute)),
                                   std::move(value)};
    }
    static expression::Condition is_new() { return expression::AttributeNotExists{path("id")}; }
    static expression::Update add(std::string attribute, std::int64_t n) {
        expression::Update update;
        update.adds.push_back({path(std::move(attribute)), number(n)});
        return update;
    }
    static expression::Update set(std::string attribute, item::Value value) {
        expression::Update update;
        update.sets.push_back({.path = path(std::move(attribute)), .left = std::move(value)});
        return update;
    }

    static Write put_of(const char* table, item::Item item,
                        std::optional<expression::Condition> condition = std::nullopt) {
        return {table, PutItem{std::move(item)}, std::move(condition)};
    }
    static Write update_of(const char* table, item::Key key, expression::Update update,
                           std::optional<expression::Condition> condition = std::nullopt) {
        return {table, UpdateItem{std::move(key), std::move(update)}, std::move(condition)};
    }
    static Write delete_of(const char* table, item::Key key,
                           std::optional<expression::Condition> condition = std::nullopt) {
        return {table, DeleteItem{std::move(key)}, std::move(condition)};
    }
    static Write check_of(const char* table, item::Key key, expression::Condition condition) {
        return {table, CheckItem{std::move(key)}, std::move(condition)};
    }

    // A write that must work.
    WriteOutcome make(Write write) const {
        auto outcome = store().write(std::move(write));
        EXPECT_FALSE(outcome.error) << outcome.error->message;
        return outcome;
    }
    WriteOutcome put(const char* table, item::Item item) const {
        return make(put_of(table, std::move(item)));
    }

    [[nodiscard]] std::optional<item::Item> get(const char* table, item::Key key) const {
        auto item = store().get({table, std::move(key)});
        EXPECT_TRUE(item) << item.error().message;
        return item ? *std::move(item) : std::nullopt;
    }
    // The number n of a simple item; -1 when there is no such item.
    [[nodiscard]] std::int64_t n_of(const std::string& id) const {
        const auto item = get(kSimple, simple_key(id));
        return item ? item->at("n").as<item::Number>()->to_int64().value() : -1;
    }
    [[nodiscard]] Page read(const Query& query) const {
        auto page = store().query(query);
        EXPECT_TRUE(page) << page.error().message;
        return page ? *std::move(page) : Page{};
    }
    [[nodiscard]] Page read(const Scan& scan) const {
        auto page = store().scan(scan);
        EXPECT_TRUE(page) << page.error().message;
        return page ? *std::move(page) : Page{};
    }
    // All pages of a query or a scan. Its pages are checked to end.
    template <typename Request>
    [[nodiscard]] std::vector<item::Item> read_all(Request request) const {
        std::vector<item::Item> items;
        for (int pages = 0; pages < 10'000; ++pages) {
            auto page = read(request);
            std::ranges::move(page.items, std::back_inserter(items));
            if (!page.last_key) {
                return items;
            }
            request.start_after = std::move(page.last_key);
        }
        ADD_FAILURE() << "pages without an end";
        return items;
    }

    ManualClock clock_{Instant{std::chrono::milliseconds{1'700'000'000'123}}};

  private:
    std::shared_ptr<TableStore> store_;
    bool is_embedded_;
};

class StoreContract : public StoreVerbs, public testing::TestWithParam<StoreMaker> {
  protected:
    StoreContract() : StoreVerbs(GetParam().make, GetParam().is_embedded) {}
};

class EmbeddedStore : public StoreVerbs, public testing::TestWithParam<ReplicaStoreMaker> {
  protected:
    EmbeddedStore() : StoreVerbs(GetParam().make, true) {}

    // It was made as one.
    [[nodiscard]] ReplicaStore& store() const {
        return static_cast<ReplicaStore&>(StoreVerbs::store());
    }
    [[nodiscard]] std::vector<Change> log_after(SequenceNumber after) const {
        auto changes = store().read_log(after, 1'000'000);
        EXPECT_TRUE(changes) << changes.error().message;
        return changes ? *std::move(changes) : std::vector<Change>{};
    }
};

}  // namespace meridian::store
