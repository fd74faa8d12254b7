#include "services.h"

#include <utility>

#include "lambda/metered_service.h"

namespace meridian::bootstrap {

Services::Services(functions::SettingSource settings, lambda::Metrics& metrics, const Clock& clock)
    : settings_(std::move(settings)), metrics_(metrics), clock_(clock) {}

Result<void> Services::find_access() {
    if (access_) {
        return {};
    }
    auto found = cloud::AwsAccess::find({}, settings_);
    if (!found) {
        return std::unexpected(std::move(found.error()));
    }
    access_ = *std::move(found);
    return {};
}

Result<std::shared_ptr<aws::JsonService>> Services::dynamodb(const std::string& region) {
    if (auto found = find_access(); !found) {
        return std::unexpected(std::move(found.error()));
    }
    auto service = access_->dynamodb(region);
    if (!service) {
        return service;
    }
    return lambda::metered(*std::move(service), metrics_, clock_);
}

Result<std::unique_ptr<aws::Topic>> Services::open_topic(const std::string& arn) {
    if (auto found = find_access(); !found) {
        return std::unexpected(std::move(found.error()));
    }
    return aws::Topic::open(access_->settings(), arn, access_->credentials(), access_->tools());
}

}  // namespace meridian::bootstrap
