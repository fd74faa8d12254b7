#include "store/write_stage.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <variant>

#include "item/key.h"
#include "store/row_key.h"
#include "store/write_logic.h"

namespace meridian::store {

namespace {

std::size_t bytes_of(const Image& image) {
    return image ? item::size_bytes(*image) : 0;
}

// What the write makes of its item doesn't depend on what is there.
bool replaces_anything(const Write& write) {
    return !write.condition && (std::holds_alternative<PutItem>(write.action) ||
                                std::holds_alternative<DeleteItem>(write.action));
}

}  // namespace

std::vector<WriteOutcome> WriteStage::add(std::vector<Write> writes, Atomicity atomicity) {
    if (atomicity == Atomicity::kAll) {
        return add_all_or_none(std::move(writes));
    }
    std::vector<WriteOutcome> outcomes;
    outcomes.reserve(writes.size());
    for (auto& write : writes) {
        outcomes.push_back(make(decide(std::move(write))));
    }
    return outcomes;
}

std::vector<WriteOutcome> WriteStage::add_all_or_none(std::vector<Write> writes) {
    std::vector<Decision> decisions;
    decisions.reserve(writes.size());
    std::unordered_map<std::string_view, std::size_t> writes_of_row;
    for (auto& write : writes) {
        decisions.push_back(decide(std::move(write)));
    }
    for (const auto& decision : decisions) {
        ++writes_of_row[decision.row];
    }
    for (auto& decision : decisions) {
        if (!decision.row.empty() && writes_of_row[decision.row] > 1) {
            decision.outcome = {};
            decision.outcome.error =
                Error{ErrorCode::kInvalidInput,
                      "Transaction request cannot include multiple operations on one item"};
        }
    }
    const bool refused = std::ranges::any_of(
        decisions, [](const auto& decision) { return decision.outcome.error.has_value(); });
    std::vector<WriteOutcome> outcomes;
    outcomes.reserve(decisions.size());
    for (auto& decision : decisions) {
        if (!refused) {
            outcomes.push_back(make(std::move(decision)));
        } else if (decision.outcome.error) {
            outcomes.push_back(std::move(decision.outcome));
        } else {
            outcomes.emplace_back().error =
                Error{ErrorCode::kTransactionCanceled,
                      "Another write of the same transaction was refused"};
        }
    }
    return outcomes;
}

WriteStage::Decision WriteStage::decide(Write write) const {
    Decision decision;
    if (auto decided = decide(std::move(write), decision); !decided) {
        decision.outcome.error = std::move(decided).error();
    }
    return decision;
}

Result<void> WriteStage::decide(Write write, Decision& decision) const {
    const auto table = start_.tables.find(write.table);
    if (!table) {
        return std::unexpected(table.error());
    }
    auto key = key_of_write((*table)->schema.key, write);
    if (!key) {
        return std::unexpected(std::move(key).error());
    }
    decision.row = row_key(**table, *key);
    auto before = current(decision.row);
    const bool over_damage =
        !before && before.error().code == ErrorCode::kCorruption && replaces_anything(write);
    if (over_damage) {
        before = VersionedImage{};
    }
    if (!before) {
        return std::unexpected(std::move(before).error());
    }
    decision.outcome.before = std::move(before->image);
    const bool only_checks = std::holds_alternative<CheckItem>(write.action);
    auto after = evaluate_write(*key, std::move(write), decision.outcome.before);
    if (!after) {
        return std::unexpected(std::move(after).error());
    }
    decision.outcome.after = *std::move(after);
    if (!only_checks && (decision.outcome.before || decision.outcome.after || over_damage)) {
        const bool over_item = decision.outcome.before || over_damage;
        const bool over_tombstone = over_damage || (!over_item && before->version);
        decision.change = StagedChange{decision.row,
                                       Change{0, start_.at, (*table)->schema.name, *std::move(key),
                                              decision.outcome.before, decision.outcome.after},
                                       std::move(before->version),
                                       over_item,
                                       over_tombstone,
                                       *table};
    }
    return {};
}

Result<VersionedImage> WriteStage::current(const std::string& row) const {
    if (const auto staged = newest_.find(row); staged != newest_.end()) {
        const auto& change = group_.changes[staged->second];
        return VersionedImage{change.change.after, change.version};
    }
    return start_.committed.row(row);
}

WriteOutcome WriteStage::make(Decision decision) {
    if (!decision.change) {
        bytes_ += bytes_of(decision.outcome.before);
        return std::move(decision.outcome);
    }
    auto& version = decision.change->version;
    const bool over_damage = decision.change->over_item && !decision.change->change.before;
    const auto seen = over_damage ? start_.clock.newest() : collected_;
    if (!version && seen != HybridTime{}) {
        // What was here can't be told, or may have been forgotten; whatever it was, it was seen.
        version.seen.push_back({seen, std::string(kEveryRegion)});
    }
    const auto time = start_.clock.tick(start_.at, version.stamp.time);
    version = succeed(std::move(version), {time, start_.region});
    decision.change->change.sequence = decision.outcome.sequence = ++last_;
    stage(*std::move(decision.change));
    return std::move(decision.outcome);
}

Result<void> WriteStage::redefine(const Redefinition& redefinition) {
    auto table = redefinition(start_.tables);
    if (!table) {
        return std::unexpected(std::move(table).error());
    }
    group_.redefined = *std::move(table);
    return {};
}

void WriteStage::stage(StagedChange change) {
    bytes_ += bytes_of(change.change.before) + bytes_of(change.change.after);
    newest_[change.row] = group_.changes.size();
    group_.changes.push_back(std::move(change));
}

}  // namespace meridian::store
