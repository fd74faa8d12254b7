// DynamoDB's protocol of a region, put together.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "api/workers.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "dynamo/expiry.h"
#include "dynamo/operation.h"
#include "dynamo/service.h"
#include "dynamo/table_catalog.h"

namespace meridian::app {

struct DynamoServerParts {
    std::string region;
    std::vector<std::string> regions;  // that there are, this one included
    store::ReplicaStore& store;
    backup::Backups* backups;  // null: none are kept
    api::Workers& workers;
    const Clock& clock;
    Random& random;
    std::function<std::string()> endpoint;  // where clients reach the region: host:port
};

// Ownership: what it is made with must outlive it, the workers' jobs included. Threads: members
// from one; the service from any.
class DynamoServer {
  public:
    [[nodiscard]] static Result<std::unique_ptr<DynamoServer>> open(const DynamoServerParts& parts);
    // What was being restored goes on at the next start.
    ~DynamoServer();
    DynamoServer(const DynamoServer&) = delete;
    DynamoServer& operator=(const DynamoServer&) = delete;

    [[nodiscard]] dynamo::Service& service() { return service_; }
    // Deletes expired items now and then, from now on.
    void start_expiry();
    void stop_expiry() { expiring_ = {}; }

  private:
    DynamoServer(const DynamoServerParts& parts, std::unique_ptr<dynamo::TableCatalog> tables);

    std::unique_ptr<dynamo::TableCatalog> tables_;
    dynamo::World world_;
    dynamo::Service service_;
    dynamo::ExpirySweeper expiry_;
    const Clock& clock_;
    std::jthread expiring_;
};

}  // namespace meridian::app
