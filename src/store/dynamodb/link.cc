#include "store/dynamodb/link.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <thread>
#include <utility>

#include "base/mask.h"

namespace meridian::store::dynamodb {
namespace {

struct Meaning {
    std::string_view type;
    ErrorCode code;
};

// Of ServiceError::type; others keep the code that they came with.
constexpr std::array<Meaning, 13> kMeanings{{
    {"ValidationException", ErrorCode::kInvalidInput},
    {"SerializationException", ErrorCode::kInvalidInput},
    {"IdempotentParameterMismatchException", ErrorCode::kInvalidInput},
    {"ItemCollectionSizeLimitExceededException", ErrorCode::kTooLarge},
    {"RequestTooLargeException", ErrorCode::kTooLarge},
    {"ConditionalCheckFailedException", ErrorCode::kConditionFailed},
    {"TransactionConflictException", ErrorCode::kUnavailable},
    {"TransactionInProgressException", ErrorCode::kTimeout},
    {"ProvisionedThroughputExceededException", ErrorCode::kOverloaded},
    {"ThrottlingException", ErrorCode::kOverloaded},
    {"RequestLimitExceeded", ErrorCode::kOverloaded},
    {"LimitExceededException", ErrorCode::kOverloaded},
    {"AccessDeniedException", ErrorCode::kAccessDenied},
}};

bool says_too_large(std::string_view message) {
    return message.find("xceeded the maximum allowed size") != std::string_view::npos;
}
// Then the service's words are those that the embedded stores have, too.
bool is_about_request(ErrorCode code) {
    return code == ErrorCode::kInvalidInput || code == ErrorCode::kTooLarge ||
           code == ErrorCode::kConditionFailed;
}
bool says_being_filled(std::string_view message) {
    return message.starts_with("Cannot read from backfilling");
}

}  // namespace

std::string message_of(const aws::ServiceError& refused) {
    const auto answer = Answer::parse("", refused.body);
    if (!answer) {
        return {};
    }
    auto message = answer->text("message");
    return mask_numbers_in((message ? message : answer->text("Message")).value_or(""));
}

Error table_not_found(std::string_view table) {
    return {ErrorCode::kTableNotFound,
            fmt::format("Requested resource not found: Table: {} not found", table)};
}

Error invalid(std::string words) {
    const auto code = says_too_large(words)      ? ErrorCode::kTooLarge
                      : says_being_filled(words) ? ErrorCode::kUnavailable
                                                 : ErrorCode::kInvalidInput;
    return {code, std::move(words)};
}

Error error_of(const aws::ServiceError& refused, std::string_view table) {
    if (refused.type == "ResourceNotFoundException") {
        return table_not_found(table);
    }
    const auto* known = std::ranges::find(kMeanings, refused.type, &Meaning::type);
    if (known == kMeanings.end()) {
        return refused.error;
    }
    auto message = message_of(refused);
    if (message.empty() || !is_about_request(known->code)) {
        return {known->code, refused.error.message};
    }
    return known->code == ErrorCode::kInvalidInput ? invalid(std::move(message))
                                                   : Error{known->code, std::move(message)};
}

Link::Link(std::shared_ptr<aws::JsonService> service, DynamoDbOptions options, const Clock& clock,
           Random& random)
    : service_(std::move(service)), options_(std::move(options)), clock_(clock), random_(random) {}

void Link::pause(std::chrono::milliseconds time) const {
    if (options_.pause) {
        options_.pause(time);
    } else {
        std::this_thread::sleep_for(time);
    }
}

std::string Link::remote(std::string_view table) const {
    return options_.prefix + std::string(table);
}

std::optional<std::string_view> Link::local(std::string_view remote) const {
    return remote.starts_with(options_.prefix)
               ? std::optional(remote.substr(options_.prefix.size()))
               : std::nullopt;
}

Link::Asked Link::ask(std::string_view operation, Result<std::string> body,
                      std::string_view table) const {
    if (!body) {
        return std::unexpected(aws::ServiceError{std::move(body).error(), {}, {}, false});
    }
    auto answered = service_->call(operation, *std::move(body));
    if (!answered) {
        answered.error().error = error_of(answered.error(), table);
        return std::unexpected(std::move(answered).error());
    }
    auto answer = Answer::parse(operation, *answered);
    if (!answer) {
        return std::unexpected(aws::ServiceError{std::move(answer).error(), {}, {}, false});
    }
    return *std::move(answer);
}

Result<Answer> Link::read(std::string_view operation, Result<std::string> body,
                          std::string_view table) const {
    auto asked = ask(operation, std::move(body), table);
    return asked ? Result<Answer>(*std::move(asked))
                 : std::unexpected(std::move(asked).error().error);
}

}  // namespace meridian::store::dynamodb
