#include "rest/lists.h"

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "management/entity.h"
#include "rest/answers.h"
#include "rest/page_token.h"
#include "routing/snapshot.h"
#include "store/table_store.h"

namespace meridian::rest {
namespace {

// Read together; so many of the largest items are within memory's reach.
constexpr std::size_t kReadTogether = 64;
// A rare prefix ends a page after so many pages of the store.
constexpr std::size_t kScansMax = 16;

Answer page_answer(item::List items, const std::string& next) {
    item::Map page{{"items", std::move(items)}};
    if (!next.empty()) {
        page["next"] = next;
    }
    return json_answer(200, item::Value(std::move(page)));
}

// Where the request's "next" says that the page begins; empty: at the start.
Result<std::vector<std::string>> place_of(const Call& call, std::size_t size) {
    const auto token = call.parameters.text("next");
    return token ? read_page_token(*token, management::to_string(*call.kind), size)
                 : std::vector<std::string>{};
}

std::string token_of(const routing::RuleKey& key) {
    return make_page_token(management::to_string(management::Kind::kRule),
                           {key.phone_number, key.region});
}

struct RulePage {
    item::List items;
    std::optional<routing::RuleKey> last;  // the page ended there, by its size
};

// The items of the keys, as far as a page goes. Rules deleted since are left out.
Result<RulePage> read_rules(const store::TableStore& store,
                            std::span<const routing::RuleKey> keys) {
    RulePage page;
    std::size_t bytes = 0;
    while (!keys.empty() && bytes < kPageBytesMax) {
        const auto together = keys.first(std::min(keys.size(), kReadTogether));
        std::vector<store::ItemRef> refs;
        for (const auto& key : together) {
            refs.push_back(
                management::ref_of({management::Kind::kRule, key.phone_number, key.region}));
        }
        auto items = store.get_many(refs);
        if (!items) {
            return std::unexpected(std::move(items.error()));
        }
        std::size_t taken = 0;
        for (; taken < items->size() && bytes < kPageBytesMax; ++taken) {
            if (auto& item = (*items)[taken]) {
                bytes += item::size_bytes(*item);
                page.items.emplace_back(*std::move(item));
            }
        }
        page.last = keys[taken - 1];
        keys = keys.subspan(taken);
    }
    if (keys.empty()) {
        page.last.reset();
    }
    return page;
}

struct IdPage {
    item::List items;
    std::optional<item::Key> last;  // the page ended there; nothing: that was all
};

// Scans until a page is full.
Result<IdPage> scan_page(const store::TableStore& store, store::Scan scan,
                         const management::Kind kind, std::size_t limit) {
    IdPage page;
    std::size_t bytes = 0;
    const auto is_full = [&] { return page.items.size() == limit || bytes >= kPageBytesMax; };
    for (std::size_t scans = 0; scans < kScansMax; ++scans) {
        auto scanned = store.scan(scan);
        if (!scanned) {
            return std::unexpected(std::move(scanned.error()));
        }
        for (auto& item : scanned->items) {
            if (is_full()) {
                page.last =
                    management::key_of(management::id_of(kind, *page.items.back().as<item::Map>()));
                return page;
            }
            bytes += item::size_bytes(item);
            page.items.emplace_back(std::move(item));
        }
        page.last = scanned->last_key;
        if (!page.last || is_full()) {
            return page;
        }
        scan.start_after = page.last;
    }
    return page;
}

// Where nobody keeps all rules: in the table's order, which is none of theirs.
Answer scan_rules(const Call& call, std::size_t limit, std::vector<std::string> place) {
    store::Scan scan;
    scan.table = management::table_of(management::Kind::kRule);
    expression::And wanted;
    if (auto prefix = call.parameters.text("prefix"); prefix && !prefix->empty()) {
        wanted.all.emplace_back(
            expression::BeginsWith{expression::Path("phoneNumber"), item::Value(*prefix)});
    }
    if (auto region = call.parameters.text("region"); region && !region->empty()) {
        wanted.all.emplace_back(expression::Compare{
            expression::Comparison::kEqual, expression::Path("region"), item::Value(*region)});
    }
    scan.limit = wanted.all.empty() ? limit : 0;
    if (!wanted.all.empty()) {
        scan.filter = std::move(wanted);
    }
    if (!place.empty()) {
        scan.start_after =
            item::Key{{"phoneNumber", std::move(place[0])}, {"region", std::move(place[1])}};
    }
    auto page = scan_page(call.parts.store, std::move(scan), management::Kind::kRule, limit);
    if (!page) {
        return std::unexpected(std::move(page.error()));
    }
    const auto part = [&page](const char* name) {
        const auto* value = item::find(*page->last, name);
        const auto* text = value == nullptr ? nullptr : value->as<std::string>();
        return text == nullptr ? std::string() : *text;
    };
    return page_answer(std::move(page->items), page->last
                                                   ? token_of({part("phoneNumber"), part("region")})
                                                   : std::string{});
}

}  // namespace

Result<std::size_t> limit_of(const Call& call) {
    return call.parameters.count("limit", kLimitDefault, kLimitMax);
}

Answer list_rules(const Call& call) {
    const auto limit = limit_of(call);
    auto place = place_of(call, 2);
    if (!limit || !place) {
        return std::unexpected(limit ? place.error() : limit.error());
    }
    if (!call.parts.snapshot) {
        return scan_rules(call, *limit, *std::move(place));
    }
    routing::KeyQuery query;
    query.prefix = call.parameters.text("prefix").value_or("");
    query.region = call.parameters.text("region").value_or("");
    query.keys_max = *limit;
    if (!place->empty()) {
        query.after = routing::RuleKey{std::move(place->front()), std::move(place->back())};
    }
    const auto keys = call.parts.snapshot().keys(query);
    auto page = read_rules(call.parts.store, keys.keys);
    if (!page) {
        return std::unexpected(std::move(page.error()));
    }
    const auto& next = page->last ? page->last : keys.next;
    return page_answer(std::move(page->items), next ? token_of(*next) : std::string{});
}

Answer list_by_id(const Call& call) {
    const auto limit = limit_of(call);
    auto place = place_of(call, 1);
    if (!limit || !place) {
        return std::unexpected(limit ? place.error() : limit.error());
    }
    store::Scan scan;
    scan.table = management::table_of(*call.kind);
    scan.limit = *limit;
    if (!place->empty()) {
        scan.start_after = management::key_of({*call.kind, std::move(place->front()), {}});
    }
    if (const auto prefix = call.parameters.text("prefix"); prefix && !prefix->empty()) {
        const auto key = management::key_of({*call.kind, {}, {}});
        scan.filter =
            expression::BeginsWith{expression::Path(key.begin()->first), item::Value(*prefix)};
        scan.limit = 0;
    }
    auto page = scan_page(call.parts.store, std::move(scan), *call.kind, *limit);
    if (!page) {
        return std::unexpected(std::move(page.error()));
    }
    return page_answer(std::move(page->items),
                       page->last
                           ? make_page_token(management::to_string(*call.kind),
                                             {*page->last->begin()->second.as<std::string>()})
                           : std::string{});
}

}  // namespace meridian::rest
