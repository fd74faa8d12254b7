#include "dynamo/expiry.h"

#include <chrono>
#include <utility>
#include <vector>

#include "expression/condition.h"

namespace meridian::dynamo {
namespace {

using expression::Compare;
using expression::Comparison;
using expression::Condition;
using expression::Path;

constexpr std::chrono::seconds kForgottenAfter = std::chrono::days{5 * 365};

item::Value number(std::chrono::seconds seconds) {
    return item::Number(std::int64_t{seconds.count()});
}

// Values of other types compare with no number, so such items don't expire.
Condition has_expired(const Path& attribute, Instant now) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch());
    return expression::And{
        {Compare{Comparison::kLess, attribute, number(seconds)},
         Compare{Comparison::kGreaterOrEqual, attribute, number(seconds - kForgottenAfter)}}};
}

// Of the items as they were read: whoever has given one more time since then keeps it.
Result<std::vector<store::Write>> deletes_of(const TableDescription& table,
                                             const std::vector<item::Item>& items) {
    std::vector<store::Write> writes;
    writes.reserve(items.size());
    for (const auto& item : items) {
        auto key = item::key_of(table.key, item);
        if (!key) {
            return std::unexpected(std::move(key.error()));
        }
        const auto* expires = item::find(item, *table.ttl_attribute);
        writes.push_back({.table = table.storage,
                          .action = store::DeleteItem{*std::move(key)},
                          .condition = Compare{Comparison::kEqual, Path(*table.ttl_attribute),
                                               expires != nullptr ? *expires : item::Value{}}});
    }
    return writes;
}

struct Deletes {
    std::size_t made = 0;
    std::optional<Error> error;  // the first that isn't about one item alone
};

Deletes count(const std::vector<store::WriteOutcome>& outcomes) {
    Deletes deletes;
    for (const auto& outcome : outcomes) {
        if (!outcome.error) {
            ++deletes.made;
        } else if (outcome.error->code != ErrorCode::kConditionFailed && !deletes.error) {
            deletes.error = outcome.error;
        }
    }
    return deletes;
}

}  // namespace

Result<ExpirySweeper::Sweep> ExpirySweeper::sweep(Instant now, const std::stop_token& stop) {
    Sweep sweep;
    for (const auto& table : tables_.list()) {
        if (place_ && table->name < place_->table) {
            continue;
        }
        if (!table->ttl_attribute || table->deleted) {
            continue;
        }
        const auto ended = sweep_table(*table, now, stop, sweep);
        if (!ended && ended.error().code != ErrorCode::kTableNotFound) {
            return std::unexpected(ended.error());
        }
        if (ended && *ended == Ended::kBefore) {
            return sweep;
        }
    }
    place_.reset();
    sweep.complete = true;
    return sweep;
}

Result<ExpirySweeper::Ended> ExpirySweeper::sweep_table(const TableDescription& table, Instant now,
                                                        const std::stop_token& stop, Sweep& sweep) {
    if (!place_ || place_->id != table.id) {
        place_ = Place{.table = table.name, .id = table.id, .through = std::nullopt};
    }
    const auto filter = has_expired(Path(*table.ttl_attribute), now);
    do {
        if (stop.stop_requested() || sweep.examined >= options_.sweep_items_max) {
            return Ended::kBefore;
        }
        auto page = store_.scan({.table = table.storage,
                                 .start_after = place_->through,
                                 .limit = options_.page_items,
                                 .filter = filter});
        if (!page) {
            return std::unexpected(std::move(page.error()));
        }
        auto writes = deletes_of(table, page->items);
        if (!writes) {
            return std::unexpected(std::move(writes.error()));
        }
        const auto deletes =
            writes->empty() ? Deletes{}
                            : count(store_.write_all(*std::move(writes), store::Atomicity::kEach));
        sweep.examined += page->examined;
        sweep.deleted += deletes.made;
        if (deletes.error && deletes.error->code == ErrorCode::kOverloaded) {
            return Ended::kBefore;
        }
        if (deletes.error) {
            return std::unexpected(*deletes.error);
        }
        place_->through = std::move(page->last_key);
    } while (place_->through);
    return Ended::kAtTheEnd;
}

}  // namespace meridian::dynamo
