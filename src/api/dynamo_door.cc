#include "api/dynamo_door.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "api/errors.h"
#include "api/payload.h"
#include "dynamo/failure.h"
#include "net/checksum.h"

namespace meridian::api {
namespace {

constexpr std::string_view kTargetHeader = "X-Amz-Target";
constexpr std::string_view kTargetPrefix = "DynamoDB";

constexpr std::array<std::string_view, 5> kItemWrites{"PutItem", "UpdateItem", "DeleteItem",
                                                      "BatchWriteItem", "TransactWriteItems"};
constexpr std::array<std::string_view, 7> kReads{"GetItem",   "BatchGetItem", "TransactGetItems",
                                                 "Query",     "Scan",         "GetShardIterator",
                                                 "GetRecords"};

net::Response response_of(int status, std::string body, std::string_view error_type) {
    net::Response response{.status = status};
    response.headers.reserve(3);
    response.headers.emplace_back("Content-Type", "application/x-amz-json-1.0");
    response.headers.emplace_back("x-amz-crc32", fmt::to_string(net::crc32(body)));
    if (!error_type.empty()) {
        response.headers.emplace_back(kErrorTypeHeader, error_type);
    }
    response.body = std::move(body);
    return response;
}

net::Response response_of(const dynamo::Failure& failure) {
    return response_of(failure.status, dynamo::render(failure), failure.type);
}

// As the service says that somebody isn't known: with 400.
dynamo::Failure refusal(const Error& error) {
    return {.type = std::string(info(error.code).aws_type), .message = error.message};
}

dynamo::Failure denied(const management::Caller& caller, std::string_view operation) {
    return {.type = "AccessDeniedException",
            .message = fmt::format("User: arn:aws:iam::{}:user/{} is not authorized to perform: "
                                   "dynamodb:{}: the role is {}, it takes {}",
                                   dynamo::kAccount, caller.name, operation,
                                   management::to_string(caller.role),
                                   management::to_string(role_for(operation)))};
}

}  // namespace

bool is_for_dynamo(const net::Request& request) {
    return request.method == "POST" && request.target == "/" &&
           request.header(kTargetHeader).starts_with(kTargetPrefix);
}

management::Role role_for(std::string_view operation) {
    if (operation.starts_with("Describe") || operation.starts_with("List") ||
        std::ranges::find(kReads, operation) != kReads.end()) {
        return management::Role::kViewer;
    }
    if (std::ranges::find(kItemWrites, operation) != kItemWrites.end()) {
        return management::Role::kEditor;
    }
    return operation == "CreateBackup" ? management::Role::kOperator : management::Role::kAdmin;
}

DynamoDoor::DynamoDoor(dynamo::Service& service, Gate& gate, Metrics& metrics, const Clock& clock)
    : service_(service), gate_(gate), unknown_(metrics.operation("dynamodb")), denials_(clock) {
    for (const auto operation : dynamo::Service::operations()) {
        operations_.emplace(operation, &metrics.operation(operation));
    }
}

void DynamoDoor::handle(const net::Request& request, Answer answer) {
    const auto target = request.header(kTargetHeader);
    const auto operation = dynamo::Service::operation_of(target);
    const auto counted = operations_.find(operation);
    answer.is_for(counted == operations_.end() ? unknown_ : *counted->second);
    const auto caller = gate_.admit(request, kDynamoService);
    if (!caller) {
        return answer(response_of(refusal(caller.error())));
    }
    answer.is_to(caller->name);
    if (!operation.empty() && caller->role < role_for(operation)) {
        log_limited(denials_, LogLevel::kWarn, "api", "{} by {} from {} refused: the role is {}",
                    operation, caller->name, caller->address, management::to_string(caller->role));
        return answer(response_of(denied(*caller, operation)));
    }
    const Payload payload(request);
    if (!payload.bytes()) {
        return answer(response_of(refusal(payload.bytes().error())));
    }
    service_.handle(
        target, *payload.bytes(), [answer = std::move(answer)](dynamo::Answer answered) mutable {
            answer(response_of(answered.status, std::move(answered.body), answered.error_type));
        });
}

}  // namespace meridian::api
