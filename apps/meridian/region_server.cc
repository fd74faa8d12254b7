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

#include "api/access_log.h"
#include "api/endpoint.h"
#include "api/event_hub.h"
#include "api/metrics.h"
#include "api/peer_door.h"
#include "api/peer_link.h"
#include "api/peer_probe.h"
#include "api/principals.h"
#include "api/region_client.h"
#include "api/workers.h"
#include "backup/region_backups.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "catalog/live_catalog.h"
#include "data_folder.h"
#include "dynamo_server.h"
#include "fault/breakable.h"
#include "functions/health_answer.h"
#include "functions/health_check.h"
#include "functions/route_call.h"
#include "functions/settings.h"
#include "functions/update_routing.h"
#include "management/editor.h"
#include "net/server.h"
#include "peer_book.h"
#include "proof/ask.h"
#include "proof/repairer.h"
#include "proof/store_source.h"
#include "region_list.h"
#include "region_tables.h"
#include "replication/replicator.h"
#include "rest/management_api.h"
#include "rest/replication.h"
#include "server_settings.h"
#include "settings.h"

namespace meridian::app {
namespace {

constexpr std::size_t kWorkers = 16;   // most wait for the disk, which serves them together
constexpr std::size_t kJobsMax = 100;  // each may hold a payload of 6 MB
// DynamoDB's limit of a request; Lambda takes 6 MB.
constexpr std::size_t kBodyBytesMax = std::size_t{16} * 1024 * 1024;
constexpr std::chrono::seconds kGrace{5};
constexpr std::chrono::minutes kRepairEvery{10};
constexpr std::chrono::seconds kFirstCatchUp{60};

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

// For --at; nothing without it: decisions go by the region's clock.
Result<std::unique_ptr<Clock>> frozen_clock(const std::string& frozen_at) {
    if (frozen_at.empty()) {
        return nullptr;
    }
    const auto at = parse_instant(frozen_at);
    if (!at) {
        return fail_within("--at", at.error());
    }
    return std::make_unique<FrozenClock>(*at);
}

void log_alert(const functions::Alert& alert) {
    log(alert.recovered ? LogLevel::kInfo : LogLevel::kError, "alert", "{}", alert.text);
}

// --peer's.
Result<std::vector<api::RegionAddress>> peer_addresses(const std::vector<std::string>& peers,
                                                       const TlsFiles& tls) {
    std::vector<api::RegionAddress> result;
    for (const auto& peer : peers) {
        auto address = parse_peer(peer, tls.ca.string());
        if (!address) {
            return fail_within("--peer", address.error());
        }
        result.push_back(std::move(*address));
    }
    return result;
}

}  // namespace

// In the order in which they are made; torn down in reverse.
struct RegionServer::Parts {
    ServeOptions options;
    ServerSettings settings;
    std::optional<PeerBook> peers;
    Breakable drills;
    const Clock& clock = drills.clock();
    SystemRandom random;
    std::unique_ptr<Clock> stopped_clock;  // null: none stands still
    const Clock* decision_clock = &clock;
    std::unique_ptr<store::ReplicaStore> store;
    std::unique_ptr<backup::Backups> backups;  // null: there are none
    std::unique_ptr<catalog::LiveCatalog> catalog;
    std::unique_ptr<api::Principals> principals;
    std::unique_ptr<api::AccessLog> access_log;         // null: none is kept
    std::optional<replication::Replicator> replicator;  // none: the tables are of this process only
    std::optional<api::PeerDoor> peer_door;
    std::optional<api::Metrics> metrics;
    std::optional<functions::RouteCall> route_call;
    std::optional<functions::HealthCheck> health_check;
    std::optional<management::Editor> editor;
    std::optional<proof::StoreSource> hashes;  // these three as the replicator
    std::optional<proof::Repairer> repairer;
    std::optional<rest::ReplicaParts> replica;
    std::optional<rest::ManagementApi> management;
    std::optional<functions::UpdateRouting> update_routing;
    std::optional<api::EventHub> events;
    std::optional<api::Workers> workers;
    std::unique_ptr<DynamoServer> dynamo;
    std::optional<api::Endpoint> endpoint;
    std::unique_ptr<net::Server> server;
    // The same for gauges() and its like, which a first request may ask for before `server` is
    // assigned.
    std::atomic<const net::Server*> listening = nullptr;
    std::jthread health_loop;
    std::jthread repair_loop;
    bool is_new = false;  // nobody has ever written to the tables
    std::chrono::nanoseconds started_at{};

    Result<void> prepare(const SettingsFile& file);
    Result<void> open(const std::filesystem::path& folder);
    void open_backups(const BackupSettings& wanted, const std::filesystem::path& folder);
    void make_replication();
    void make_repair();
    [[nodiscard]] replication::Peer way_to(const api::RegionAddress& peer);
    [[nodiscard]] std::string own_url() const;
    [[nodiscard]] api::RegionAddress own_address() const;
    [[nodiscard]] std::string client_endpoint() const;
    void make_functions(routing::Policy policy);
    void make_management();
    Result<void> make_dynamo();
    void make_endpoint();
    Result<void> listen(unsigned threads);
    void watch_health(std::chrono::seconds interval);
    void keep_repairing();
    [[nodiscard]] Result<aws::Credentials> own_credentials() const;
    [[nodiscard]] std::vector<replication::LinkStatus> links() const;
    [[nodiscard]] api::Gauges gauges() const;
    [[nodiscard]] item::List list_regions() const;
};

Result<void> RegionServer::Parts::prepare(const SettingsFile& file) {
    auto read =
        read_server_settings(options.tls, options.access_log, setting_source(file, options.demo));
    if (!read) {
        return std::unexpected(read.error());
    }
    settings = std::move(*read);
    auto frozen = frozen_clock(options.frozen_at);
    if (!frozen) {
        return std::unexpected(frozen.error());
    }
    stopped_clock = std::move(*frozen);
    if (stopped_clock) {
        decision_clock = stopped_clock.get();
    }
    return options.faults ? drills.allow(options.address) : Result<void>();
}

Result<void> RegionServer::Parts::open(const std::filesystem::path& folder) {
    auto told = peer_addresses(options.peers, settings.tls);
    auto book = told ? PeerBook::open(folder / options.region / "peers", options.region, *told,
                                      settings.tls.ca.string())
                     : std::unexpected(told.error());
    if (!book) {
        return std::unexpected(book.error());
    }
    peers.emplace(*std::move(book));
    auto known = api::Principals::open(folder / "credentials", clock);
    if (!known) {
        return std::unexpected(known.error());
    }
    principals = std::move(*known);
    auto tables = open_region_tables(options, folder, clock, drills.disk_is_full());
    if (!tables) {
        return std::unexpected(tables.error());
    }
    if (options.tables.empty()) {
        if (auto begun = drills.begin(folder / options.region); !begun) {
            return begun;
        }
    }
    store = std::move(tables->store);
    is_new = tables->is_new;
    if (!settings.access_log.empty()) {
        auto opened = api::AccessLog::open(settings.access_log, clock);
        if (!opened) {
            return std::unexpected(opened.error());
        }
        access_log = std::move(*opened);
    }
    auto started = catalog::LiveCatalog::start(*store, clock);
    if (!started) {
        return std::unexpected(started.error());
    }
    catalog = std::move(*started);
    return {};
}

// Calls are answered also where backups can't be kept.
void RegionServer::Parts::open_backups(const BackupSettings& wanted,
                                       const std::filesystem::path& folder) {
    if (!options.tables.empty()) {
        return;
    }
    auto opened = open_region_backups(wanted, folder, *store, clock, random);
    if (opened) {
        backups = *std::move(opened);
    } else {
        log(LogLevel::kError, "backup", "no backups until the next start: {}",
            opened.error().message);
    }
}

void RegionServer::Parts::make_replication() {
    if (!options.tables.empty()) {
        return;
    }
    std::vector<replication::Peer> ways;
    for (const auto& peer : peers->all()) {
        ways.push_back(way_to(peer));
    }
    replicator.emplace(*store, std::move(ways), replication::ReplicatorOptions{}, clock, random);
    peer_door.emplace(api::PeerDoorParts{
        .region = options.region,
        .welcomes =
            [this](std::string_view region, std::string_view url) {
                return peers->welcome(region, url, [this](const api::RegionAddress& newcomer) {
                    replicator->add(way_to(newcomer));
                });
            },
        .principals = *principals,
        .source = replicator->source(),
        .clock = clock,
        .random = random});
}

void RegionServer::Parts::make_repair() {
    if (!replicator) {
        return;
    }
    const auto ways = [this] {
        std::vector<proof::RepairPeer> all;
        for (const auto& peer : peers->all()) {
            all.push_back({peer.region, proof::ask_over(way_to(peer).link)});
        }
        return all;
    };
    const auto names = [this] {
        std::vector<std::string> all;
        for (const auto& peer : peers->all()) {
            all.push_back(peer.region);
        }
        return all;
    };
    const auto heard = [this] { return replicator->heard(); };
    hashes.emplace(*store, names);
    repairer.emplace(*store, ways, heard, clock);
    replica.emplace(*store, *hashes, *repairer, heard);
}

replication::Peer RegionServer::Parts::way_to(const api::RegionAddress& peer) {
    auto link = api::make_peer_link(
        {.region = options.region, .url = [this] { return own_url(); }}, peer,
        [this] { return own_credentials(); }, random);
    return {peer.region, drills.link(peer.region, std::move(link), random)};
}

// Empty before it listens, and where no peer could use it.
std::string RegionServer::Parts::own_url() const {
    return listening.load() == nullptr || options.address == "0.0.0.0" || options.address == "::"
               ? std::string()
               : url_of(own_address());
}

void RegionServer::Parts::make_functions(routing::Policy policy) {
    metrics.emplace(options.region);
    route_call.emplace(*catalog, std::move(policy), *decision_clock,
                       [this](const functions::Routed& routed) { metrics->count_call(routed); });
    std::vector<std::shared_ptr<functions::RegionProbe>> probes{functions::make_table_probe(
        {.region = options.region, .more = [this] { return rest::replication_details(links()); }},
        *store, *catalog, route_call->policy(), clock)};
    for (const auto& peer : peers->all()) {
        probes.push_back(api::make_peer_probe(peer, [this] { return own_credentials(); }, clock));
    }
    health_check.emplace(functions::HealthCheckOptions{.region = options.region}, std::move(probes),
                         *store, log_alert, clock);
}

void RegionServer::Parts::make_management() {
    const auto& regions = route_call->policy().region_order;
    editor.emplace(*store, management::EditorOptions{.regions = regions}, clock, random);
    management.emplace(rest::ManagementParts{
        .region = options.region,
        .regions = regions,
        .editor = *editor,
        .store = *store,
        .clock = *decision_clock,
        .snapshot = [this] { return catalog->snapshot(); },
        .explain =
            [this](std::string_view event, std::optional<Instant> at) {
                return route_call->explain(event, at.value_or(route_call->now()));
            },
        .health = [this] { return functions::health_of(*health_check); },
        .list_regions = [this] { return list_regions(); },
        .links = replicator ? [this] { return links(); }
                            : std::function<std::vector<replication::LinkStatus>()>(),
        .on_import = [this](const rest::ImportCounts& counts) { metrics->count_import(counts); },
        .replica = replica ? &*replica : nullptr,
        .backups = backups.get(),
        .faults = drills.switches()});
    update_routing.emplace(*management);
}

Result<void> RegionServer::Parts::make_dynamo() {
    workers.emplace(kWorkers, kJobsMax);
    std::vector<std::string> regions{options.region};
    for (const auto& peer : peers->all()) {
        regions.push_back(peer.region);
    }
    auto opened = DynamoServer::open({.region = options.region,
                                      .regions = std::move(regions),
                                      .store = *store,
                                      .backups = backups.get(),
                                      .workers = *workers,
                                      .clock = clock,
                                      .random = random,
                                      .endpoint = [this] { return client_endpoint(); }});
    if (!opened) {
        return std::unexpected(opened.error());
    }
    dynamo = *std::move(opened);
    return {};
}

void RegionServer::Parts::make_endpoint() {
    events.emplace(*store, api::EventHubOptions{}, clock);
    events->start();
    endpoint.emplace(
        api::EndpointParts{.region = options.region,
                           .principals = *principals,
                           .functions = {&*route_call, &*health_check, &*update_routing},
                           .management = *management,
                           .workers = *workers,
                           .metrics = *metrics,
                           .gauges = [this] { return gauges(); },
                           .clock = clock,
                           .cors = settings.cors,
                           .events = &*events,
                           .access_log = access_log.get(),
                           .peers = peer_door ? &*peer_door : nullptr,
                           .dynamo = &dynamo->service()});
}

Result<void> RegionServer::Parts::listen(unsigned threads) {
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

void RegionServer::Parts::keep_repairing() {
    if (!repairer) {
        return;
    }
    repair_loop = std::jthread([this](const std::stop_token& stop) {
        std::mutex mutex;
        std::condition_variable_any stopped;
        std::unique_lock lock(mutex);
        while (!stopped.wait_for(lock, stop, kRepairEvery, [&] { return stop.stop_requested(); })) {
            if (const auto done = repairer->step(stop);
                !done && done.error().code != ErrorCode::kOverloaded) {
                log(LogLevel::kError, "repair", "{}", done.error().message);
            }
        }
    });
}

Result<aws::Credentials> RegionServer::Parts::own_credentials() const {
    const auto own = principals->named(api::kOwnProfile);
    return own == nullptr
               ? fail(ErrorCode::kConfiguration,
                      fmt::format("the credentials file has no profile [{}], with which regions "
                                  "ask one another",
                                  api::kOwnProfile))
               : Result<aws::Credentials>(own->credentials);
}

std::vector<replication::LinkStatus> RegionServer::Parts::links() const {
    return replicator ? replicator->status() : std::vector<replication::LinkStatus>{};
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
            .open_connections = now_listening == nullptr ? 0 : now_listening->open_connections(),
            .event_listeners = events->listeners(),
            .access_log_lines_lost = access_log == nullptr ? 0 : access_log->lost(),
            .links = links()};
}

api::RegionAddress RegionServer::Parts::own_address() const {
    const auto* now_listening = listening.load();
    return {.region = options.region,
            .host = options.address,
            .port = now_listening == nullptr ? options.port : now_listening->port(),
            .tls = settings.tls.is_on()};
}

// Where it takes questions from everywhere, the machine's own name for itself must do.
std::string RegionServer::Parts::client_endpoint() const {
    auto address = own_address();
    if (address.host == "0.0.0.0" || address.host == "::") {
        address.host = "localhost";
    }
    const auto url = url_of(address);
    return url.substr(url.find("://") + 3);
}

item::List RegionServer::Parts::list_regions() const {
    return RegionList{route_call->policy(), *store, own_address(), peers->all()}.list();
}

RegionServer::RegionServer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

RegionServer::~RegionServer() {
    parts_->health_loop = {};
    parts_->repair_loop = {};
    parts_->dynamo->stop_expiry();
    parts_->events->stop();  // else the server would wait for those who listen
    if (parts_->replicator) {
        parts_->replicator->source().stop();  // and for the peers that wait for changes
        parts_->replicator->stop();
    }
    parts_->server->stop(kGrace);
    parts_->workers.reset();  // may still reply to the stopped server, which drops it
    parts_->server.reset();
    parts_->health_check.reset();
}

bool RegionServer::knows_its_peers() const {
    const auto& parts = *parts_;
    return !parts.replicator || !parts.is_new || parts.replicator->has_caught_up() ||
           parts.clock.monotonic() - parts.started_at > kFirstCatchUp;
}

std::string RegionServer::url() const {
    return url_of({.region = parts_->options.region,
                   .host = parts_->options.address,
                   .port = port(),
                   .tls = parts_->settings.tls.is_on()});
}

std::uint16_t RegionServer::port() const {
    return parts_->server->port();
}

void RegionServer::reload() {
    parts_->principals->reload();
    if (parts_->access_log) {
        parts_->access_log->reopen();
    }
    if (!parts_->settings.tls.is_on()) {
        return;
    }
    if (const auto done = parts_->server->reload_tls(); !done) {
        log(LogLevel::kError, "tls", "{}; the old certificate goes on", done.error().message);
    } else {
        log(LogLevel::kInfo, "tls", "{} was read again", parts_->settings.tls.certificate.string());
    }
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
    if (auto credentials = ensure_credentials(*folder); !credentials) {
        return std::unexpected(credentials.error());
    }
    auto parts = std::make_unique<Parts>();
    parts->options = options;
    auto ready = parts->prepare(*file);
    if (ready) {
        ready = parts->open(*folder);
    }
    if (ready) {
        parts->open_backups(file->backup, *folder);
        parts->make_replication();
        parts->make_repair();
        parts->make_functions(std::move(*policy));
        parts->make_management();
        ready = parts->make_dynamo();
    }
    if (ready) {
        parts->make_endpoint();
        ready = parts->listen(file->threads);
    }
    if (!ready) {
        return std::unexpected(ready.error());
    }
    if (parts->replicator) {
        parts->replicator->start();
    }
    parts->started_at = parts->clock.monotonic();
    parts->watch_health(std::chrono::seconds{file->health_interval_seconds});
    parts->keep_repairing();
    parts->dynamo->start_expiry();
    return std::unique_ptr<RegionServer>(new RegionServer(std::move(parts)));
}

}  // namespace meridian::app
