// What the functions use of AWS: tables, and a topic for alerts.
#pragma once

#include <memory>
#include <string>

#include "aws/aws_config.h"
#include "aws/credential_provider.h"
#include "aws/sns.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "lambda/metrics.h"
#include "store/table_store.h"

namespace meridian::bootstrap {

// Role: opens services, all with the same settings and credentials. Threads: one. Everything must
// outlive what is opened, which outlives this.
//
// Nobody is asked before the first use. Errors: kConfiguration, what AWS's own settings say makes
// no sense; the message names the variable or the file.
class Services {
  public:
    Services(aws::Environment environment, lambda::Metrics& metrics, const Clock& clock,
             Random& random);

    // DynamoDB's tables of a region.
    [[nodiscard]] Result<std::unique_ptr<store::TableStore>> open_tables(const std::string& region);
    // Also kConfiguration: `arn` is no topic's.
    [[nodiscard]] Result<std::unique_ptr<aws::Topic>> open_topic(const std::string& arn);

  private:
    [[nodiscard]] Result<void> read_settings();

    aws::Environment environment_;
    lambda::Metrics& metrics_;
    const Clock& clock_;
    Random& random_;
    std::shared_ptr<const aws::AwsSettings> settings_;  // null: not read yet
    std::shared_ptr<aws::CredentialProvider> credentials_;
};

}  // namespace meridian::bootstrap
