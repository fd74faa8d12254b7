#include "rest/answers.h"

#include <fmt/format.h>

#include <algorithm>
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

// A visitor of several functions.
template <typename... Functions>
struct Cases : Functions... {
    using Functions::operator()...;
};

}  // namespace

Response json_answer(int status, std::string body) {
    return {status, {{"Content-Type", "application/json"}}, std::move(body)};
}

Response json_answer(int status, const item::Value& body) {
    return json_answer(status, item::to_plain_json(body));
}

Response error_answer(const Error& error) {
    return refusal_answer(error);
}

Response refusal_answer(const management::Refusal& refusal) {
    const auto [code, message] = refused(refusal);
    auto body = refusal_details(refusal);
    body["message"] = message;
    auto response = json_answer(info(code).http_status, item::Value(std::move(body)));
    response.headers.emplace_back("X-Amzn-ErrorType", info(code).aws_type);
    if (const auto* conflict = std::get_if<management::Conflict>(&refusal);
        conflict != nullptr && conflict->current) {
        response.headers.emplace_back("ETag",
                                      entity_tag(management::version_of(*conflict->current)));
    }
    return response;
}

Refused refused(const management::Refusal& refusal) {
    return std::visit(Cases{[](const management::Invalid& invalid) {
                                return Refused{invalid.too_large ? ErrorCode::kTooLarge
                                                                 : ErrorCode::kInvalidInput,
                                               summary_of(invalid.errors)};
                            },
                            [](const management::Conflict& conflict) {
                                return Refused{ErrorCode::kVersionConflict, conflict.message};
                            },
                            [](const management::NotFound& absent) {
                                return Refused{ErrorCode::kRouteNotFound, absent.message};
                            },
                            [](const Error& error) { return Refused{error.code, error.message}; }},
                      refusal);
}

item::Map refusal_details(const management::Refusal& refusal) {
    return std::visit(
        Cases{[](const management::Invalid& invalid) {
                  return item::Map{{"errors", field_list(invalid.errors)},
                                   {"warnings", field_list(invalid.warnings)}};
              },
              [](const management::Conflict& conflict) {
                  const auto version =
                      conflict.current ? management::version_of(*conflict.current) : 0;
                  return item::Map{{"current", item_or_null(conflict.current)},
                                   {"currentVersion", item::Number(version)}};
              },
              [](const management::NotFound&) { return item::Map{}; },
              [](const Error& error) {
                  return error.code == ErrorCode::kMalformedJson
                             ? item::Map{{"errors", field_list({{"", error.message, ""}})}}
                             : item::Map{};
              }},
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
