#include "store/write_stage.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <variant>

#include "item/key.h"
#include "store/row_key.h"
#include "store/write_logic.h"

namespace meridian::store {

WriteStage::WriteStage(const TableDirectory& tables, CommittedItem committed, SequenceNumber last,
                       Instant at)
    : tables_(tables), committed_(std::move(committed)), last_(last), at_(at) {}

std::vector<WriteOutcome> WriteStage::add(std::vector<Write> writes, Atomicity atomicity) {
    if (atomicity == Atomicity::kAll) {
        return add_all_or_none(std::move(writes));
    }
    std::vector<WriteOutcome> outcomes;
    outcomes.reserve(writes.size());
    for (auto& write : writes) {
        outcomes.push_back(stage(decide(std::move(write))));
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
            outcomes.push_back(stage(std::move(decision)));
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
    const auto table = tables_.find(write.table);
    if (!table) {
        return std::unexpected(table.error());
    }
    auto key = key_of_write((*table)->schema.key, write);
    if (!key) {
        return std::unexpected(std::move(key).error());
    }
    decision.row = row_key(**table, *key);
    auto before = current(decision.row);
    if (!before) {
        return std::unexpected(std::move(before).error());
    }
    decision.outcome.before = *std::move(before);
    const bool only_checks = std::holds_alternative<CheckItem>(write.action);
    auto after = evaluate_write(*key, std::move(write), decision.outcome.before);
    if (!after) {
        return std::unexpected(std::move(after).error());
    }
    decision.outcome.after = *std::move(after);
    if (!only_checks && (decision.outcome.before || decision.outcome.after)) {
        decision.change =
            StagedChange{decision.row, Change{0, at_, (*table)->schema.name, *std::move(key),
                                              decision.outcome.before, decision.outcome.after}};
    }
    return {};
}

Result<Image> WriteStage::current(const std::string& row) const {
    if (const auto staged = newest_.find(row); staged != newest_.end()) {
        return changes_[staged->second].change.after;
    }
    return committed_(row);
}

WriteOutcome WriteStage::stage(Decision decision) {
    if (decision.change) {
        const auto sequence = last_ + changes_.size() + 1;
        decision.outcome.sequence = sequence;
        decision.change->change.sequence = sequence;
        newest_[decision.row] = changes_.size();
        changes_.push_back(*std::move(decision.change));
    }
    return std::move(decision.outcome);
}

}  // namespace meridian::store
