#include "store/dynamodb/transactions.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <variant>

#include "expression/render.h"
#include "store/dynamodb/backoff.h"
#include "store/dynamodb/cancellation.h"
#include "store/dynamodb/point_reads.h"
#include "store/dynamodb/request.h"
#include "store/dynamodb/single_writes.h"
#include "store/write_logic.h"

namespace meridian::store::dynamodb {
namespace {

constexpr Backoff::Limits kConflict{.first = std::chrono::milliseconds{10},
                                    .longest = std::chrono::milliseconds{500},
                                    .altogether = std::chrono::seconds{5}};

// By it the service knows a transaction again. As long as one may have.
std::string new_token(const Link& link) {
    return link.random().alphanumeric(36);
}

// The service is at work on it: another token would have it made twice.
bool is_under_way(const aws::ServiceError& refused) {
    return refused.type == "TransactionInProgressException";
}

// The key of a write that isn't a put; null: of a put.
const item::Key* key_in(const Write& write) {
    if (const auto* update = std::get_if<UpdateItem>(&write.action)) {
        return &update->key;
    }
    if (const auto* deletion = std::get_if<DeleteItem>(&write.action)) {
        return &deletion->key;
    }
    const auto* check = std::get_if<CheckItem>(&write.action);
    return check == nullptr ? nullptr : &check->key;
}

std::string_view operation_of(const Write& write) {
    return std::holds_alternative<PutItem>(write.action)      ? "Put"
           : std::holds_alternative<UpdateItem>(write.action) ? "Update"
           : std::holds_alternative<DeleteItem>(write.action) ? "Delete"
                                                              : "ConditionCheck";
}

// {"Put":{…}}
Result<std::string> action_of(const Link& link, const Write& write) {
    if (auto checked = check_locally(write); !checked) {
        return std::unexpected(std::move(checked).error());
    }
    Request request;
    expression::Renderer renderer;
    request.text("TableName", link.remote(write.table));
    if (const auto* key = key_in(write)) {
        request.attributes("Key", *key);
    } else {
        request.attributes("Item", std::get<PutItem>(write.action).item);
    }
    if (const auto* update = std::get_if<UpdateItem>(&write.action)) {
        add_update(*update, renderer, request);
    }
    add_condition(write, renderer, request);
    request.placeholders(renderer);
    auto body = std::move(request).take();
    if (!body) {
        return body;
    }
    Request action;
    action.json(operation_of(write), *body);
    return std::move(action).take();
}

// "[{…},{…}]"; else what is wrong with some of them is in the outcomes.
std::optional<std::string> actions_of(const Link& link, std::span<const Write> writes,
                                      std::vector<WriteOutcome>& outcomes) {
    std::string actions;
    bool all = true;
    for (std::size_t i = 0; i < writes.size(); ++i) {
        auto action = action_of(link, writes[i]);
        if (action) {
            actions.append(actions.empty() ? "[" : ",").append(*action);
        } else {
            outcomes[i].error = std::move(action).error();
            all = false;
        }
    }
    return all ? std::optional(std::move(actions) + "]") : std::nullopt;
}

std::string_view only_table(std::span<const Write> writes) {
    const auto& first = writes.front().table;
    const bool is_only =
        std::ranges::all_of(writes, [&](const Write& write) { return write.table == first; });
    return is_only ? std::string_view(first) : std::string_view();
}

// What is there now that it is made.
std::vector<WriteOutcome> made(const Link& link, std::vector<Write> writes) {
    std::vector<WriteOutcome> outcomes(writes.size());
    std::vector<ItemRef> refs;
    std::vector<std::size_t> of_ref;
    for (std::size_t i = 0; i < writes.size(); ++i) {
        if (auto* put = std::get_if<PutItem>(&writes[i].action)) {
            outcomes[i].after = std::move(put->item);
        } else if (!std::holds_alternative<DeleteItem>(writes[i].action)) {
            refs.push_back({writes[i].table, *key_in(writes[i])});
            of_ref.push_back(i);
        }
    }
    if (refs.empty()) {
        return outcomes;
    }
    if (auto items = get_many(link, refs)) {
        for (std::size_t i = 0; i < refs.size(); ++i) {
            outcomes[of_ref[i]].after = std::move((*items)[i]);
        }
    }
    return outcomes;
}

std::vector<WriteOutcome> refused_by(const Link& link, const Shapes& shapes,
                                     std::span<const Write> writes, aws::ServiceError refused) {
    if (auto outcomes = outcomes_of_cancellation(refused, writes)) {
        return *std::move(outcomes);
    }
    return blame(link, shapes, writes, std::move(refused.error));
}

}  // namespace

std::vector<WriteOutcome> make_transaction(const Link& link, const Shapes& shapes,
                                           std::vector<Write> writes) {
    if (writes.empty()) {
        return {};
    }
    if (writes.size() > kTransactionWritesMax) {
        return refuse_all(writes.size(),
                          {ErrorCode::kTooLarge,
                           fmt::format("A transaction of DynamoDB may have {} writes, and this one "
                                       "has {}; nothing was written",
                                       kTransactionWritesMax, writes.size())});
    }
    std::vector<WriteOutcome> outcomes(writes.size());
    const auto actions = actions_of(link, writes, outcomes);
    if (!actions) {
        cancel_others(outcomes);
        return outcomes;
    }
    auto token = new_token(link);
    Backoff backoff(link, kConflict);
    while (true) {
        Request request;
        request.json("TransactItems", *actions).text("ClientRequestToken", token);
        auto asked = link.ask("TransactWriteItems", std::move(request).take(), only_table(writes));
        if (asked) {
            return made(link, std::move(writes));
        }
        if (!is_passing(asked.error()) || !backoff.wait()) {
            return refused_by(link, shapes, writes, std::move(asked).error());
        }
        if (!is_under_way(asked.error())) {
            token = new_token(link);
        }
    }
}

}  // namespace meridian::store::dynamodb
