// The tables of the deployment's regions, as the functions on AWS see them: DynamoDB's.
#pragma once

#include <memory>
#include <string>

#include "aws/aws_config.h"
#include "aws/credential_provider.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "lambda/metrics.h"
#include "store/table_store.h"

namespace meridian::bootstrap {

// Role: opens tables, all with the same credentials. Threads: one. Everything must outlive the
// tables; they outlive this.
class Tables {
  public:
    Tables(aws::Environment environment, lambda::Metrics& metrics, const Clock& clock,
           Random& random);

    // Asks nobody yet. kConfiguration: what AWS's own settings say makes no sense; the message
    // names the variable or the file.
    [[nodiscard]] Result<std::unique_ptr<store::TableStore>> open(const std::string& region);

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
