#include "proof/store_source.h"

#include <fmt/format.h>

#include <memory>
#include <utility>

#include "store/row_key.h"

namespace meridian::proof {
namespace {

constexpr std::size_t kTableBytes = 4;  // of a row, before what all regions have alike

// Counts the questions that are being answered.
class Turn {
  public:
    explicit Turn(std::atomic<int>& taken) : taken_(taken), number_(++taken) {}
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn() { --taken_; }
    [[nodiscard]] bool is_mine() const { return number_ <= StoreSource::kQuestionsAtOnce; }

  private:
    std::atomic<int>& taken_;
    int number_;
};

}  // namespace

Result<ItemState> item_state(const store::TableSchema& table, store::ItemHash hash) {
    const auto key = item::checked_key(table.key, hash.key);
    if (!key) {
        return std::unexpected(key.error());
    }
    return ItemState{store::row_key({0, table}, *key).substr(kTableBytes), std::move(hash.key),
                     std::move(hash.stamp), hash.content, hash.damaged};
}

template <typename Read>
auto StoreSource::with_view(Read read) -> decltype(read(std::declval<store::StoreView&>())) {
    const Turn turn(questions_);
    if (!turn.is_mine()) {
        return fail(ErrorCode::kOverloaded,
                    fmt::format("{} questions about hashes are being answered, each of which may "
                                "read a whole table; ask again",
                                kQuestionsAtOnce));
    }
    const auto view = store_.open_view();
    if (!view) {
        return std::unexpected(view.error());
    }
    return read(**view);
}

Result<TablesAt> StoreSource::tables_at() {
    return with_view([this](const store::StoreView& view) -> Result<TablesAt> {
        TablesAt all{view.sequence(), {}};
        for (const auto& table : store_.list_tables()) {
            const auto content = view.table_hash(table.name);
            if (!content) {
                return std::unexpected(content.error());
            }
            all.tables.push_back({table.name, *content});
        }
        for (auto& name : store_.dropped_tables()) {
            all.tables.push_back({std::move(name), {}, true});
        }
        return all;
    });
}

Result<std::vector<TableState>> StoreSource::tables() {
    auto all = tables_at();
    if (!all) {
        return std::unexpected(std::move(all).error());
    }
    return std::move(all->tables);
}

Result<std::vector<store::RangeHash>> StoreSource::ranges(const std::string& table,
                                                          const std::string& prefix) {
    return with_view(
        [&](const store::StoreView& view) { return view.range_hashes(table, prefix); });
}

Result<ItemStatePage> StoreSource::items(const std::string& table, const std::string& prefix,
                                         const std::string& position) {
    return some_items(table, prefix, position, kItemsAtOnce);
}

Result<ItemStatePage> StoreSource::some_items(const std::string& table, const std::string& prefix,
                                              const std::string& position, std::size_t count) {
    const auto schema = store_.describe_table(table);
    if (!schema) {
        return schema.error().code == ErrorCode::kTableNotFound
                   ? Result<ItemStatePage>(ItemStatePage{})
                   : std::unexpected(schema.error());
    }
    return with_view([&](const store::StoreView& view) -> Result<ItemStatePage> {
        auto hashes = view.item_hashes(table, prefix, position, count);
        if (!hashes) {
            return std::unexpected(std::move(hashes).error());
        }
        ItemStatePage page{{}, std::move(hashes->next)};
        page.items.reserve(hashes->items.size());
        for (auto& hash : hashes->items) {
            auto state = item_state(*schema, std::move(hash));
            if (!state) {
                return std::unexpected(std::move(state).error());
            }
            page.items.push_back(*std::move(state));
        }
        return page;
    });
}

Result<Progress> StoreSource::progress() {
    Progress progress{store_.log_id(), store_.last_sequence(), {}};
    for (const auto& peer : peers_ ? peers_() : std::vector<std::string>{}) {
        const auto cursor = store_.cursor(peer);
        if (!cursor) {
            return std::unexpected(cursor.error());
        }
        progress.applied.emplace(peer, *cursor);
    }
    return progress;
}

}  // namespace meridian::proof
