#include "rest/conflicts.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "base/hybrid_clock.h"
#include "item/codec.h"
#include "proof/answers.h"
#include "rest/answers.h"
#include "rest/lists.h"
#include "rest/page_token.h"
#include "store/content_hash.h"

namespace meridian::rest {
namespace {

constexpr const char* kListName = "conflicts";
constexpr std::size_t kReadTogether = 8;  // each may hold two of the largest items
constexpr std::size_t kReadMax = 1000;    // a rare table ends a page after so many
constexpr std::uint64_t kWithinMillisecond = 0xffff;

std::string id_of(const store::Conflict& conflict) {
    const auto hash =
        store::hash_of(conflict.table, item::encode(conflict.key), conflict.lost.version.stamp);
    return fmt::format("{:016x}", hash.low);
}

item::Map side(const store::VersionedImage& state) {
    const auto& stamp = state.version.stamp;
    return {{"region", stamp.region},
            {"time", format_instant(instant_of(stamp.time))},
            {"item", state.image ? item::Value(*state.image) : item::Value()}};
}

item::Map conflict_map(const store::Conflict& conflict) {
    return {{"id", id_of(conflict)},       {"table", conflict.table},
            {"key", conflict.key},         {"at", format_instant(conflict.at)},
            {"kept", side(conflict.kept)}, {"lost", side(conflict.lost)}};
}

std::size_t bytes_of(const store::Conflict& conflict) {
    const auto bytes = [](const store::Image& image) {
        return image ? item::size_bytes(*image) : 0;
    };
    return bytes(conflict.kept.image) + bytes(conflict.lost.image);
}

struct Page {
    item::List items;
    std::optional<std::string> next;
};

Result<Page> read_page(const store::ReplicaStore& store, std::string position,
                       std::optional<std::string_view> table, std::size_t limit) {
    Page page{{}, std::move(position)};
    std::size_t bytes = 0;
    for (std::size_t read = 0; read < kReadMax && page.next && page.items.size() < limit &&
                               bytes < store::kPageBytesMax;) {
        const auto count = std::min(kReadTogether, limit - page.items.size());
        auto some = store.conflicts(*page.next, count);
        if (!some) {
            return std::unexpected(std::move(some).error());
        }
        read += count;
        for (const auto& conflict : some->conflicts) {
            if (!table || conflict.table == *table) {
                bytes += bytes_of(conflict);
                page.items.emplace_back(conflict_map(conflict));
            }
        }
        page.next = std::move(some->next);
    }
    return page;
}

std::unexpected<Error> has_no_peers() {
    return fail(ErrorCode::kNotSupported, "this region's tables are not replicated");
}

}  // namespace

Answer list_conflicts(const Call& call) {
    if (call.parts.replica == nullptr) {
        return has_no_peers();
    }
    const auto limit = limit_of(call);
    std::string position;
    if (const auto token = call.parameters.text("next")) {
        const auto place = read_page_token(*token, kListName, 1);
        const auto bytes = place ? proof::from_hex(place->front()) : std::unexpected(place.error());
        if (!bytes) {
            return std::unexpected(bytes.error());
        }
        position = *bytes;
    }
    if (!limit) {
        return std::unexpected(limit.error());
    }
    auto page =
        read_page(call.parts.replica->store, position, call.parameters.text("table"), *limit);
    if (!page) {
        return std::unexpected(std::move(page).error());
    }
    item::Map body{{"items", std::move(page->items)}};
    if (page->next) {
        body["next"] = make_page_token(kListName, {proof::to_hex(*page->next)});
    }
    return json_answer(200, item::Value(std::move(body)));
}

Answer forget_conflicts(const Call& call) {
    if (call.parts.replica == nullptr) {
        return has_no_peers();
    }
    if (!call.parameters.text("upTo")) {
        return fail(ErrorCode::kInvalidInput,
                    "the query parameter 'upTo' is required: conflicts whose lost write was made "
                    "up to that instant are forgotten, as in ?upTo=2025-02-26T15:00:00Z");
    }
    const auto up_to = call.parameters.instant("upTo", {});
    if (!up_to) {
        return std::unexpected(up_to.error());
    }
    const auto forgotten = call.parts.replica->store.forget_conflicts(
        {hybrid_time_of(*up_to).bits | kWithinMillisecond});
    return forgotten ? Answer(json_answer(200, item::Map{{"upTo", format_instant(*up_to)}}))
                     : std::unexpected(forgotten.error());
}

}  // namespace meridian::rest
