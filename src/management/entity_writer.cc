#include "management/entity_writer.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "base/ulid.h"
#include "catalog/tables.h"
#include "expression/condition.h"

namespace meridian::management {
namespace {

using expression::AttributeNotExists;
using expression::Compare;
using expression::Comparison;
using expression::Condition;
using expression::Path;

constexpr std::chrono::hours kClockStepMax{24};
// An expression of the service has room for 300 operators.
constexpr std::size_t kComparedAttributesMax = 100;

std::optional<Instant> updated_at(const std::optional<item::Item>& item) {
    const auto* value = item ? item::find(*item, "lastUpdated") : nullptr;
    const auto* text = value == nullptr ? nullptr : value->as<std::string>();
    const auto at = text == nullptr ? fail(ErrorCode::kInvalidInput, "") : parse_instant(*text);
    return at ? std::optional(*at) : std::nullopt;
}

// After the changes before it, also when the clock was set back. What is dated further ahead than
// clocks are wrong is not waited for.
Instant time_of_change(Instant now, const Current& current) {
    Instant at = now;
    const auto& [item, last, deletion] = current;
    for (const auto before : {updated_at(item), last ? std::optional(last->at) : std::nullopt,
                              deletion ? std::optional(deletion->at) : std::nullopt}) {
        if (before && *before <= now + kClockStepMax) {
            at = std::max(at, *before + std::chrono::milliseconds(1));
        }
    }
    return at;
}

std::int64_t next_version(const Current& current) {
    if (current.item) {
        return version_of(*current.item) + 1;
    }
    return std::max(current.last ? current.last->version : 0,
                    current.deletion ? current.deletion->version : 0) +
           1;
}

// What was read is still there. Its version alone doesn't say so: an edit in another region may
// have counted to the same one.
Condition unchanged(const EntityId& id, const std::optional<item::Item>& item) {
    if (!item) {
        return AttributeNotExists{Path(key_of(id).begin()->first)};
    }
    expression::And all;
    for (const auto* name : {"version", "lastUpdated"}) {  // in any case
        if (const auto* value = item::find(*item, name)) {
            all.all.emplace_back(Compare{Comparison::kEqual, Path(name), *value});
        } else {
            all.all.emplace_back(AttributeNotExists{Path(name)});
        }
    }
    for (const auto& [name, value] : *item) {
        if (all.all.size() < kComparedAttributesMax) {
            all.all.emplace_back(Compare{Comparison::kEqual, Path(name), value});
        }
    }
    return all;
}

// Whoever creates an entity has seen its last deletion: two creations could otherwise both find
// nothing, with the life of a whole entity between them.
store::Write deletion_seen(const EntityId& id, const std::optional<Deletion>& deletion) {
    Condition condition = AttributeNotExists{Path("entity")};
    if (deletion) {
        condition = Compare{Comparison::kEqual, Path(std::string(kDeletedBy)),
                            item::Value(deletion->change_id)};
    }
    return {std::string(catalog::kHistoryTable), store::CheckItem{history_key(id, kDeletionMark)},
            std::move(condition)};
}

store::Write deletion_told(const Change& change) {
    return {std::string(catalog::kHistoryTable),
            store::PutItem{
                encode_deletion(change.entity, {change.change_id, change.version, change.at})},
            std::nullopt};
}

Outcome outcome_of(const Current& current, const Next& next) {
    if (!next.content) {
        return Outcome::kDeleted;
    }
    return current.item ? Outcome::kUpdated : Outcome::kCreated;
}

Invalid too_large() {
    return {{{"", "has over 400 KB, the most that one item may have", ""}}, {}, true};
}

std::vector<store::Write> writes_of(const Current& current, Change change) {
    const auto& id = change.entity;
    std::vector<store::Write> writes;
    store::Write write{std::string(table_of(id.kind)), store::DeleteItem{key_of(id)},
                       unchanged(id, current.item)};
    if (change.after) {
        write.action = store::PutItem{*change.after};
    }
    writes.push_back(std::move(write));
    if (!current.item) {
        writes.push_back(deletion_seen(id, current.deletion));
    } else if (!change.after) {
        writes.push_back(deletion_told(change));
    }
    std::ranges::move(history_writes(std::move(change)), std::back_inserter(writes));
    return writes;
}

}  // namespace

EditResult<Edited> EntityWriter::change(const EntityId& id, const Decide& decide,
                                        const Occasion& occasion) {
    const auto held = locks_.hold({to_text(id)});
    for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
        auto current = read(id);
        if (!current) {
            return std::unexpected(Refusal(std::move(current).error()));
        }
        auto decision = decide(*current);
        if (!decision) {
            return std::unexpected(std::move(decision).error());
        }
        if (auto* answer = std::get_if<Edited>(&*decision)) {
            return std::move(*answer);
        }
        auto prepared =
            prepare(id, *std::move(current), std::get<Next>(*std::move(decision)), occasion);
        if (!prepared) {
            return std::unexpected(std::move(prepared).error());
        }
        if (occasion.options.dry_run) {
            return std::move(prepared->edited);
        }
        auto error = failure(store_.write_all(std::move(prepared->writes), store::Atomicity::kAll));
        if (!error) {
            return std::move(prepared->edited);
        }
        if (!is_lost_race(*error)) {
            return std::unexpected(Refusal(*std::move(error)));
        }
    }
    return std::unexpected(out_of_turns(id));
}

Result<Current> EntityWriter::read(const EntityId& id) const {
    auto item = store_.get(ref_of(id));
    if (!item) {
        return std::unexpected(std::move(item).error());
    }
    return complete(id, *std::move(item));
}

Result<Current> EntityWriter::complete(const EntityId& id, std::optional<item::Item> item) const {
    Current current{std::move(item), std::nullopt, std::nullopt};
    if (updated_at(current.item)) {
        return current;
    }
    if (!current.item) {
        auto deletion = last_deletion(id);  // before its entry is looked for
        if (!deletion) {
            return std::unexpected(std::move(deletion).error());
        }
        current.deletion = *std::move(deletion);
    }
    auto last = newest_change(store_, id);
    if (!last) {
        return std::unexpected(std::move(last).error());
    }
    current.last = *std::move(last);
    return current;
}

Result<std::optional<Deletion>> EntityWriter::last_deletion(const EntityId& id) const {
    auto mark = store_.get({std::string(catalog::kHistoryTable), history_key(id, kDeletionMark)});
    if (!mark) {
        return std::unexpected(std::move(mark).error());
    }
    if (!*mark) {
        return std::nullopt;
    }
    return decode_deletion(*std::move(*mark));
}

EditResult<Prepared> EntityWriter::prepare(const EntityId& id, Current current, Next next,
                                           const Occasion& occasion) {
    const auto at = time_of_change(clock_.now(), current);
    const auto outcome = outcome_of(current, next);
    Change change{.entity = id,
                  .change_id = new_change_id(at),
                  .operation = next.operation,
                  .version = next.content ? next_version(current) : version_of(*current.item),
                  .at = at,
                  .who = occasion.caller,
                  .reason = occasion.options.reason,
                  .via = occasion.options.via,
                  .before = current.item,
                  .after = std::move(next.content)};
    if (change.after) {
        change.after->insert_or_assign("version", item::Number(change.version));
        change.after->insert_or_assign("lastUpdated", format_instant(at));
        if (item::size_bytes(*change.after) > item::kItemBytesMax) {
            return std::unexpected(Refusal(too_large()));
        }
    }
    Prepared prepared;
    prepared.edited = {.outcome = outcome,
                       .item = change.after ? *change.after : *current.item,
                       .before = current.item,
                       .change_id = occasion.options.dry_run ? std::string() : change.change_id,
                       .warnings = std::move(next.warnings)};
    if (!occasion.options.dry_run) {
        prepared.writes = writes_of(current, std::move(change));
    }
    return prepared;
}

std::optional<Error> EntityWriter::failure(const std::vector<store::WriteOutcome>& outcomes) {
    std::optional<Error> failure;
    for (const auto& outcome : outcomes) {
        // A canceled write is not the reason, unless no other one is.
        if (outcome.error && (!failure || failure->code == ErrorCode::kTransactionCanceled)) {
            failure = outcome.error;
        }
    }
    return failure;
}

bool EntityWriter::is_lost_race(const Error& error) {
    return error.code == ErrorCode::kConditionFailed ||
           error.code == ErrorCode::kTransactionCanceled;
}

Refusal EntityWriter::out_of_turns(const EntityId& id) const {
    auto item = store_.get(ref_of(id));
    if (!item) {
        return std::move(item).error();
    }
    return Conflict{*std::move(item),
                    "others keep changing it at this moment; nothing was done: try again"};
}

std::string EntityWriter::new_change_id(Instant at) {
    std::array<std::uint8_t, 10> entropy{};
    const std::lock_guard lock(random_mutex_);
    random_.fill(std::as_writable_bytes(std::span(entropy)));
    return make_ulid(at, entropy);
}

}  // namespace meridian::management
