#include "store/dynamodb/single_writes.h"

#include <fmt/format.h>

#include <utility>
#include <variant>

#include "expression/condition.h"
#include "expression/update.h"
#include "store/dynamodb/backoff.h"
#include "store/dynamodb/point_reads.h"
#include "store/write_logic.h"

namespace meridian::store::dynamodb {
namespace {

constexpr Backoff::Limits kConflict{.first = std::chrono::milliseconds{10},
                                    .longest = std::chrono::milliseconds{500},
                                    .altogether = std::chrono::seconds{5}};

struct Sent {
    std::string_view operation;
    Result<std::string> body;
};

Sent request_of(const Link& link, const Write& write) {
    Request request;
    request.text("TableName", link.remote(write.table));
    expression::Renderer renderer;
    std::string_view operation = "PutItem";
    if (const auto* put = std::get_if<PutItem>(&write.action)) {
        request.attributes("Item", put->item);
    } else if (const auto* update = std::get_if<UpdateItem>(&write.action)) {
        operation = "UpdateItem";
        request.attributes("Key", update->key);
        add_update(*update, renderer, request);
    } else {
        operation = "DeleteItem";
        request.attributes("Key", std::get<DeleteItem>(write.action).key);
    }
    request.text("ReturnValues", "ALL_OLD");
    add_condition(write, renderer, request);
    request.placeholders(renderer);
    return {operation, std::move(request).take()};
}

// What the write makes of an item, without its condition; nothing: it can't be made of it.
std::optional<Image> made_of(const Write& write, const Image& before) {
    if (const auto* put = std::get_if<PutItem>(&write.action)) {
        return Image(put->item);
    }
    if (const auto* update = std::get_if<UpdateItem>(&write.action)) {
        auto after = expression::apply(update->update, before ? *before : update->key);
        return after ? std::optional<Image>(*std::move(after)) : std::nullopt;
    }
    return Image();
}

// The item that the service shows beside its refusal.
Image shown(const aws::ServiceError& refused) {
    const auto answer = Answer::parse("", refused.body);
    auto item = answer ? answer->item("Item") : Result<std::optional<item::Item>>(std::nullopt);
    return item ? Image(*std::move(item)) : Image();
}

WriteOutcome refused_by(const Link& link, Write write, aws::ServiceError refused) {
    WriteOutcome outcome;
    outcome.error = std::move(refused.error);
    if (outcome.error->code == ErrorCode::kConditionFailed) {
        outcome.error->message = "The conditional request failed";
        outcome.before = shown(refused);
        const auto made =
            refused.is_repeated ? made_of(write, outcome.before) : std::optional<Image>();
        if (made && *made == outcome.before) {
            return {.error = {}, .before = {}, .after = *made};
        }
    } else if (outcome.error->code == ErrorCode::kTooLarge &&
               std::holds_alternative<UpdateItem>(write.action)) {
        // The service doesn't say how large the item would be.
        const auto key = std::get<UpdateItem>(write.action).key;
        auto before = get(link, {write.table, key});
        write.condition.reset();
        auto after = before ? evaluate_write(key, std::move(write), *std::move(before))
                            : Result<Image>(Image());
        if (!after && after.error().code == ErrorCode::kTooLarge) {
            outcome.error = std::move(after).error();
        }
    }
    return outcome;
}

WriteOutcome made(const Link& link, const Write& write, const Answer& answer) {
    auto before = answer.item("Attributes");
    if (!before) {
        return {.error = std::move(before).error(), .before = {}, .after = {}};
    }
    WriteOutcome outcome;
    outcome.before = *std::move(before);
    if (auto after = made_of(write, outcome.before)) {
        outcome.after = *std::move(after);
    } else if (const auto* update = std::get_if<UpdateItem>(&write.action)) {
        // The service has taken what our rules refuse.
        if (auto now = get(link, {write.table, update->key})) {
            outcome.after = *std::move(now);
        }
    }
    return outcome;
}

WriteOutcome check(const Link& link, const Write& write) {
    WriteOutcome outcome;
    auto item = get(link, {write.table, std::get<CheckItem>(write.action).key});
    if (!item) {
        outcome.error = std::move(item).error();
        return outcome;
    }
    outcome.before = outcome.after = *std::move(item);
    const auto holds = write.condition
                           ? expression::evaluate(*write.condition, outcome.before.get())
                           : Result<bool>(true);
    if (!holds) {
        outcome.error = holds.error();
    } else if (!*holds) {
        outcome.error = {ErrorCode::kConditionFailed, "The conditional request failed"};
    }
    if (outcome.error) {
        outcome.after = {};
    }
    return outcome;
}

bool is_in_the_way(const aws::ServiceError& refused) {
    return refused.type == "TransactionConflictException";
}

}  // namespace

Result<void> check_locally(const Write& write) {
    const auto* put = std::get_if<PutItem>(&write.action);
    return put == nullptr ? Result<void>{} : check_item(put->item);
}

void add_update(const UpdateItem& update, expression::Renderer& renderer, Request& request) {
    if (update.update != expression::Update{}) {
        request.expression("UpdateExpression", renderer.render(update.update));
    }
}

void add_condition(const Write& write, expression::Renderer& renderer, Request& request) {
    if (write.condition) {
        request.expression("ConditionExpression", renderer.render(*write.condition))
            .text("ReturnValuesOnConditionCheckFailure", "ALL_OLD");
    }
}

WriteOutcome make_write(const Link& link, Write write) {
    if (auto checked = check_locally(write); !checked) {
        return {.error = std::move(checked).error(), .before = {}, .after = {}};
    }
    if (std::holds_alternative<CheckItem>(write.action)) {
        return check(link, write);
    }
    const auto request = request_of(link, write);
    Backoff backoff(link, kConflict);
    while (true) {
        auto asked = link.ask(request.operation, request.body, write.table);
        if (asked) {
            return made(link, write, *asked);
        }
        if (!is_in_the_way(asked.error()) || !backoff.wait()) {
            return refused_by(link, std::move(write), std::move(asked).error());
        }
    }
}

}  // namespace meridian::store::dynamodb
