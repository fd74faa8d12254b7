// Answers as the document has them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "item/value.h"
#include "management/diff.h"
#include "management/editor.h"
#include "management/validation.h"
#include "rest/management_api.h"

namespace meridian::rest {

[[nodiscard]] Response json_answer(int status, std::string body);
[[nodiscard]] Response json_answer(int status, const item::Value& body);

// {"message":…} and X-Amzn-ErrorType. What is wrong with a body is told in "errors" too.
[[nodiscard]] Response error_answer(const Error& error);
[[nodiscard]] Response refusal_answer(const management::Refusal& refusal);

// What a refusal is in short, and what its answer tells beside the message: "errors", "current"….
struct Refused {
    ErrorCode code;  // has the HTTP status and the AWS type
    std::string message;
};
[[nodiscard]] Refused refused(const management::Refusal& refusal);
[[nodiscard]] item::Map refusal_details(const management::Refusal& refusal);

[[nodiscard]] item::List field_list(const std::vector<management::FieldError>& fields);
[[nodiscard]] item::List difference_list(const std::vector<management::Difference>& differences);
// From what was stored to what an edit made of it.
[[nodiscard]] item::List difference_list(const management::Edited& edited);

// The item, or null.
[[nodiscard]] item::Value item_or_null(const std::optional<item::Item>& item);

}  // namespace meridian::rest
