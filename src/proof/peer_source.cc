#include "proof/peer_source.h"

#include <utility>

#include "proof/store_source.h"

namespace meridian::proof {

Result<std::vector<TableState>> PeerSource::tables() {
    auto answer = answer_as<replication::TableHashes>(ask_(replication::AskTableHashes{}));
    if (!answer) {
        return std::unexpected(std::move(answer).error());
    }
    std::vector<TableState> states;
    for (auto& [table, content] : answer->tables) {
        states.push_back({table.name, content});
        schemas_.insert_or_assign(table.name, std::move(table));
    }
    for (auto& name : answer->dropped) {
        states.push_back({std::move(name), {}, true});
    }
    return states;
}

Result<std::vector<store::RangeHash>> PeerSource::ranges(const std::string& table,
                                                         const std::string& prefix) {
    auto answer =
        answer_as<replication::RangeHashes>(ask_(replication::AskRangeHashes{table, prefix}));
    if (!answer) {
        return std::unexpected(std::move(answer).error());
    }
    return std::move(answer->ranges);
}

Result<ItemStatePage> PeerSource::items(const std::string& table, const std::string& prefix,
                                        const std::string& position) {
    const auto schema = schemas_.find(table);
    if (schema == schemas_.end()) {
        return ItemStatePage{};
    }
    auto answer = answer_as<replication::ItemHashes>(
        ask_(replication::AskItemHashes{table, prefix, position}));
    if (!answer) {
        return std::unexpected(std::move(answer).error());
    }
    ItemStatePage page{{}, std::move(answer->page.next)};
    for (auto& hash : answer->page.items) {
        auto state = item_state(schema->second, std::move(hash));
        if (!state) {
            return std::unexpected(std::move(state).error());
        }
        page.items.push_back(*std::move(state));
    }
    return page;
}

}  // namespace meridian::proof
