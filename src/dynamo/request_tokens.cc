#include "dynamo/request_tokens.h"

#include <chrono>
#include <utility>
#include <vector>

#include "dynamo/table_catalog.h"
#include "item/number.h"
#include "store/content_hash.h"

namespace meridian::dynamo {
namespace {

using expression::Path;

// API reference, TransactWriteItems: "valid for 10 minutes".
constexpr std::chrono::minutes kValid{10};

// Forgetting looks at so many tokens, and happens once in so many uses.
constexpr std::size_t kLookedAt = 500;

item::Value number(Instant instant) {
    return item::Number(instant.time_since_epoch().count());
}

expression::Condition older_than(Instant instant) {
    return expression::Compare{expression::Comparison::kLess, Path("at"), number(instant)};
}

Result<void> make_table(store::TableStore& store) {
    if (store.describe_table(kTokensTable)) {
        return {};
    }
    return store.create_table(tokens_table());
}

}  // namespace

store::TableSchema tokens_table() {
    return {std::string(kTokensTable), {{"id", item::KeyType::kString}, std::nullopt}};
}

RequestToken request_token(std::string_view token, std::string_view asked) {
    return {.token = std::string(token),
            .digest = store::to_string(store::hash_of("", asked, store::Stamp{}))};
}

Result<store::Write> remember(World& world, const RequestToken& token) {
    if (auto made = make_table(world.store); !made) {
        return std::unexpected(std::move(made.error()));
    }
    const auto now = world.clock.now();
    // Tokens are a region's own, but its tables are not.
    item::Item item{
        {"id", world.region + "/" + token.token}, {"digest", token.digest}, {"at", number(now)}};
    return store::Write{
        std::string(kTokensTable), store::PutItem{std::move(item)},
        expression::Or{{expression::AttributeNotExists{Path("id")}, older_than(now - kValid)}}};
}

Outcome<void> check_repeated(const RequestToken& token, const store::WriteOutcome& outcome) {
    const auto* digest = outcome.before ? item::find(*outcome.before, "digest") : nullptr;
    if (digest != nullptr && *digest == item::Value(token.digest)) {
        return {};
    }
    return refuse("IdempotentParameterMismatchException",
                  "The request uses the same client token as a previous, but non-identical "
                  "request. Do not reuse a client token with different requests, unless the "
                  "requests are identical");
}

void forget_old_tokens(World& world) {
    // From anywhere on, so that all get their turn.
    const auto old = world.clock.now() - kValid;
    store::Scan scan{.table = std::string(kTokensTable),
                     .start_after = item::Key{{"id", world.random.alphanumeric(8)}},
                     .limit = kLookedAt,
                     .filter = older_than(old)};
    auto page = world.store.scan(scan);
    if (page && page->items.empty()) {
        scan.start_after.reset();
        page = world.store.scan(scan);
    }
    if (!page || page->items.empty()) {
        return;
    }
    std::vector<store::Write> deletes;
    deletes.reserve(page->items.size());
    for (const auto& item : page->items) {
        deletes.push_back({std::string(kTokensTable), store::DeleteItem{{{"id", item.at("id")}}},
                           older_than(old)});
    }
    // Whatever fails is tried again another time.
    world.store.submit(std::move(deletes), store::Atomicity::kEach, [](auto) {});
}

}  // namespace meridian::dynamo
