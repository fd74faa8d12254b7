#include "aws/service_fault.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "aws/encoding.h"
#include "aws/json_fields.h"
#include "aws/retry.h"
#include "aws/xml_leaves.h"
#include "base/mask.h"

namespace meridian::aws {
namespace {

using Types = std::initializer_list<std::string_view>;

bool is_one_of(std::string_view type, Types types) {
    return std::ranges::find(types, type) != types.end();
}

// JSON protocols end the names with Exception, Query protocols don't.
constexpr Types kClockTypes = {
    "InvalidSignatureException", "SignatureDoesNotMatch", "RequestTimeTooSkewed", "RequestExpired",
    "RequestInTheFuture",        "InvalidSignature",      "AuthFailure"};
constexpr Types kCredentialTypes = {"ExpiredToken",         "ExpiredTokenException",
                                    "TokenRefreshRequired", "UnrecognizedClientException",
                                    "InvalidClientTokenId", "InvalidToken"};

struct Row {
    std::string_view type;
    ErrorCode code;
};
constexpr Row kCodes[] = {
    {"AccessDenied", ErrorCode::kAccessDenied},
    {"AccessDeniedException", ErrorCode::kAccessDenied},
    {"AuthorizationError", ErrorCode::kAccessDenied},
    {"AuthorizationErrorException", ErrorCode::kAccessDenied},
    {"ConditionalCheckFailedException", ErrorCode::kConditionFailed},
    {"ExpiredIteratorException", ErrorCode::kLogTrimmed},
    {"ExpiredToken", ErrorCode::kExpiredToken},
    {"ExpiredTokenException", ErrorCode::kExpiredToken},
    {"IncompleteSignature", ErrorCode::kIncompleteSignature},
    {"IncompleteSignatureException", ErrorCode::kIncompleteSignature},
    {"InvalidClientTokenId", ErrorCode::kUnrecognizedClient},
    {"InvalidSignature", ErrorCode::kInvalidSignature},
    {"InvalidSignatureException", ErrorCode::kInvalidSignature},
    {"InvalidToken", ErrorCode::kUnrecognizedClient},
    {"ItemCollectionSizeLimitExceededException", ErrorCode::kTooLarge},
    {"MissingAuthenticationToken", ErrorCode::kMissingAuthentication},
    {"MissingAuthenticationTokenException", ErrorCode::kMissingAuthentication},
    {"RequestExpired", ErrorCode::kInvalidSignature},
    {"RequestTimeTooSkewed", ErrorCode::kInvalidSignature},
    {"ResourceInUseException", ErrorCode::kTableExists},
    {"ResourceNotFoundException", ErrorCode::kTableNotFound},
    {"SignatureDoesNotMatch", ErrorCode::kInvalidSignature},
    {"TableNotFoundException", ErrorCode::kTableNotFound},
    {"TransactionCanceledException", ErrorCode::kTransactionCanceled},
    {"TransactionConflictException", ErrorCode::kUnavailable},
    {"TrimmedDataAccessException", ErrorCode::kLogTrimmed},
    {"UnrecognizedClientException", ErrorCode::kUnrecognizedClient},
};

std::string without_namespace(std::string_view type) {
    if (const auto hash = type.find('#'); hash != std::string_view::npos) {
        type.remove_prefix(hash + 1);
    }
    return std::string(type.substr(0, type.find(':')));
}

bool same_name(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, to_lower, to_lower);
}

std::string_view header(const net::Response& response, std::string_view name) {
    const auto found = std::ranges::find_if(
        response.headers, [name](const auto& header) { return same_name(header.first, name); });
    return found == response.headers.end() ? std::string_view() : std::string_view(found->second);
}

}  // namespace

ServiceFault read_json_fault(const net::Response& response) {
    const auto fields = read_json_fields(response.body).value_or(JsonFields());
    ServiceFault fault;
    for (const std::string_view type :
         {field(fields, "__type"), field(fields, "code"), header(response, "x-amzn-ErrorType")}) {
        if (fault.type.empty()) {
            fault.type = without_namespace(type);
        }
    }
    const auto message = field(fields, "message");
    fault.message = message.empty() ? field(fields, "Message") : message;
    return fault;
}

ServiceFault read_query_fault(const net::Response& response) {
    const auto leaves = read_xml_leaves(response.body);
    if (!leaves) {
        return {};
    }
    ServiceFault fault;
    for (const std::string_view root : {"ErrorResponse/Error", "Response/Errors/Error", "Error"}) {
        if (fault.type.empty()) {
            fault.type = leaf(*leaves, fmt::format("{}/Code", root));
            fault.message = leaf(*leaves, fmt::format("{}/Message", root));
        }
    }
    return fault;
}

ErrorCode code_of(const ServiceFault& fault, int status) {
    const auto* row = std::ranges::find(kCodes, fault.type, &Row::type);
    if (row != std::end(kCodes)) {
        return row->code;
    }
    if (classify(status, fault.type) == Fault::kThrottling || status == 429) {
        return ErrorCode::kOverloaded;
    }
    switch (status) {
        case 403:
            return ErrorCode::kAccessDenied;
        case 413:
            return ErrorCode::kTooLarge;
        case 503:
            return ErrorCode::kUnavailable;
        default:
            return status >= 500 || classify(status, fault.type) == Fault::kTransient
                       ? ErrorCode::kTimeout
                   : status >= 400 ? ErrorCode::kInvalidInput
                                   : ErrorCode::kUnavailable;
    }
}

std::string mend_of(const ServiceFault& fault, ErrorCode code, const Caller& caller) {
    if (blames_the_clock(fault)) {
        return "check the secret access key, and this machine's clock";
    }
    if (fault.type == "NotFound") {  // SNS's word for it
        code = ErrorCode::kTableNotFound;
    }
    switch (code) {
        case ErrorCode::kAccessDenied:
            return fmt::format("allow {}:{} on it in the policy of whoever calls", caller.service,
                               caller.operation);
        case ErrorCode::kTableNotFound:
            return fmt::format("check its name, and that it is in {}", caller.region);
        case ErrorCode::kExpiredToken:
            return "get new credentials";
        case ErrorCode::kUnrecognizedClient:
        case ErrorCode::kMissingAuthentication:
        case ErrorCode::kIncompleteSignature:
            return "check the access key and the session token, and that they are of this "
                   "partition "
                   "of AWS";
        case ErrorCode::kOverloaded:
            return fault.type == "ProvisionedThroughputExceededException"
                       ? "raise the table's capacity, or make it on-demand"
                       : fmt::format("call less often, or raise the quota of {} in {}",
                                     caller.service, caller.region);
        default:
            return {};
    }
}

std::string words_of(const ServiceFault& fault) {
    constexpr std::size_t kWordsBytesMax = 1'000;
    std::string_view words = fault.message;
    if (blames_the_clock(fault)) {
        words = words.substr(0, words.find_first_of("\r\n"));
    }
    words = words.substr(0, kWordsBytesMax);
    // Of accounts and resources, which are numbers too.
    return code_of(fault, 400) == ErrorCode::kAccessDenied ? std::string(words)
                                                           : mask_numbers_in(words);
}

bool blames_the_clock(const ServiceFault& fault) {
    return is_one_of(fault.type, kClockTypes);
}

bool blames_the_credentials(const ServiceFault& fault) {
    return is_one_of(fault.type, kCredentialTypes);
}

}  // namespace meridian::aws
