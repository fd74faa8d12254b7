#include "dynamo_server.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <utility>

#include "backup/backups.h"
#include "base/log.h"
#include "catalog/tables.h"
#include "dynamo/table_restores.h"

namespace meridian::app {
namespace {

constexpr std::chrono::seconds kExpireEvery{10};

}  // namespace

Result<std::unique_ptr<DynamoServer>> DynamoServer::open(const DynamoServerParts& parts) {
    auto tables =
        dynamo::TableCatalog::open({.region = parts.region, .own = catalog::table_schemas()},
                                   parts.store, parts.clock, parts.random);
    if (!tables) {
        return std::unexpected(std::move(tables).error());
    }
    std::unique_ptr<DynamoServer> server(new DynamoServer(parts, *std::move(tables)));
    if (const auto resumed = dynamo::resume_restores(server->world_); !resumed) {
        log(LogLevel::kError, "dynamo", "Tables that were being restored have to wait: {}",
            resumed.error().message);
    }
    return server;
}

DynamoServer::~DynamoServer() {
    if (world_.backups != nullptr) {
        world_.backups->stop_restores();
    }
}

DynamoServer::DynamoServer(const DynamoServerParts& parts,
                           std::unique_ptr<dynamo::TableCatalog> tables)
    : tables_(std::move(tables)),
      world_{.region = parts.region,
             .regions = parts.regions,
             .store = parts.store,
             .tables = *tables_,
             .backups = parts.backups,
             .clock = parts.clock,
             .random = parts.random,
             .endpoint = parts.endpoint},
      service_(world_, [&workers = parts.workers](
                           dynamo::Service::Job job) { return workers.post(std::move(job)); }),
      expiry_(parts.store, *tables_),
      clock_(parts.clock) {}

void DynamoServer::start_expiry() {
    expiring_ = std::jthread([this](const std::stop_token& stop) {
        std::mutex mutex;
        std::condition_variable_any stopped;
        std::unique_lock lock(mutex);
        while (!stopped.wait_for(lock, stop, kExpireEvery,
                                 [&stop] { return stop.stop_requested(); })) {
            if (const auto swept = expiry_.sweep(clock_.now(), stop); !swept) {
                log(LogLevel::kError, "ttl", "{}", swept.error().message);
            }
        }
    });
}

}  // namespace meridian::app
