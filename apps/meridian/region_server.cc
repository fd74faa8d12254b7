#include "region_server.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

#include "api/endpoint.h"
#include "api/metrics.h"
#include "api/peer_probe.h"
#include "api/region_client.h"
#include "api/workers.h"
#include "aws/sigv4.h"
#include "base/clock.h"
#include "base/log.h"
#include "catalog/live_catalog.h"
#include "catalog/tables.h"
#include "data_folder.h"
#include "functions/health_check.h"
#include "functions/route_call.h"
#include "functions/settings.h"
#include "net/server.h"
#include "settings.h"
#include "store/memory/memory_store.h"
#include "store/rocksdb/rocksdb_store.h"
#include "tables_file.h"

namespace meridian::app {
namespace {

constexpr std::size_t kWorkers = 4;
constexpr std::size_t kJobsMax = 100;  // each may hold a payload of 6 MB
constexpr std::chrono::seconds kGrace{5};

Result<std::unique_ptr<store::TableStore>> open_tables(const ServeOptions& options,
                                                       const std::filesystem::path& folder,
                                                       const Clock& clock) {
    if (options.store == "dynamodb") {
        return fail(ErrorCode::kNotSupported,
                    "--store dynamodb is not built yet; use --store embedded");
    }
    if (!options.tables.empty()) {
        auto store = store::open_memory_store(clock);
        if (auto loaded = load_tables(options.tables, *store); !loaded) {
            return std::unexpected(loaded.error());
        }
        return store;
    }
    store::RocksDbOptions rocksdb;
    rocksdb.folder = folder / options.region;
    rocksdb.region = options.region;
    if (auto made = make_folder(rocksdb.folder); !made) {
        return std::unexpected(made.error());
    }
    return store::open_rocksdb_store(rocksdb, clock);
}

// A wall clock that stands still, beside one that measures.
class FrozenClock final : public Clock {
  public:
    explicit FrozenClock(Instant at) : at_(at) {}
    [[nodiscard]] Instant now() const override { return at_; }
    [[nodiscard]] std::chrono::nanoseconds monotonic() const override { return real_.monotonic(); }

  private:
    Instant at_;
    SystemClock real_;
};

// A clock for decisions: the machine's, or one that stands still for --at.
Result<std::unique_ptr<Clock>> decision_clock(const std::string& frozen_at) {
    if (frozen_at.empty()) {
        return std::make_unique<SystemClock>();
    }
    const auto at = parse_instant(frozen_at);
    if (!at) {
        return fail_within("--at", at.error());
    }
    return std::make_unique<FrozenClock>(*at);
}

aws::CredentialSource only(aws::Credentials credentials) {
    return [known = std::make_shared<const aws::Credentials>(std::move(credentials))](
               std::string_view id) { return id == known->access_key_id ? known : nullptr; };
}

void log_alert(const functions::Alert& alert) {
    log(alert.recovered ? LogLevel::kInfo : LogLevel::kError, "alert", "{}", alert.text);
}

}  // namespace

// In the order in which they are made; torn down in reverse.
struct RegionServer::Parts {
    SystemClock clock;
    std::unique_ptr<Clock> decision_clock;
    std::unique_ptr<store::TableStore> store;
    std::unique_ptr<catalog::LiveCatalog> catalog;
    std::optional<api::Metrics> metrics;
    std::optional<functions::RouteCall> route_call;
    std::optional<functions::HealthCheck> health_check;
    std::optional<api::Workers> workers;
    std::optional<aws::Verifier> verifier;
    std::optional<api::Endpoint> endpoint;
    std::unique_ptr<net::Server> server;
    // The same for gauges(), which a first request may ask for before `server` is assigned.
    std::atomic<const net::Server*> listening = nullptr;
    std::jthread health_loop;

    Result<void> open(const ServeOptions& options, const std::filesystem::path& folder);
    Result<void> make_functions(const ServeOptions& options, routing::Policy policy,
                                aws::Credentials credentials);
    Result<void> listen(const ServeOptions& options, unsigned threads);
    void watch_health(std::chrono::seconds interval);
    [[nodiscard]] api::Gauges gauges() const;
};

Result<void> RegionServer::Parts::open(const ServeOptions& options,
                                       const std::filesystem::path& folder) {
    auto opened = open_tables(options, folder, clock);
    if (!opened) {
        return std::unexpected(opened.error());
    }
    store = std::move(*opened);
    if (auto created = catalog::create_tables(*store); !created) {
        return created;
    }
    if (options.demo) {
        const auto filled = catalog::fill_with_sample_data(*store);
        if (!filled) {
            return std::unexpected(filled.error());
        }
        if (*filled) {
            log(LogLevel::kInfo, "store", "filled with sample data");
        }
    }
    auto started = catalog::LiveCatalog::start(*store, clock);
    if (!started) {
        return std::unexpected(started.error());
    }
    catalog = std::move(*started);
    return {};
}

Result<void> RegionServer::Parts::make_functions(const ServeOptions& options,
                                                 routing::Policy policy,
                                                 aws::Credentials credentials) {
    metrics.emplace(options.region);
    route_call.emplace(*catalog, std::move(policy), *decision_clock,
                       [this](const functions::Routed& routed) { metrics->count_call(routed); });
    std::vector<std::shared_ptr<functions::RegionProbe>> probes{
        functions::make_local_probe(options.region, *store, *catalog, route_call->policy(), clock)};
    for (const auto& peer : options.peers) {
        auto address = api::parse_region_address(peer);
        if (!address) {
            return fail_within("--peer", address.error());
        }
        probes.push_back(
            api::make_peer_probe(api::RegionClient(std::move(*address), credentials, clock)));
    }
    health_check.emplace(functions::HealthCheckOptions{.region = options.region}, std::move(probes),
                         *store, log_alert, clock);
    workers.emplace(kWorkers, kJobsMax);
    verifier.emplace(
        only(std::move(credentials)),
        aws::VerifierOptions{.region = options.region, .services = {"lambda", "execute-api"}},
        clock);
    endpoint.emplace(api::EndpointParts{.region = options.region,
                                        .verifier = *verifier,
                                        .route_call = *route_call,
                                        .functions = {&*route_call, &*health_check},
                                        .workers = *workers,
                                        .metrics = *metrics,
                                        .gauges = [this] { return gauges(); },
                                        .clock = clock});
    return {};
}

Result<void> RegionServer::Parts::listen(const ServeOptions& options, unsigned threads) {
    net::ServerOptions net_options;
    net_options.address = options.address;
    net_options.port = options.port;
    net_options.threads = threads;
    auto started =
        net::Server::start(net_options, [this](const net::Request& request, net::Reply reply) {
            endpoint->handle(request, std::move(reply));
        });
    if (!started) {
        return std::unexpected(started.error());
    }
    server = std::move(*started);
    listening = server.get();
    return {};
}

// HealthCheck now and then, so that alerts come without anybody asking.
void RegionServer::Parts::watch_health(std::chrono::seconds interval) {
    if (interval.count() == 0) {
        return;
    }
    health_loop = std::jthread([this, interval](const std::stop_token& stop) {
        std::mutex mutex;
        std::condition_variable_any stopped;
        std::unique_lock lock(mutex);
        while (!stopped.wait_for(lock, stop, interval, [&stop] { return stop.stop_requested(); })) {
            (void)health_check->call("{}", {});
        }
    });
}

api::Gauges RegionServer::Parts::gauges() const {
    const auto health = catalog->health();
    const auto* now_listening = listening.load();
    return {.rules = health.rules,
            .schedules = health.schedules,
            .data_problems = health.complaints,
            // The wall clock may have been set back since.
            .snapshot_age_seconds =
                std::max(0.0, std::chrono::duration<double>(clock.now() - health.as_of).count()),
            .sequence_number = store->last_sequence(),
            .open_connections = now_listening == nullptr ? 0 : now_listening->open_connections()};
}

RegionServer::RegionServer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

RegionServer::~RegionServer() {
    parts_->health_loop = {};
    if (parts_->server) {
        parts_->server->stop(kGrace);
    }
    parts_->workers.reset();  // may still reply to the stopped server, which drops it
    parts_->server.reset();
    parts_->health_check.reset();
}

std::uint16_t RegionServer::port() const {
    return parts_->server->port();
}

Result<std::unique_ptr<RegionServer>> RegionServer::start(const ServeOptions& options) {
    const auto file = read_settings(options.config);
    if (!file) {
        return std::unexpected(file.error());
    }
    auto policy = functions::read_policy(setting_source(*file, options.demo));
    if (!policy) {
        return std::unexpected(policy.error());
    }
    const auto folder = data_folder(options.data);
    if (!folder) {
        return std::unexpected(folder.error());
    }
    if (auto made = make_folder(*folder); !made) {
        return std::unexpected(made.error());
    }
    auto credentials = ensure_credentials(*folder);
    if (!credentials) {
        return std::unexpected(credentials.error());
    }
    auto parts = std::make_unique<Parts>();
    auto clock = decision_clock(options.frozen_at);
    if (!clock) {
        return std::unexpected(clock.error());
    }
    parts->decision_clock = std::move(*clock);
    auto ready = parts->open(options, *folder);
    if (ready) {
        ready = parts->make_functions(options, std::move(*policy), std::move(*credentials));
    }
    if (ready) {
        ready = parts->listen(options, file->threads);
    }
    if (!ready) {
        return std::unexpected(ready.error());
    }
    parts->watch_health(std::chrono::seconds{file->health_interval_seconds});
    return std::unique_ptr<RegionServer>(new RegionServer(std::move(parts)));
}

}  // namespace meridian::app
