// HealthCheck: whether each region can do its work, from where this process stands.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "catalog/rule_source.h"
#include "functions/function.h"
#include "item/value.h"
#include "routing/decision.h"
#include "store/table_store.h"

namespace meridian::functions {

// healthy: it reads, writes and decides. degraded: it decides and reads, but refuses writes, or has
// damaged files.
// unhealthy: the rest.
enum class RegionStatus : std::uint8_t { kHealthy, kDegraded, kUnhealthy };
[[nodiscard]] std::string_view to_string(RegionStatus status);

// What a probe found. `details` joins the region's entry in HealthCheck's answer.
struct Probed {
    RegionStatus status = RegionStatus::kUnhealthy;
    item::Map details;
};

// Role: port; exercises one region's real work. Returns within `deadline`, or a little later: the
// check doesn't wait for it. Threads: probes run side by side, each on a thread of its own.
class RegionProbe {
  public:
    RegionProbe() = default;
    RegionProbe(const RegionProbe&) = delete;
    RegionProbe& operator=(const RegionProbe&) = delete;
    virtual ~RegionProbe() = default;

    [[nodiscard]] virtual std::string_view region() const = 0;
    [[nodiscard]] virtual Probed probe(std::chrono::milliseconds deadline) = 0;
};

// More that the region says of itself: joins the details. May be empty.
using MoreDetails = std::function<item::Map()>;

struct TableProbeOptions {
    std::string region;
    // Of the RegionHealth item that the probe reads and writes. Nobody else may write that item:
    // whoever probes a region from another one has a name of its own there. Empty: the region's.
    std::string observer = {};
    MoreDetails more = nullptr;
};

// Probes a region by its tables: reads and writes a RegionHealth item, and makes a decision.
// Everything must outlive it.
[[nodiscard]] std::shared_ptr<RegionProbe> make_table_probe(TableProbeOptions options,
                                                            store::TableStore& store,
                                                            catalog::RuleSource& source,
                                                            const routing::Policy& policy,
                                                            const Clock& clock);

// One alert: a region became unhealthy, or recovered.
struct Alert {
    std::string region;
    bool recovered = false;
    std::string text;
};
// Delivers an alert; called on HealthCheck's thread, may wait for seconds.
using AlertSink = std::function<void(const Alert&)>;

struct HealthCheckOptions {
    std::string region;  // of this process: the observer
    std::chrono::milliseconds deadline{2'000};
    // Called for each region of each check, on the calling thread; may be empty.
    std::function<void(std::string_view region, const Probed&)> on_probed = nullptr;
};

// Role: probes all regions side by side and answers {"statusCode":200|503,"body":"{…}"}, 503 when
// one is unhealthy. An event of {"scope":"local"} asks for this region only. What it saw is kept in
// RegionHealth, so that a region which stays unhealthy alerts once, also across restarts, and once
// more when it recovers. Threads: any; two checks at once alert once. `store` and `clock` must
// outlive it.
class HealthCheck final : public Function {
  public:
    HealthCheck(HealthCheckOptions options, std::vector<std::shared_ptr<RegionProbe>> probes,
                store::TableStore& store, AlertSink alert, const Clock& clock);
    ~HealthCheck() override;

    [[nodiscard]] std::string_view name() const override { return "HealthCheck"; }
    [[nodiscard]] Duration duration() const override { return Duration::kMayWait; }
    [[nodiscard]] FunctionResult call(std::string_view event,
                                      const management::Caller& caller) override;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace meridian::functions
