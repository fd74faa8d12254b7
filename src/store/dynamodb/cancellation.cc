#include "store/dynamodb/cancellation.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <map>
#include <string>
#include <utility>

#include "base/mask.h"
#include "item/key.h"
#include "store/dynamodb/item_json.h"
#include "store/write_logic.h"

namespace meridian::store::dynamodb {

namespace json = boost::json;

namespace {

struct Reason {
    std::string code;  // empty: nothing against this write
    std::string message;
    Image item;
};

std::string text_in(const json::object& of, std::string_view name) {
    const auto* member = of.if_contains(name);
    const auto* text = member == nullptr ? nullptr : member->if_string();
    return text == nullptr ? std::string() : std::string(text->data(), text->size());
}

// Empty: there are none to read.
std::vector<Reason> reasons_of(const aws::ServiceError& refused) {
    std::vector<Reason> reasons;
    const auto answer = Answer::parse("", refused.body);
    const auto* listed = answer ? answer->root().if_contains("CancellationReasons") : nullptr;
    const auto* elements = listed == nullptr ? nullptr : listed->if_array();
    if (elements == nullptr) {
        return reasons;
    }
    for (const auto& element : *elements) {
        auto& reason = reasons.emplace_back();
        const auto* members = element.if_object();
        if (members == nullptr) {
            continue;
        }
        reason.code = text_in(*members, "Code");
        reason.code = reason.code == "None" ? "" : reason.code;
        reason.message = text_in(*members, "Message");
        const auto* item = members->if_contains("Item");
        auto read = item == nullptr ? Result<item::Item>(item::Item{}) : item_of(*item);
        if (read && !read->empty()) {
            reason.item = *std::move(read);
        }
    }
    return reasons;
}

struct Passing {
    std::string_view code;
    std::string_view message;
};
constexpr std::array<Passing, 3> kPassing{{
    {"TransactionConflict", "Another transaction is about the same item; nothing was written"},
    {"ProvisionedThroughputExceeded",
     "The table gets more requests than it has capacity for; nothing was written"},
    {"ThrottlingError",
     "The table gets more requests than it has capacity for; nothing was written"},
}};

const Passing* passing(std::string_view code) {
    const auto* found = std::ranges::find(kPassing, code, &Passing::code);
    return found == kPassing.end() ? nullptr : found;
}

Error error_of(const Reason& reason) {
    if (reason.code == "ConditionalCheckFailed") {
        return {ErrorCode::kConditionFailed, "The conditional request failed"};
    }
    if (const auto* known = passing(reason.code)) {
        return {ErrorCode::kTransactionCanceled, std::string(known->message)};
    }
    auto words = mask_numbers_in(reason.message);
    if (reason.code == "ValidationError") {
        return invalid(std::move(words));
    }
    return {reason.code == "ItemCollectionSizeLimitExceeded" ? ErrorCode::kTooLarge
            : reason.code == "AccessDenied"                  ? ErrorCode::kAccessDenied
                                                             : ErrorCode::kTransactionCanceled,
            fmt::format("{}: {}", reason.code, words)};
}

// The key of the item, as bytes; nothing: the write has none that fits.
std::optional<std::string> address_of(const TableSchema& table, const Write& write) {
    const auto key = key_of_write(table.key, write);
    return key ? std::optional(table.name + '\0' + item::encode_key(table.key, *key))
               : std::nullopt;
}

void blame_tables(const Link& link, std::span<const Write> writes,
                  std::vector<WriteOutcome>& outcomes) {
    std::map<std::string_view, bool> exists;
    for (std::size_t i = 0; i < writes.size(); ++i) {
        const auto [table, is_new] = exists.try_emplace(writes[i].table, true);
        if (is_new) {
            const auto described = describe(link, writes[i].table);
            table->second = described || described.error().code != ErrorCode::kTableNotFound;
        }
        if (!table->second) {
            outcomes[i].error = table_not_found(writes[i].table);
        }
    }
}

void blame_keys(const Shapes& shapes, std::span<const Write> writes,
                std::vector<WriteOutcome>& outcomes) {
    std::map<std::string, std::size_t> first;  // that is about the item
    for (std::size_t i = 0; i < writes.size(); ++i) {
        const auto shape = shapes.known(writes[i].table);
        if (!shape) {
            continue;
        }
        const auto key = key_of_write((*shape)->schema.key, writes[i]);
        if (!key) {
            outcomes[i].error = key.error();
            continue;
        }
        const auto [other, is_new] = first.try_emplace(*address_of((*shape)->schema, writes[i]), i);
        if (!is_new) {
            const Error twice{ErrorCode::kInvalidInput,
                              "Transaction request cannot include multiple operations on one item"};
            outcomes[i].error = outcomes[other->second].error = twice;
        }
    }
}

bool has_error(const WriteOutcome& outcome) {
    return outcome.error.has_value();
}

}  // namespace

void cancel_others(std::vector<WriteOutcome>& outcomes) {
    for (auto& outcome : outcomes) {
        if (!outcome.error) {
            outcome.error = Error{ErrorCode::kTransactionCanceled,
                                  "Another write of the same transaction was refused"};
        }
    }
}

std::optional<std::vector<WriteOutcome>> outcomes_of_cancellation(const aws::ServiceError& refused,
                                                                  std::span<const Write> writes) {
    auto reasons = reasons_of(refused);
    if (reasons.size() != writes.size()) {
        return std::nullopt;
    }
    std::vector<WriteOutcome> outcomes(writes.size());
    for (std::size_t i = 0; i < writes.size(); ++i) {
        if (!reasons[i].code.empty()) {
            outcomes[i].error = error_of(reasons[i]);
            outcomes[i].before = std::move(reasons[i].item);
        }
    }
    if (std::ranges::none_of(outcomes, has_error)) {
        return std::nullopt;
    }
    cancel_others(outcomes);
    return outcomes;
}

bool is_passing(const aws::ServiceError& refused) {
    if (refused.type == "TransactionInProgressException") {
        return true;
    }
    if (refused.type != "TransactionCanceledException") {
        return false;
    }
    bool any = false;
    for (const auto& reason : reasons_of(refused)) {
        const bool passes = passing(reason.code) != nullptr;
        if (!passes && !reason.code.empty()) {
            return false;
        }
        any = any || passes;
    }
    return any;
}

std::vector<WriteOutcome> blame(const Link& link, const Shapes& shapes,
                                std::span<const Write> writes, Error error) {
    std::vector<WriteOutcome> outcomes(writes.size());
    if (error.code == ErrorCode::kTableNotFound) {
        blame_tables(link, writes, outcomes);
    } else if (error.code == ErrorCode::kInvalidInput) {
        blame_keys(shapes, writes, outcomes);
    }
    if (std::ranges::none_of(outcomes, has_error)) {
        return refuse_all(writes.size(), error);
    }
    cancel_others(outcomes);
    return outcomes;
}

}  // namespace meridian::store::dynamodb
