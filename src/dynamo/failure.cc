#include "dynamo/failure.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "item/json.h"

namespace meridian::dynamo {
namespace {

struct Namespace {
    std::string_view type;
    std::string_view name;
};
// What all AWS services share; the other errors are DynamoDB's own.
constexpr std::string_view kService = "com.amazon.coral.service";
constexpr std::array<Namespace, 11> kShared{{
    {"ValidationException", "com.amazon.coral.validate"},
    {"SerializationException", kService},
    {"UnknownOperationException", kService},
    {"MissingAuthenticationTokenException", kService},
    {"IncompleteSignatureException", kService},
    {"UnrecognizedClientException", kService},
    {"InvalidSignatureException", kService},
    {"ExpiredTokenException", kService},
    {"AccessDeniedException", kService},
    {"ThrottlingException", "com.amazon.coral.availability"},
    {"ServiceUnavailableException", "com.amazon.coral.availability"},
}};

}  // namespace

std::unexpected<Failure> refuse(std::string_view type, std::string message) {
    return std::unexpected(Failure{.type = std::string(type), .message = std::move(message)});
}

std::unexpected<Failure> validation(std::string message) {
    return refuse("ValidationException", std::move(message));
}

std::unexpected<Failure> serialization(std::string message) {
    return refuse("SerializationException", std::move(message));
}

std::unexpected<Failure> unknown_operation() {
    return refuse("UnknownOperationException", "");
}

std::unexpected<Failure> resource_not_found(std::string message) {
    return refuse("ResourceNotFoundException", std::move(message));
}

std::unexpected<Failure> resource_not_found() {
    return resource_not_found("Requested resource not found");
}

std::unexpected<Failure> resource_in_use(std::string message) {
    return refuse("ResourceInUseException", std::move(message));
}

std::unexpected<Failure> limit_exceeded(std::string message) {
    return refuse("LimitExceededException", std::move(message));
}

Failure failure_of(Error error) {
    switch (error.code) {
        case ErrorCode::kTooLarge:  // of an item
            return {.type = "ValidationException", .message = std::move(error.message)};
        case ErrorCode::kTableNotFound:
            return {.type = "ResourceNotFoundException", .message = "Requested resource not found"};
        case ErrorCode::kOverloaded:
            return {.type = "ThrottlingException", .message = std::move(error.message)};
        default: {
            const auto& row = info(error.code);
            return {.type = std::string(row.aws_type),
                    .message = std::move(error.message),
                    .status = row.http_status < 500 ? 400 : row.http_status};
        }
    }
}

std::unexpected<Failure> passed_on(Error error) {
    return std::unexpected(failure_of(std::move(error)));
}

std::string render(const Failure& failure) {
    const auto* shared = std::ranges::find(kShared, failure.type, &Namespace::type);
    std::string text = fmt::format(
        R"({{"__type":"{}#{}")",
        shared != kShared.end() ? shared->name : "com.amazonaws.dynamodb.v20120810", failure.type);
    if (!failure.message.empty()) {
        // The service writes some with a capital letter.
        const bool capital = failure.type == "SerializationException" ||
                             failure.type == "TransactionCanceledException";
        text += capital ? R"(,"Message":)" : R"(,"message":)";
        item::append_json_string(failure.message, text);
    }
    if (!failure.members.empty()) {
        text += ',';
        text += failure.members;
    }
    text += '}';
    return text;
}

}  // namespace meridian::dynamo
