#include "backup/live.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <span>
#include <utility>

namespace meridian::backup {
namespace {

constexpr std::size_t kItemsAtOnce = 500;

using Items = std::vector<item::Item>;
using Found = std::vector<std::optional<item::Item>>;

class TableRestore {
  public:
    TableRestore(const store::TableStore& then, store::TableStore& now, LiveTables& tables,
                 store::TableSchema schema, Tally& tally)
        : then_(then), now_(now), tables_(tables), schema_(std::move(schema)), tally_(tally) {
        counts_.table = schema_.name;
    }

    Result<TableCounts> run(TableRule rule, bool dry_run) {
        dry_run_ = dry_run;
        add_only_ = rule == TableRule::kAddOnly;
        const bool is_new = !now_.describe_table(schema_.name);
        if (is_new && !dry_run) {
            if (auto created = now_.create_table(schema_); !created) {
                return std::unexpected(std::move(created).error());
            }
        }
        is_missing_ = is_new && dry_run;
        auto done = for_each_page(then_, [this](Items items) { return make(std::move(items)); });
        if (done && !add_only_ && !is_new) {
            done = for_each_page(now_, [this](Items items) { return erase(std::move(items)); });
        }
        return done ? Result<TableCounts>(std::move(counts_))
                    : std::unexpected(std::move(done).error());
    }

    Result<TableCounts> put(Items items, TableRule rule, bool dry_run) {
        dry_run_ = dry_run;
        add_only_ = rule == TableRule::kAddOnly;
        auto keys = keys_of(items);
        if (!keys) {
            return std::unexpected(std::move(keys).error());
        }
        std::map<std::string, std::size_t> newest;
        for (std::size_t i = 0; i < items.size(); ++i) {
            newest[item::encode_key(schema_.key, (*keys)[i])] = i;
        }
        Items each;
        for (const auto& [key, i] : newest) {
            each.push_back(std::move(items[i]));
        }
        auto made = make(std::move(each));
        return made ? Result<TableCounts>(std::move(counts_))
                    : std::unexpected(std::move(made).error());
    }

  private:
    Result<void> for_each_page(const store::TableStore& store,
                               const std::function<Result<void>(Items)>& take) {
        store::Scan scan;
        scan.table = schema_.name;
        scan.limit = kItemsAtOnce;
        while (true) {
            auto page = store.scan(scan);
            if (!page) {
                return std::unexpected(std::move(page).error());
            }
            if (tally_.stop) {
                return fail(ErrorCode::kUnavailable,
                            "The restore was stopped before its end; start it again");
            }
            tally_.items += page->items.size();
            if (auto taken = take(std::move(page->items)); !taken) {
                return taken;
            }
            if (!page->last_key) {
                return {};
            }
            scan.start_after = std::move(page->last_key);
        }
    }

    Result<std::vector<item::Key>> keys_of(const Items& items) const {
        std::vector<item::Key> keys;
        for (const auto& item : items) {
            auto key = item::key_of(schema_.key, item);
            if (!key) {
                return std::unexpected(std::move(key).error());
            }
            keys.push_back(*std::move(key));
        }
        return keys;
    }

    Result<Found> look_up(const store::TableStore& store,
                          const std::vector<item::Key>& keys) const {
        std::vector<store::ItemRef> refs;
        for (const auto& key : keys) {
            refs.push_back({schema_.name, key});
        }
        return store.get_many(refs);
    }

    // What was, and is not so.
    Result<void> make(Items items) {
        auto keys = keys_of(items);
        if (!keys) {
            return std::unexpected(std::move(keys).error());
        }
        auto found = is_missing_ ? Result<Found>(Found(items.size())) : look_up(now_, *keys);
        if (!found) {
            return std::unexpected(std::move(found).error());
        }
        std::vector<Difference> differences;
        for (std::size_t i = 0; i < items.size(); ++i) {
            auto& now = (*found)[i];
            if (now && (add_only_ || tables_.same(schema_.name, items[i], *now))) {
                ++counts_.same;
                continue;
            }
            ++(now ? counts_.changed : counts_.added);
            differences.push_back({std::move((*keys)[i]), std::move(items[i]), std::move(now)});
        }
        return write(std::move(differences));
    }

    // What is, and was not.
    Result<void> erase(Items items) {
        auto keys = keys_of(items);
        if (!keys) {
            return std::unexpected(std::move(keys).error());
        }
        const auto found = look_up(then_, *keys);
        if (!found) {
            return std::unexpected(found.error());
        }
        std::vector<Difference> differences;
        for (std::size_t i = 0; i < items.size(); ++i) {
            if (!(*found)[i]) {
                ++counts_.deleted;
                differences.push_back({std::move((*keys)[i]), {}, std::move(items[i])});
            }
        }
        return write(std::move(differences));
    }

    Result<void> write(std::vector<Difference> differences) {
        return dry_run_ || differences.empty()
                   ? Result<void>()
                   : tables_.write(schema_.name, std::move(differences));
    }

    const store::TableStore& then_;
    store::TableStore& now_;
    LiveTables& tables_;
    const store::TableSchema schema_;
    Tally& tally_;
    bool dry_run_ = false;
    bool add_only_ = false;
    bool is_missing_ = false;
    TableCounts counts_;
};

// The tables to be restored, in their order.
Result<std::vector<store::TableSchema>> tables_to_restore(const store::TableStore& then,
                                                          const LiveTables& tables,
                                                          const std::vector<std::string>& names) {
    auto all = then.list_tables();
    for (const auto& name : names) {
        if (std::ranges::find(all, name, &store::TableSchema::name) == all.end()) {
            return fail(ErrorCode::kTableNotFound, fmt::format("The backup has no table {}", name));
        }
    }
    std::erase_if(all, [&](const store::TableSchema& schema) {
        return names.empty() ? tables.rule(schema.name) == TableRule::kLeave
                             : std::ranges::find(names, schema.name) == names.end();
    });
    std::ranges::sort(all, {}, [&](const store::TableSchema& schema) {
        return std::pair(tables.rule(schema.name) != TableRule::kAddOnly, schema.name);
    });
    return all;
}

}  // namespace

Result<TableCounts> put_items(store::TableStore& now, LiveTables& tables, const std::string& table,
                              std::vector<item::Item> items, bool dry_run) {
    auto schema = now.describe_table(table);
    if (!schema) {
        return std::unexpected(std::move(schema).error());
    }
    Tally tally;
    return TableRestore(now, now, tables, *std::move(schema), tally)
        .put(std::move(items), tables.rule(table), dry_run);
}

Result<std::vector<TableCounts>> restore_live(const store::TableStore& then, store::TableStore& now,
                                              LiveTables& tables, const LiveRestore& what,
                                              Tally& tally) {
    const auto schemas = tables_to_restore(then, tables, what.tables);
    if (!schemas) {
        return std::unexpected(schemas.error());
    }
    for (const auto& schema : *schemas) {
        if (const auto existing = now.describe_table(schema.name);
            existing && existing->key != schema.key) {
            return fail(ErrorCode::kTableExists,
                        fmt::format("{} has another key here than in the backup; nothing was "
                                    "restored: leave it out with --tables",
                                    schema.name));
        }
    }
    std::vector<TableCounts> all;
    for (const auto& schema : *schemas) {
        auto counts = TableRestore(then, now, tables, schema, tally)
                          .run(tables.rule(schema.name), what.dry_run);
        if (!counts) {
            return std::unexpected(std::move(counts).error());
        }
        all.push_back(*std::move(counts));
    }
    return all;
}

}  // namespace meridian::backup
