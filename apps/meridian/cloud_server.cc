#include "cloud_server.h"

#include <fmt/format.h>

#include <optional>
#include <string_view>
#include <utility>

#include "api/access_log.h"
#include "api/endpoint.h"
#include "api/metrics.h"
#include "api/principals.h"
#include "api/workers.h"
#include "base/clock.h"
#include "base/log.h"
#include "cloud/cloud_region.h"
#include "data_folder.h"
#include "functions/function.h"
#include "functions/settings.h"
#include "net/server.h"
#include "region_list.h"
#include "server_settings.h"
#include "settings.h"

namespace meridian::app {
namespace {

constexpr std::size_t kWorkers = 64;  // all of them wait for the network
constexpr std::size_t kJobsMax = 1000;
constexpr std::size_t kBodyBytesMax = std::size_t{6} * 1024 * 1024;  // Lambda's
constexpr std::chrono::seconds kGrace{5};

// A function that decides in memory elsewhere, and reads tables over the network here.
class OverTheNetwork final : public functions::Function {
  public:
    explicit OverTheNetwork(functions::Function& inner) : inner_(inner) {}
    [[nodiscard]] std::string_view name() const override { return inner_.name(); }
    [[nodiscard]] functions::Duration duration() const override {
        return functions::Duration::kMayWait;
    }
    [[nodiscard]] functions::FunctionResult call(std::string_view payload,
                                                 const management::Caller& caller) override {
        return inner_.call(payload, caller);
    }

  private:
    functions::Function& inner_;
};

Result<void> refuse_what_is_embedded(const ServeOptions& options) {
    const auto* wrong = !options.tables.empty()      ? "--tables"
                        : !options.peers.empty()     ? "--peer"
                        : !options.frozen_at.empty() ? "--at"
                        : options.demo               ? "--demo"
                        : options.faults             ? "--faults"
                                                     : nullptr;
    return wrong == nullptr
               ? Result<void>()
               : fail(ErrorCode::kInvalidInput,
                      fmt::format("{} belongs to --store embedded: with --store dynamodb the "
                                  "tables are DynamoDB's",
                                  wrong));
}

}  // namespace

// In the order in which they are made; torn down in reverse.
struct CloudServer::Parts {
    ServeOptions options;
    ServerSettings settings;
    SystemClock clock;
    std::unique_ptr<api::Principals> principals;
    std::unique_ptr<api::AccessLog> access_log;  // null: none is kept
    std::optional<api::Metrics> metrics;
    std::optional<cloud::CloudRegion> region;
    std::optional<OverTheNetwork> route_call;
    std::optional<api::Workers> workers;
    std::optional<api::Endpoint> endpoint;
    std::unique_ptr<net::Server> server;

    Result<void> open(const std::filesystem::path& folder, const SettingsFile& file);
    Result<void> make_region(const functions::SettingSource& wanted);
    void make_endpoint();
    Result<void> listen(unsigned threads);
};

Result<void> CloudServer::Parts::open(const std::filesystem::path& folder,
                                      const SettingsFile& file) {
    auto read = read_server_settings(options.tls, options.access_log, setting_source(file, false));
    if (!read) {
        return std::unexpected(read.error());
    }
    settings = std::move(*read);
    auto known = api::Principals::open(folder / "credentials", clock);
    if (!known) {
        return std::unexpected(known.error());
    }
    principals = std::move(*known);
    if (!settings.access_log.empty()) {
        auto opened = api::AccessLog::open(settings.access_log, clock);
        if (!opened) {
            return std::unexpected(opened.error());
        }
        access_log = std::move(*opened);
    }
    return {};
}

Result<void> CloudServer::Parts::make_region(const functions::SettingSource& wanted) {
    auto policy = functions::read_policy(wanted);
    if (!policy) {
        return std::unexpected(policy.error());
    }
    auto made =
        cloud_region_options(options.cloud, {.region = options.region, .profile = options.profile},
                             std::move(*policy), wanted);
    if (!made) {
        return std::unexpected(made.error());
    }
    metrics.emplace(options.region);
    made->on_routed = [this](const functions::Routed& routed) { metrics->count_call(routed); };
    region.emplace(*std::move(made));
    return {};
}

void CloudServer::Parts::make_endpoint() {
    workers.emplace(kWorkers, kJobsMax);
    route_call.emplace(region->route_call());
    endpoint.emplace(api::EndpointParts{
        .region = options.region,
        .principals = *principals,
        .functions = {&*route_call, &region->health_check(), &region->update_routing()},
        .management = region->management(),
        .workers = *workers,
        .metrics = *metrics,
        .gauges =
            [this] {
                return api::Gauges{
                    .open_connections = server == nullptr ? 0 : server->open_connections(),
                    .access_log_lines_lost = access_log == nullptr ? 0 : access_log->lost()};
            },
        .clock = clock,
        .cors = settings.cors,
        .access_log = access_log.get()});
}

Result<void> CloudServer::Parts::listen(unsigned threads) {
    auto wanted = listening_options(options, settings, threads);
    wanted.body_bytes_max = kBodyBytesMax;
    auto started =
        net::Server::start(wanted, [this](const net::Request& request, net::Reply reply) {
            endpoint->handle(request, std::move(reply));
        });
    if (!started) {
        return std::unexpected(started.error());
    }
    server = std::move(*started);
    return {};
}

CloudServer::CloudServer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

CloudServer::~CloudServer() {
    parts_->server->stop(kGrace);
    parts_->workers.reset();  // may still reply to the stopped server, which drops it
}

std::uint16_t CloudServer::port() const {
    return parts_->server->port();
}

std::string CloudServer::url() const {
    return url_of({.region = parts_->options.region,
                   .host = parts_->options.address,
                   .port = port(),
                   .tls = parts_->settings.tls.is_on()});
}

void CloudServer::reload() {
    parts_->principals->reload();
    if (parts_->access_log) {
        parts_->access_log->reopen();
    }
    if (!parts_->settings.tls.is_on()) {
        return;
    }
    if (const auto done = parts_->server->reload_tls(); !done) {
        log(LogLevel::kError, "tls", "{}; the old certificate goes on", done.error().message);
    }
}

Result<std::unique_ptr<CloudServer>> CloudServer::start(const ServeOptions& options) {
    if (auto fits = refuse_what_is_embedded(options); !fits) {
        return std::unexpected(fits.error());
    }
    const auto file = read_settings(options.config);
    const auto folder = file ? data_folder(options.data) : std::unexpected(file.error());
    auto made = folder ? make_folder(*folder) : std::unexpected(folder.error());
    const auto credentials = made ? ensure_credentials(*folder) : std::unexpected(made.error());
    if (!credentials) {
        return std::unexpected(credentials.error());
    }
    auto parts = std::make_unique<Parts>();
    parts->options = options;
    auto ready = parts->open(*folder, *file);
    if (ready) {
        ready = parts->make_region(setting_source(*file, false));
    }
    if (ready) {
        parts->make_endpoint();
        ready = parts->listen(file->threads);
    }
    if (!ready) {
        return std::unexpected(ready.error());
    }
    return std::unique_ptr<CloudServer>(new CloudServer(std::move(parts)));
}

}  // namespace meridian::app
