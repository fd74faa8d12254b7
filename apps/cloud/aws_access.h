// AWS as this process reaches it: the settings of AWS's tools, and credentials that all services
// share.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "aws/aws_config.h"
#include "aws/credential_provider.h"
#include "aws/json_service.h"
#include "aws/service_client.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "functions/settings.h"

namespace meridian::cloud {

// Ownership: services may outlive it. Threads: any, once it is made.
class AwsAccess {
  public:
    // MERIDIAN_DYNAMODB_ENDPOINTS ("us-east-1=http://127.0.0.1:7401,…") names endpoints of single
    // regions, for tables that aren't AWS's; all else is as AWS's tools have it. Nothing is asked
    // yet. kConfiguration: a setting is wrong.
    [[nodiscard]] static Result<std::shared_ptr<const AwsAccess>> find(
        const aws::SettingsChoice& choice, const functions::SettingSource& settings);

    // Empty: nobody said which.
    [[nodiscard]] const std::string& region() const { return settings_.region; }
    [[nodiscard]] const aws::AwsSettings& settings() const { return settings_; }
    [[nodiscard]] const std::shared_ptr<aws::CredentialProvider>& credentials() const {
        return credentials_;
    }
    [[nodiscard]] aws::ServiceTools tools() const;

    // kConfiguration: the settings name no endpoint.
    [[nodiscard]] Result<std::shared_ptr<aws::JsonService>> dynamodb(
        const std::string& region) const;

  private:
    AwsAccess(aws::AwsSettings settings, std::map<std::string, std::string> endpoints);

    aws::AwsSettings settings_;
    std::map<std::string, std::string> endpoints_;  // of DynamoDB, by region
    std::shared_ptr<aws::CredentialProvider> credentials_;
};

}  // namespace meridian::cloud
