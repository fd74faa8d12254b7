#include "dynamo/table_catalog.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <unordered_map>
#include <utility>

#include "base/log.h"
#include "dynamo/heard_tables.h"
#include "dynamo/request_tokens.h"
#include "dynamo/store_follower.h"
#include "dynamo/stream_starts.h"
#include "expression/condition.h"

namespace meridian::dynamo {
namespace {

// How soon the store is made to follow again, after it couldn't.
constexpr std::chrono::milliseconds kAgainAfter{1'000};
// Another region's change between reading and writing costs one more try.
constexpr int kTriesMax = 16;

struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
        return std::hash<std::string_view>{}(text);
    }
};

// All that is known; swapped whole.
struct Known {
    std::map<std::string, TablePtr, std::less<>> by_id;
    // What this region's clients see.
    std::unordered_map<std::string, TablePtr, TextHash, std::equal_to<>> by_name;
};

// Of two tables of one name, which two regions made without knowing of each other, all regions show
// the same one.
bool stands_before(const TableDescription& a, const TableDescription& b) {
    return std::pair(!a.is_own(), std::string_view(a.id)) <
           std::pair(!b.is_own(), std::string_view(b.id));
}

std::shared_ptr<const Known> known_of(std::map<std::string, TablePtr, std::less<>> by_id,
                                      std::string_view region) {
    auto known = std::make_shared<Known>();
    known->by_id = std::move(by_id);
    for (const auto& [id, table] : known->by_id) {
        if (!table->is_in(region)) {
            continue;
        }
        auto& shown = known->by_name[table->name];
        if (shown == nullptr || stands_before(*table, *shown)) {
            shown = table;
        }
    }
    return known;
}

item::Key key_of(std::string_view id) {
    return {{"id", id}};
}

class KeptCatalog final : public TableCatalog {
  public:
    KeptCatalog(Options options, store::ReplicaStore& store, Random& random)
        : options_(std::move(options)), store_(store), random_(random) {}
    ~KeptCatalog() override {
        heard_->close();
        if (keeper_.joinable()) {
            keeper_.join();
        }
    }

    [[nodiscard]] Result<void> start();

    [[nodiscard]] TablePtr find(std::string_view name_or_arn) const override;
    [[nodiscard]] std::vector<TablePtr> list() const override;
    [[nodiscard]] std::vector<TablePtr> everywhere() const override;
    [[nodiscard]] Outcome<TablePtr> change(std::string_view name, const Change& change) override;

  private:
    [[nodiscard]] Result<void> make_system_tables();
    [[nodiscard]] Result<void> load();
    void keep();
    // REQUIRES, of these: work_ is held.
    [[nodiscard]] bool take(const store::Change& change);
    [[nodiscard]] Result<void> reload(const std::string& id);
    [[nodiscard]] Result<void> settle(const TablePtr& table);
    void publish(const TablePtr& table);
    [[nodiscard]] store::WriteOutcome write(const TableDescription& table, std::int64_t onto);

    const Options options_;
    store::ReplicaStore& store_;
    Random& random_;
    std::atomic<std::shared_ptr<const Known>> known_ = std::make_shared<const Known>();
    std::mutex work_;  // one change, or one thing of the keeper's, at a time
    std::shared_ptr<HeardTables> heard_ = std::make_shared<HeardTables>();
    std::set<std::string> behind_;  // whose descriptions the store doesn't follow yet
    std::thread keeper_;
};

Result<void> KeptCatalog::make_system_tables() {
    std::vector<store::TableSchema> tables = options_.own;
    tables.push_back({std::string(kTablesTable), {{"id", item::KeyType::kString}, {}}});
    tables.push_back(streams_table());
    tables.push_back(tokens_table());
    for (const auto& table : tables) {
        if (auto created = store_.create_table(table); !created) {
            return created;
        }
    }
    return {};
}

Result<void> KeptCatalog::load() {
    std::map<std::string, TablePtr, std::less<>> by_id;
    for (const auto& schema : options_.own) {
        auto table = std::make_shared<const TableDescription>(own_table(schema));
        by_id[table->id] = std::move(table);
    }
    store::Scan scan{.table = std::string(kTablesTable)};
    do {
        auto page = store_.scan(scan);
        if (!page) {
            return std::unexpected(std::move(page).error());
        }
        for (const auto& item : page->items) {
            if (auto read = table_from(item)) {
                auto table = std::make_shared<const TableDescription>(*std::move(read));
                by_id[table->id] = std::move(table);
            } else {
                log(LogLevel::kError, "tables", "{}", read.error().message);
            }
        }
        scan.start_after = std::move(page->last_key);
    } while (scan.start_after);
    for (const auto& [id, table] : by_id) {
        auto followed = follow_streams(store_, *table);
        if (followed) {
            followed = follow(store_, *table);
        }
        if (!followed) {  // a full disk, say: what is there can be read meanwhile
            behind_.insert(id);
            log(LogLevel::kError, "tables", "The store does not follow the table {}: {}",
                table->name, followed.error().message);
        }
    }
    known_ = known_of(std::move(by_id), options_.region);
    return {};
}

Result<void> KeptCatalog::start() {
    if (auto made = make_system_tables(); !made) {
        return made;
    }
    // What comes while it loads, waits; a description that it has seen already changes nothing.
    store_.observe(
        [heard = heard_](std::span<const store::Change> changes) { heard->add(changes); });
    if (auto loaded = load(); !loaded) {
        return loaded;
    }
    keeper_ = std::thread([this] { keep(); });
    return {};
}

TablePtr KeptCatalog::find(std::string_view name_or_arn) const {
    if (name_or_arn.starts_with("arn:")) {  // ':' is in no table's name
        name_or_arn = table_in_arn(name_or_arn, options_.region);
    }
    const auto known = known_.load();
    const auto found = known->by_name.find(name_or_arn);
    return found == known->by_name.end() ? nullptr : found->second;
}

std::vector<TablePtr> KeptCatalog::list() const {
    const auto known = known_.load();
    std::vector<TablePtr> tables;
    tables.reserve(known->by_name.size());
    for (const auto& [name, table] : known->by_name) {
        tables.push_back(table);
    }
    std::ranges::sort(tables, {}, [](const auto& table) -> const auto& { return table->name; });
    return tables;
}

std::vector<TablePtr> KeptCatalog::everywhere() const {
    const auto known = known_.load();
    std::vector<TablePtr> tables;
    tables.reserve(known->by_id.size());
    for (const auto& [id, table] : known->by_id) {
        tables.push_back(table);
    }
    return tables;
}

Outcome<TablePtr> KeptCatalog::change(std::string_view name, const Change& change) {
    const std::lock_guard lock(work_);
    for (int tries = 0; tries < kTriesMax; ++tries) {
        auto wanted = change(find(name));
        if (!wanted) {
            return std::unexpected(std::move(wanted).error());
        }
        const auto known = known_.load();
        const auto stands = known->by_id.find(wanted->id);
        const auto onto = stands == known->by_id.end() ? 0 : stands->second->revision;
        wanted->revision = static_cast<std::int64_t>(random_.next() >> 1) | 1;
        auto outcome = write(*wanted, onto);
        if (outcome.error && outcome.error->code == ErrorCode::kConditionFailed) {
            // Another region's change has arrived, and the keeper hasn't come to it yet.
            if (auto reloaded = reload(wanted->id); !reloaded) {
                return passed_on(reloaded.error());
            }
            continue;
        }
        if (outcome.error) {
            return passed_on(*std::move(outcome.error));
        }
        auto table = std::make_shared<const TableDescription>(*std::move(wanted));
        auto followed = follow_streams(store_, *table, outcome.sequence);
        if (followed) {
            followed = settle(table);
        }
        if (!followed) {
            return passed_on(followed.error());  // the keeper has heard of it too, and tries again
        }
        return table;
    }
    return resource_in_use(
        "Attempt to change a resource which is still in use: Table is being "
        "updated: " +
        std::string(name));
}

store::WriteOutcome KeptCatalog::write(const TableDescription& table, std::int64_t onto) {
    using namespace expression;
    Condition condition = AttributeNotExists{Path("id")};
    if (onto != 0) {
        condition = Compare{Comparison::kEqual, Path("revision"), item::Value(item::Number(onto))};
    }
    return store_.write(
        {std::string(kTablesTable), store::PutItem{to_item(table)}, std::move(condition)});
}

// Nobody may find a table that the store hasn't yet, or hasn't any more.
Result<void> KeptCatalog::settle(const TablePtr& table) {
    if (!table->is_in(options_.region)) {
        publish(table);
    }
    if (auto followed = follow(store_, *table); !followed) {
        return followed;
    }
    publish(table);
    return {};
}

void KeptCatalog::publish(const TablePtr& table) {
    auto by_id = known_.load()->by_id;
    by_id[table->id] = table;
    known_ = known_of(std::move(by_id), options_.region);
}

Result<void> KeptCatalog::reload(const std::string& id) {
    const auto item = store_.get({std::string(kTablesTable), key_of(id)});
    if (!item) {
        return std::unexpected(item.error());
    }
    if (!*item) {
        return {};
    }
    auto table = table_from(**item);
    if (!table) {
        return std::unexpected(std::move(table).error());
    }
    const auto known = known_.load();
    const auto stands = known->by_id.find(id);
    if (!behind_.contains(id) && stands != known->by_id.end() &&
        stands->second->revision == table->revision) {
        return {};
    }
    return settle(std::make_shared<const TableDescription>(*std::move(table)));
}

// False: it has to be taken again.
bool KeptCatalog::take(const store::Change& change) {
    const auto table =
        change.after ? table_from(*change.after) : fail(ErrorCode::kCorruption, "it is gone");
    if (!table) {
        log(LogLevel::kError, "tables", "{}", table.error().message);
        return true;
    }
    if (auto followed = follow_streams(store_, *table, change.sequence); !followed) {
        log(LogLevel::kError, "tables", "The streams of {}: {}", table->name,
            followed.error().message);
        return false;
    }
    const auto known = known_.load();
    const auto stands = known->by_id.find(table->id);
    if (stands == known->by_id.end() || stands->second->revision != table->revision) {
        behind_.insert(table->id);  // else it is this region's own change, which is made already
    }
    return true;
}

void KeptCatalog::keep() {
    std::vector<store::Change> changes;
    while (true) {
        const bool all_done = behind_.empty() && changes.empty();
        const auto more = heard_->wait(all_done ? std::nullopt : std::optional(kAgainAfter));
        if (!more) {
            return;
        }
        changes.insert(changes.end(), more->begin(), more->end());
        const std::lock_guard lock(work_);
        std::erase_if(changes, [&](const auto& change) { return take(change); });
        std::erase_if(behind_, [&](const auto& id) {
            const auto followed = reload(id);
            if (!followed) {
                log(LogLevel::kError, "tables", "The store does not follow the table {}: {}", id,
                    followed.error().message);
            }
            return followed.has_value();
        });
    }
}

}  // namespace

Result<std::unique_ptr<TableCatalog>> TableCatalog::open(Options options,
                                                         store::ReplicaStore& store,
                                                         const Clock& /*clock*/, Random& random) {
    auto catalog = std::make_unique<KeptCatalog>(std::move(options), store, random);
    if (auto started = catalog->start(); !started) {
        return std::unexpected(std::move(started).error());
    }
    return catalog;
}

TablePtr find_for_items(const TableCatalog& tables, std::string_view name_or_arn) {
    auto table = tables.find(name_or_arn);
    return table != nullptr && !table->is_being_restored() ? table : nullptr;
}

}  // namespace meridian::dynamo
