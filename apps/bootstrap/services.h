// What the functions use of AWS: tables, and a topic for alerts.
#pragma once

#include <memory>
#include <string>

#include "aws/json_service.h"
#include "aws/sns.h"
#include "base/clock.h"
#include "base/result.h"
#include "cloud/aws_access.h"
#include "functions/settings.h"
#include "lambda/metrics.h"

namespace meridian::bootstrap {

// Role: opens services, all with the same settings and credentials. Threads: one. Everything must
// outlive what is opened, which outlives this.
//
// Nobody is asked before the first use. Errors: kConfiguration, what AWS's own settings say makes
// no sense; the message names the variable or the file.
class Services {
  public:
    Services(functions::SettingSource settings, lambda::Metrics& metrics, const Clock& clock);

    // DynamoDB in a region; how its calls go is counted.
    [[nodiscard]] Result<std::shared_ptr<aws::JsonService>> dynamodb(const std::string& region);
    // Also kConfiguration: `arn` is no topic's.
    [[nodiscard]] Result<std::unique_ptr<aws::Topic>> open_topic(const std::string& arn);

  private:
    [[nodiscard]] Result<void> find_access();

    functions::SettingSource settings_;
    lambda::Metrics& metrics_;
    const Clock& clock_;
    std::shared_ptr<const cloud::AwsAccess> access_;  // null: not found yet
};

}  // namespace meridian::bootstrap
