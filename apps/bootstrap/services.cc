#include "services.h"

#include <utility>

#include "aws/credential_chain.h"
#include "aws/dynamodb_service.h"
#include "catalog/tables.h"
#include "lambda/metered_service.h"
#include "store/dynamodb/dynamodb_store.h"

namespace meridian::bootstrap {

Services::Services(aws::Environment environment, lambda::Metrics& metrics, const Clock& clock,
                   Random& random)
    : environment_(std::move(environment)), metrics_(metrics), clock_(clock), random_(random) {}

Result<void> Services::read_settings() {
    if (settings_) {
        return {};
    }
    auto read = aws::read_aws_settings(environment_);
    if (!read) {
        return std::unexpected(std::move(read.error()));
    }
    settings_ = std::make_shared<const aws::AwsSettings>(*std::move(read));
    credentials_ = aws::default_credentials(*settings_, {clock_, random_});
    return {};
}

Result<std::unique_ptr<store::TableStore>> Services::open_tables(const std::string& region) {
    if (auto read = read_settings(); !read) {
        return std::unexpected(std::move(read.error()));
    }
    auto service = aws::make_dynamodb_service(*settings_, region, credentials_, {clock_, random_});
    if (!service) {
        return std::unexpected(std::move(service.error()));
    }
    return store::open_dynamodb_store(lambda::metered(*std::move(service), metrics_, clock_),
                                      {.known_tables = catalog::table_schemas()}, clock_, random_);
}

Result<std::unique_ptr<aws::Topic>> Services::open_topic(const std::string& arn) {
    if (auto read = read_settings(); !read) {
        return std::unexpected(std::move(read.error()));
    }
    return aws::Topic::open(*settings_, arn, credentials_, {clock_, random_});
}

}  // namespace meridian::bootstrap
