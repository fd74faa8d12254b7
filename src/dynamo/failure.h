// What the service answers when it refuses: one named maker for each of its errors.
//
// Source of types and texts: Amazon DynamoDB API reference, "Common Errors" and each operation's
// errors.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace meridian::dynamo {

// `type` without its namespace, such as "ValidationException".
struct [[nodiscard]] Failure {
    std::string type;
    std::string message;
    int status = 400;
    // Further members of the answer, as JSON without braces: `"Item":{…}`. Empty: none.
    std::string members = {};
};

template <typename T>
using Outcome = std::expected<T, Failure>;

[[nodiscard]] std::unexpected<Failure> refuse(std::string_view type, std::string message);

[[nodiscard]] std::unexpected<Failure> validation(std::string message);
// The request's JSON is not what the operation takes.
[[nodiscard]] std::unexpected<Failure> serialization(std::string message);
[[nodiscard]] std::unexpected<Failure> unknown_operation();
[[nodiscard]] std::unexpected<Failure> resource_not_found(std::string message);
// "Requested resource not found", as operations on items say it.
[[nodiscard]] std::unexpected<Failure> resource_not_found();
[[nodiscard]] std::unexpected<Failure> resource_in_use(std::string message);
[[nodiscard]] std::unexpected<Failure> limit_exceeded(std::string message);

// An error of a lower module, in the service's terms. What the caller can't mend is
// InternalServerError; a full queue or disk is something to try again.
[[nodiscard]] Failure failure_of(Error error);
// For `return passed_on(result.error());`.
[[nodiscard]] std::unexpected<Failure> passed_on(Error error);

// `return failed(key);` passes on what another Outcome has to say, whatever it is of.
template <typename T>
[[nodiscard]] std::unexpected<Failure> failed(Outcome<T>& outcome) {
    return std::unexpected(std::move(outcome.error()));
}

// The body of the answer: {"__type":"com.amazonaws.dynamodb.v20120810#…","message":"…",…}.
[[nodiscard]] std::string render(const Failure& failure);

}  // namespace meridian::dynamo
