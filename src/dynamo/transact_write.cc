#include "dynamo/transact_write.h"

#include <algorithm>
#include <array>
#include <boost/json/serialize.hpp>
#include <exception>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "base/log.h"
#include "dynamo/cancellation.h"
#include "dynamo/capacity.h"
#include "dynamo/item_writes.h"
#include "dynamo/request_tokens.h"
#include "dynamo/transact_actions.h"
#include "item/codec.h"
#include "item/json.h"

namespace meridian::dynamo {

namespace json = boost::json;

namespace {

constexpr Shape kClientRequestToken = text({.min = 1, .max = 36});
constexpr std::array kMembers{
    Member{"ClientRequestToken", &kClientRequestToken},
    Member{"ReturnConsumedCapacity", &kReturnConsumedCapacity},
    Member{"ReturnItemCollectionMetrics", &kReturnItemCollectionMetrics},
    Member{"TransactItems", &kTransactWriteItemList, Need::kRequired},
};

// Old tokens are forgotten at one use in so many.
constexpr std::uint64_t kForgetEvery = 256;

struct Transaction {
    std::vector<TransactAction> actions;
    std::optional<RequestToken> token;
    Capacity capacity = Capacity::kNone;
    bool metrics = false;
};

using Outcomes = std::vector<store::WriteOutcome>;

CancellationReason reason_of(const TransactAction& action, store::WriteOutcome& outcome) {
    if (!outcome.error || outcome.error->code == ErrorCode::kTransactionCanceled) {
        return {};
    }
    const bool condition_failed = outcome.error->code == ErrorCode::kConditionFailed;
    if (condition_failed && action.copies.failed_on(outcome.before.get())) {
        return {.code = "ValidationError", .message = std::string(kCopiesDoNotFit)};
    }
    CancellationReason reason{.code =
                                  condition_failed ? "ConditionalCheckFailed" : "ValidationError"};
    if (condition_failed && action.item_on_failure && outcome.before) {
        item::append_dynamodb_json(*outcome.before, reason.item);
    }
    const store::Write like{.table = {},
                            .action = action.kind == ActionKind::kUpdate
                                          ? decltype(store::Write::action)(store::UpdateItem{})
                                          : decltype(store::Write::action)(store::CheckItem{}),
                            .condition = {}};
    reason.message = refusal_of(like, false, outcome).message;
    return reason;
}

// Whether the client can't have caused it.
bool is_ours(const Error& error) {
    switch (error.code) {
        case ErrorCode::kConditionFailed:
        case ErrorCode::kInvalidInput:
        case ErrorCode::kTooLarge:
        case ErrorCode::kTransactionCanceled:
            return false;
        default:
            return true;
    }
}

// The token's own write, when there is one, is the last.
bool is_fault_of_token(const Transaction& transaction, const Outcomes& outcomes) {
    const auto& error = outcomes.back().error;
    return transaction.token && error && error->code != ErrorCode::kTransactionCanceled;
}

Outcome<void> check_made(const Transaction& transaction, Outcomes& outcomes) {
    for (auto& outcome : outcomes) {
        if (outcome.error && is_ours(*outcome.error)) {
            return passed_on(std::move(*outcome.error));
        }
    }
    if (is_fault_of_token(transaction, outcomes)) {
        return passed_on({ErrorCode::kCorruption, "The token of the request can't be kept: " +
                                                      outcomes.back().error->message});
    }
    std::vector<CancellationReason> reasons;
    for (std::size_t i = 0; i < transaction.actions.size(); ++i) {
        reasons.push_back(reason_of(transaction.actions[i], outcomes[i]));
    }
    return check_not_cancelled(reasons);
}

// A repeated request reads what it wrote before.
Consumed consumed_by(const TransactAction& action, const store::WriteOutcome& outcome,
                     bool repeated) {
    if (repeated) {
        return {.table = read_units(outcome.before ? item::size_bytes(*outcome.before) : 0,
                                    Consistency::kTransaction)};
    }
    const auto* before = outcome.before.get();
    auto consumed = consumed_by_write(
        *action.table, before,
        action.kind == ActionKind::kConditionCheck ? before : outcome.after.get());
    consumed *= 2;
    return consumed;
}

void append_capacities(const Transaction& transaction, const Outcomes& outcomes, bool repeated,
                       std::string& out) {
    std::map<std::string_view, Consumed> by_table;
    for (std::size_t i = 0; i < transaction.actions.size(); ++i) {
        const auto& action = transaction.actions[i];
        by_table[action.table->name] += consumed_by(action, outcomes[i], repeated);
    }
    out += R"("ConsumedCapacity":[)";
    std::string_view separator;
    for (const auto& [table, consumed] : by_table) {
        out += std::exchange(separator, ",");
        append_consumed(table, consumed, transaction.capacity,
                        repeated ? Split::kReads : Split::kWrites, out);
    }
    out += ']';
}

void append_item_metrics(const Transaction& transaction, std::string& out) {
    std::map<std::string_view, std::string> by_table;
    std::set<std::pair<std::string_view, std::string>> seen;
    for (const auto& action : transaction.actions) {
        const auto& table = *action.table;
        if (action.kind == ActionKind::kConditionCheck || !has_item_collections(table)) {
            continue;
        }
        auto partition = item::encode({{"", action.key.at(table.key.partition.name)}});
        if (seen.emplace(table.name, std::move(partition)).second) {
            auto& metrics = by_table[table.name];
            metrics += metrics.empty() ? "" : ",";
            append_metrics(table, action.key, metrics);
        }
    }
    out += R"("ItemCollectionMetrics":{)";
    std::string_view separator;
    for (const auto& [table, metrics] : by_table) {
        out += std::exchange(separator, ",");
        item::append_json_string(table, out);
        out += ":[" + metrics + "]";
    }
    out += '}';
}

Outcome<std::string> answer_of(const Transaction& transaction, Outcomes outcomes) {
    bool repeated = false;
    if (transaction.token && outcomes.back().error &&
        outcomes.back().error->code == ErrorCode::kConditionFailed) {
        if (auto checked = check_repeated(*transaction.token, outcomes.back()); !checked) {
            return failed(checked);
        }
        repeated = true;
    } else if (auto made = check_made(transaction, outcomes); !made) {
        return failed(made);
    }
    std::string out = "{";
    if (transaction.capacity != Capacity::kNone) {
        append_capacities(transaction, outcomes, repeated, out);
    }
    if (transaction.metrics) {
        out += out.size() > 1 ? "," : "";
        append_item_metrics(transaction, out);
    }
    out += '}';
    return out;
}

Outcome<std::vector<store::Write>> writes_of(World& world, Transaction& transaction) {
    std::vector<store::Write> writes;
    writes.reserve(transaction.actions.size() + 1);
    for (auto& action : transaction.actions) {
        writes.push_back(store_write(action));
    }
    if (transaction.token) {
        auto write = remember(world, *transaction.token);
        if (!write) {
            return passed_on(std::move(write.error()));
        }
        writes.push_back(*std::move(write));
        if (world.random.next() % kForgetEvery == 0) {
            forget_old_tokens(world);
        }
    }
    return writes;
}

Outcome<Transaction> read(World& world, const json::object& parameters) {
    const auto& items = *array_of(parameters, "TransactItems");
    auto actions = read_actions(items);
    if (!actions) {
        return failed(actions);
    }
    if (auto checked = check_actions(world, *actions); !checked) {
        return failed(checked);
    }
    Transaction transaction{.actions = *std::move(actions), .token = std::nullopt};
    if (const auto token = text_of(parameters, "ClientRequestToken")) {
        transaction.token = request_token(*token, json::serialize(items));
    }
    transaction.capacity = capacity_of(parameters);
    transaction.metrics = text_of(parameters, "ReturnItemCollectionMetrics") == "SIZE";
    return transaction;
}

}  // namespace

constinit const Shape kTransactWriteItems = structure("TransactWriteItemsInput", kMembers);

void transact_write_items(Call call) {
    auto transaction = read(call.world, call.parameters());
    if (!transaction) {
        call.respond(failed(transaction));
        return;
    }
    auto writes = writes_of(call.world, *transaction);
    if (!writes) {
        call.respond(failed(writes));
        return;
    }
    auto& store = call.world.store;
    store.submit(
        *std::move(writes), store::Atomicity::kAll,
        [held = std::move(call), made = *std::move(transaction)](Outcomes outcomes) mutable {
            try {
                held.respond(answer_of(made, std::move(outcomes)));
            } catch (const std::exception& error) {
                log(LogLevel::kError, "dynamo", "a transaction's answer failed: {}", error.what());
            }
        });
}

}  // namespace meridian::dynamo
