#include "rest/writing.h"

#include <fmt/format.h>

#include <string>
#include <utility>
#include <variant>

#include "item/json.h"
#include "rest/answers.h"
#include "rest/headers.h"
#include "rest/preconditions.h"

namespace meridian::rest {
namespace {

constexpr std::size_t kReasonBytesMax = 1'024;

std::string_view name_of(management::Kind kind) {
    switch (kind) {
        case management::Kind::kRule:
            return "Routing rule";
        case management::Kind::kHours:
            return "Business hours";
        case management::Kind::kAgent:
            return "Agent";
    }
    return "";
}

std::string message_of(management::Kind kind, const management::Edited& edited, bool dry_run) {
    if (dry_run) {
        return "Nothing was changed: this is what would be";
    }
    return fmt::format("{} {} successfully", name_of(kind),
                       edited.outcome == management::Outcome::kDeleted ? "deleted" : "updated");
}

Response edited_answer(management::Kind kind, const management::Edited& edited, bool dry_run) {
    item::Map body{{"message", message_of(kind, edited, dry_run)},
                   {"data", edited.item},
                   {"outcome", management::to_string(edited.outcome)},
                   {"warnings", field_list(edited.warnings)}};
    if (dry_run) {
        body["dryRun"] = true;
        body["diff"] = difference_list(edited);
    } else if (!edited.change_id.empty()) {
        body["changeId"] = edited.change_id;
    }
    auto response = json_answer(200, item::Value(std::move(body)));
    if (edited.outcome != management::Outcome::kDeleted) {
        response.headers.emplace_back("ETag", entity_tag(management::version_of(edited.item)));
    }
    return response;
}

// Says why nothing can be that version: it is what tags of no version stand for.
void name_no_version(const management::Expected& expected, management::Refusal& refusal) {
    const auto* version = std::get_if<management::Version>(&expected);
    auto* conflict = std::get_if<management::Conflict>(&refusal);
    if (version != nullptr && version->number == kVersionOfNothing && conflict != nullptr) {
        conflict->message =
            "If-Match names no version: a weak tag (W/...), or one that ETag never has";
    }
}

}  // namespace

Result<management::EditOptions> edit_options_of(const Call& call) {
    const auto dry_run = call.parameters.flag("dryRun");
    const auto strict = call.parameters.flag("strict");
    if (!dry_run || !strict) {
        return std::unexpected(dry_run ? strict.error() : dry_run.error());
    }
    const auto reason = trim(call.request.header("X-Change-Reason"));
    if (reason.size() > kReasonBytesMax || !item::is_utf8(reason)) {
        return fail(ErrorCode::kInvalidInput,
                    fmt::format("X-Change-Reason is not UTF-8, or over {} bytes", kReasonBytesMax));
    }
    return management::EditOptions{.expected = management::Unstated{},
                                   .dry_run = *dry_run,
                                   .strict = *strict,
                                   .reason = std::string(reason),
                                   .via = std::string(call.request.via)};
}

Answer answer_edit(const Call& call, management::Kind kind, const Edit& edit) {
    auto options = edit_options_of(call);
    const auto expected = expected_of_write(call.request);
    if (!options || !expected) {
        return std::unexpected(options ? expected.error() : options.error());
    }
    management::EditResult<management::Edited> result;
    for (const auto& alternative : *expected) {
        options->expected = alternative;
        result = edit(*options);
        if (result || !std::holds_alternative<management::Conflict>(result.error())) {
            break;
        }
    }
    if (!result) {
        name_no_version(expected->back(), result.error());
    }
    return result ? edited_answer(kind, *result, options->dry_run) : refusal_answer(result.error());
}

}  // namespace meridian::rest
