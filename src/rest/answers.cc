#include "rest/answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <type_traits>
#include <utility>
#include <variant>

#include "item/json.h"
#include "rest/preconditions.h"

namespace meridian::rest {
namespace {

constexpr std::size_t kFaultsInMessage = 3;

// An example is JSON; as text where it isn't.
item::Value example_of(const management::FieldError& field) {
    auto value = item::parse_plain_json(field.example);
    return value ? *std::move(value) : item::Value(field.example);
}

// The first faults in one sentence, for those who read only the message.
std::string summary_of(const std::vector<management::FieldError>& errors) {
    std::string summary;
    for (const auto& error : std::span(errors).first(std::min(errors.size(), kFaultsInMessage))) {
        summary += fmt::format("{}{} {}", summary.empty() ? "" : "; ",
                               error.pointer.empty() ? "the body" : error.pointer, error.message);
    }
    if (errors.size() > kFaultsInMessage) {
        summary += fmt::format("; and {} more", errors.size() - kFaultsInMessage);
    }
    return summary;
}

RefusalParts typed_parts(ErrorCode code, item::Map members) {
    return {info(code).http_status, info(code).aws_type, std::move(members)};
}

RefusalParts parts_of_error(const Error& error) {
    auto parts = typed_parts(error.code, {{"message", error.message}});
    if (error.code == ErrorCode::kMalformedJson) {
        parts.members["errors"] = field_list({{"", error.message, ""}});
    }
    return parts;
}

RefusalParts parts_of_invalid(const management::Invalid& invalid) {
    return typed_parts(invalid.too_large ? ErrorCode::kTooLarge : ErrorCode::kInvalidInput,
                       {{"message", summary_of(invalid.errors)},
                        {"errors", field_list(invalid.errors)},
                        {"warnings", field_list(invalid.warnings)}});
}

RefusalParts parts_of_conflict(const management::Conflict& conflict) {
    const auto version = conflict.current ? management::version_of(*conflict.current) : 0;
    return typed_parts(ErrorCode::kVersionConflict, {{"message", conflict.message},
                                                     {"current", item_or_null(conflict.current)},
                                                     {"currentVersion", item::Number(version)}});
}

Response render(const RefusalParts& parts) {
    auto response = json_answer(parts.status, item::Value(parts.members));
    response.headers.emplace_back("X-Amzn-ErrorType", parts.type);
    return response;
}

}  // namespace

Response json_answer(int status, std::string body) {
    return {status, {{"Content-Type", "application/json"}}, std::move(body)};
}

Response json_answer(int status, const item::Value& body) {
    return json_answer(status, item::to_plain_json(body));
}

Response error_answer(const Error& error) {
    return render(parts_of_error(error));
}

Response refusal_answer(const management::Refusal& refusal) {
    auto response = render(parts_of(refusal));
    if (const auto* conflict = std::get_if<management::Conflict>(&refusal);
        conflict != nullptr && conflict->current) {
        response.headers.emplace_back("ETag",
                                      entity_tag(management::version_of(*conflict->current)));
    }
    return response;
}

RefusalParts parts_of(const management::Refusal& refusal) {
    return std::visit(
        [](const auto& what) {
            using What = std::decay_t<decltype(what)>;
            if constexpr (std::is_same_v<What, management::Invalid>) {
                return parts_of_invalid(what);
            } else if constexpr (std::is_same_v<What, management::Conflict>) {
                return parts_of_conflict(what);
            } else if constexpr (std::is_same_v<What, management::NotFound>) {
                return typed_parts(ErrorCode::kRouteNotFound, {{"message", what.message}});
            } else {
                return parts_of_error(what);
            }
        },
        refusal);
}

item::List field_list(const std::vector<management::FieldError>& fields) {
    item::List list;
    for (const auto& field : fields) {
        item::Map map{{"pointer", field.pointer}, {"message", field.message}};
        if (!field.example.empty()) {
            map["example"] = example_of(field);
        }
        list.emplace_back(std::move(map));
    }
    return list;
}

item::List difference_list(const std::vector<management::Difference>& differences) {
    item::List list;
    for (const auto& difference : differences) {
        item::Map map{{"pointer", difference.pointer}};
        if (difference.before) {
            map["before"] = *difference.before;
        }
        if (difference.after) {
            map["after"] = *difference.after;
        }
        list.emplace_back(std::move(map));
    }
    return list;
}

item::List difference_list(const management::Edited& edited) {
    const bool is_deleted = edited.outcome == management::Outcome::kDeleted;
    return difference_list(management::diff(edited.before.value_or(item::Item{}),
                                            is_deleted ? item::Item{} : edited.item));
}

item::Value item_or_null(const std::optional<item::Item>& item) {
    return item ? item::Value(*item) : item::Value();
}

}  // namespace meridian::rest
