#include "rest/proofs.h"

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "base/hybrid_clock.h"
#include "proof/answers.h"
#include "rest/answers.h"
#include "rest/lists.h"

namespace meridian::rest {
namespace {

using proof::to_value;

item::Map mend_map(const proof::Mend& mend) {
    return {{"at", format_instant(mend.at)},
            {"table", mend.table},
            {"key", mend.key},
            {"keyHash", mend.hash},
            {"from", mend.from},
            {"fault", proof::to_string(mend.fault)}};
}

item::List mend_list(const std::vector<proof::Mend>& mends) {
    item::List list;
    for (const auto& mend : mends) {
        list.emplace_back(mend_map(mend));
    }
    return list;
}

item::Map report_map(const proof::RepairReport& report) {
    item::List peers;
    for (const auto& peer : report.peers) {
        peers.emplace_back(
            item::Map{{"region", peer.region},
                      {"error", peer.error ? item::Value(peer.error->message) : item::Value()}});
    }
    item::List left;
    for (const auto& item : report.left) {
        left.emplace_back(item::Map{
            {"table", item.table}, {"key", item.key}, {"keyHash", item.hash}, {"why", item.why}});
    }
    return {{"at", format_instant(report.at)},
            {"peers", std::move(peers)},
            {"differing", to_value(report.differing)},
            {"mended", to_value(report.mended)},
            {"pending", to_value(report.pending)},
            {"theirs", to_value(report.theirs)},
            {"unmended", to_value(report.unmended)},
            {"left", std::move(left)},
            {"error", report.error ? item::Value(report.error->message) : item::Value()}};
}

item::Map repairs_map(const proof::RepairState& state) {
    return {{"steps", to_value(state.steps)},
            {"mended", to_value(state.mended)},
            {"last", state.last ? item::Value(report_map(*state.last)) : item::Value()},
            {"mends", mend_list(state.mends)}};
}

item::List heard_list(const ReplicaParts& parts) {
    item::List list;
    for (const auto& heard : parts.heard()) {
        if (heard.observer == parts.store.region()) {
            list.emplace_back(item::Map{{"origin", heard.origin},
                                        {"through", format_instant(instant_of(heard.through))}});
        }
    }
    return list;
}

item::Map snapshot_map(const routing::Snapshot& snapshot) {
    return {{"hash", routing::to_hex(snapshot.content_hash())},
            {"rules", to_value(snapshot.rule_count())},
            {"schedules", to_value(snapshot.schedule_count())}};
}

Result<std::string> prefix_of(const Call& call) {
    auto bytes = proof::from_hex(call.parameters.text("prefix").value_or(""));
    return bytes ? bytes
                 : Result<std::string>(
                       fail_within("the query parameter 'prefix'", std::move(bytes).error()));
}

std::unexpected<Error> has_no_peers() {
    return fail(ErrorCode::kNotSupported, "this region's tables are not replicated");
}

}  // namespace

Answer get_proof(const Call& call) {
    const auto* replica = call.parts.replica;
    if (replica == nullptr) {
        return has_no_peers();
    }
    const auto brief = call.parameters.flag("brief");
    const auto progress = replica->hashes.progress();
    if (!brief || !progress) {
        return std::unexpected(brief ? progress.error() : brief.error());
    }
    auto body = proof::to_map(*progress);
    body["region"] = replica->store.region();
    body["at"] = format_instant(call.parts.clock.now());
    body["snapshot"] = snapshot_map(call.parts.snapshot());
    if (*brief) {
        return json_answer(200, item::Value(std::move(body)));
    }
    const auto tables = replica->hashes.tables_at();
    if (!tables) {
        return std::unexpected(tables.error());
    }
    body["tables"] = proof::to_list(tables->tables);
    body["heard"] = heard_list(*replica);
    body["repairs"] = repairs_map(replica->repairer.state());
    return json_answer(200, item::Value(std::move(body)));
}

Answer get_range_hashes(const Call& call) {
    const auto* replica = call.parts.replica;
    const auto prefix = prefix_of(call);
    if (replica == nullptr || !prefix) {
        return replica == nullptr ? has_no_peers() : std::unexpected(prefix.error());
    }
    const auto ranges = replica->hashes.ranges(call.arguments.front(), *prefix);
    return ranges ? Answer(json_answer(200, item::Map{{"ranges", proof::to_list(*ranges)}}))
                  : std::unexpected(ranges.error());
}

Answer get_item_hashes(const Call& call) {
    const auto* replica = call.parts.replica;
    const auto prefix = prefix_of(call);
    const auto limit = limit_of(call);
    const auto next = proof::from_hex(call.parameters.text("next").value_or(""));
    if (replica == nullptr) {
        return has_no_peers();
    }
    if (!prefix || !limit || !next) {
        return std::unexpected(
            !prefix  ? prefix.error()
            : !limit ? limit.error()
                     : fail_within("the query parameter 'next'", next.error()).error());
    }
    const auto page = replica->hashes.some_items(call.arguments.front(), *prefix, *next, *limit);
    if (!page) {
        return std::unexpected(page.error());
    }
    item::Map body{{"items", proof::to_list(page->items)}};
    if (page->next) {
        body["next"] = proof::to_hex(*page->next);
    }
    return json_answer(200, item::Value(std::move(body)));
}

Answer repair(const Call& call) {
    if (call.parts.replica == nullptr) {
        return has_no_peers();
    }
    const auto report = call.parts.replica->repairer.step();
    if (!report || report->error) {
        return std::unexpected(report ? *report->error : report.error());
    }
    auto body = report_map(*report);
    body["mends"] = mend_list(report->mends);
    return json_answer(200, item::Value(std::move(body)));
}

}  // namespace meridian::rest
