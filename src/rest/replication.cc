#include "rest/replication.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>

#include "rest/answers.h"

namespace meridian::rest {
namespace {

using replication::LinkStatus;

item::Value count(std::uint64_t value) {
    return item::Number(static_cast<std::int64_t>(value));
}

item::Value milliseconds(std::chrono::milliseconds value) {
    return item::Number(value.count());
}

item::Map entry_of(const LinkStatus& link) {
    item::Map entry{{"state", to_string(link.state)},
                    {"lagP50Ms", milliseconds(link.lag.p50)},
                    {"lagP99Ms", milliseconds(link.lag.p99)},
                    {"lagItems", count(link.lag.items)},
                    {"oldestWaitingMs", milliseconds(link.oldest_waiting)},
                    {"lastHeardMs",
                     link.last_heard ? milliseconds(*link.last_heard) : item::Value(item::Null{})},
                    {"sequence", count(link.cursor.sequence)},
                    {"peerSequence", count(link.peer_sequence)},
                    {"itemsApplied", count(link.items_applied)},
                    {"conflicts", count(link.conflicts)},
                    {"pages", count(link.pages)}};
    if (!link.error.empty()) {
        entry["error"] = link.error;
    }
    return entry;
}

}  // namespace

Answer get_replication(const Call& call) {
    if (!call.parts.links) {
        return fail(ErrorCode::kNotSupported, "this region serves tables that don't replicate");
    }
    item::List links;
    for (const auto& link : call.parts.links()) {
        auto entry = entry_of(link);
        entry["peer"] = link.peer;
        links.emplace_back(std::move(entry));
    }
    return json_answer(
        200, item::Value(item::Map{{"region", call.parts.region}, {"links", std::move(links)}}));
}

item::Map replication_details(const std::vector<LinkStatus>& links) {
    item::Map peers;
    std::chrono::milliseconds longest{0};
    for (const auto& link : links) {
        longest = std::max({longest, link.lag.p99, link.oldest_waiting});
        peers[link.peer] = entry_of(link);
    }
    return {{"replicationLagMs", links.empty() ? item::Value(item::Null{}) : milliseconds(longest)},
            {"replication", std::move(peers)}};
}

}  // namespace meridian::rest
