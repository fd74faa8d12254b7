// Services to test against: our own DynamoDB of one region, in this process.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "aws/json_service.h"
#include "dynamo/regions_for_tests.h"

namespace meridian::store {

// DynamoDB's service over a store in memory. Threads: any.
class RegionInProcess final : public aws::JsonService {
  public:
    std::expected<std::string, aws::ServiceError> call(std::string_view operation,
                                                       std::string body) override {
        auto answer = region_.call(operation, body);
        if (answer.status == 200) {
            return std::move(answer.body);
        }
        return std::unexpected(
            aws::ServiceError{{ErrorCode::kUnavailable,
                               "DynamoDB " + std::string(operation) + ": " + answer.error_type},
                              answer.error_type,
                              std::move(answer.body),
                              false});
    }

  private:
    dynamo::TestRegion region_{"us-east-1", {"us-east-1"}};
};

}  // namespace meridian::store
