#include "rest/changes.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "management/diff.h"
#include "management/history.h"
#include "rest/answers.h"
#include "rest/bodies.h"
#include "rest/lists.h"
#include "rest/page_token.h"
#include "rest/writing.h"

namespace meridian::rest {
namespace {

item::Map change_map(const management::Change& change) {
    return {{"changeId", change.change_id},
            {"operation", management::to_string(change.operation)},
            {"version", item::Number(change.version)},
            {"at", format_instant(change.at)},
            {"who", item::Map{{"name", change.who.name},
                              {"accessKeyId", change.who.access_key_id},
                              {"role", management::to_string(change.who.role)}}},
            {"from", change.who.address},
            {"reason", change.reason},
            {"via", change.via},
            {"requestId", change.who.request_id},
            {"before", item_or_null(change.before)},
            {"after", item_or_null(change.after)}};
}

Result<bool> newest_first(const Call& call) {
    const auto order = call.parameters.text("order").value_or("newest");
    if (order != "newest" && order != "oldest") {
        return fail(ErrorCode::kInvalidInput, "the query parameter 'order' is newest or oldest");
    }
    return order == "newest";
}

std::unexpected<management::Refusal> refuse(management::FieldError error) {
    return std::unexpected(management::Refusal(management::Invalid{{std::move(error)}, {}, false}));
}

struct RestoreBody {
    std::string change_id;
    std::optional<std::int64_t> version;
};

management::EditResult<RestoreBody> parse_restore(std::string_view text) {
    const auto value = parse_body(text);
    if (!value) {
        return std::unexpected(management::Refusal(value.error()));
    }
    const auto* map = value->as<item::Map>();
    const auto* id = map == nullptr ? nullptr : item::find(*map, "changeId");
    if (id == nullptr || id->as<std::string>() == nullptr) {
        return refuse(
            {"/changeId", "is not the id of a change", R"("01JN1S6G00DWK0FZ3GRRV6S2AB")"});
    }
    RestoreBody body{*id->as<std::string>(), std::nullopt};
    const auto* version = item::find(*map, "version");
    if (version == nullptr || version->as<item::Null>() != nullptr) {
        return body;
    }
    const auto* number = version->as<item::Number>();
    body.version = number == nullptr ? std::nullopt : number->to_int64();
    if (!body.version || *body.version < 0) {
        return refuse({"/version", "is not a version", "3"});
    }
    return body;
}

// Whether what the headers say is stored can be that version.
bool agrees(const management::Expected& expected, std::int64_t version) {
    const auto* stated = std::get_if<management::Version>(&expected);
    return stated != nullptr ? stated->number == version
                             : !std::holds_alternative<management::Absent>(expected);
}

}  // namespace

Answer list_changes(const Call& call) {
    const auto id = call.entity();
    const auto limit = limit_of(call);
    const auto newest = newest_first(call);
    if (!id || !limit || !newest) {
        return std::unexpected(!id ? id.error() : !limit ? limit.error() : newest.error());
    }
    const auto name = management::to_text(*id);
    const auto list = name + (*newest ? " newest" : " oldest");
    management::HistoryQuery query{*id, *limit, {}, *newest};
    if (const auto token = call.parameters.text("next")) {
        auto place = read_page_token(*token, list, 1);
        if (!place) {
            return std::unexpected(std::move(place.error()));
        }
        query.start_after = std::move(place->front());
    }
    const auto page = management::read_history(call.parts.store, query);
    if (!page) {
        return std::unexpected(page.error());
    }
    item::List changes;
    for (const auto& change : page->changes) {
        changes.emplace_back(change_map(change));
    }
    item::Map body{{"entity", name}, {"changes", std::move(changes)}};
    if (!page->next.empty()) {
        body["next"] = make_page_token(list, {page->next});
    }
    return json_answer(200, item::Value(std::move(body)));
}

Answer get_change(const Call& call) {
    const auto id = call.entity();
    if (!id) {
        return std::unexpected(id.error());
    }
    const auto change = management::find_change(call.parts.store, *id, call.arguments.back());
    if (!change) {
        return std::unexpected(change.error());
    }
    if (!*change) {
        return refusal_answer(management::NotFound{"the history has no such change"});
    }
    auto body = change_map(**change);
    body["entity"] = management::to_text(*id);
    body["diff"] = difference_list(management::diff((*change)->before.value_or(item::Item{}),
                                                    (*change)->after.value_or(item::Item{})));
    return json_answer(200, item::Value(std::move(body)));
}

Answer restore_change(const Call& call) {
    if (auto type = check_media_type(call.request, std::array{kJson}); !type) {
        return std::unexpected(std::move(type.error()));
    }
    const auto id = call.entity();
    if (!id) {
        return std::unexpected(id.error());
    }
    const auto body = parse_restore(call.request.body);
    if (!body) {
        return refusal_answer(body.error());
    }
    return answer_edit(
        call, id->kind,
        [&](management::EditOptions options) -> management::EditResult<management::Edited> {
            if (body->version && !agrees(options.expected, *body->version)) {
                return refuse({"/version", "is not what the headers say", ""});
            }
            if (body->version) {
                options.expected = management::Version{*body->version};
            }
            return call.parts.editor.restore(*id, body->change_id, options, call.caller);
        });
}

}  // namespace meridian::rest
