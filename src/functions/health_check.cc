#include "functions/health_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <iterator>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "base/log.h"
#include "catalog/tables.h"
#include "expression/condition.h"
#include "item/json.h"

namespace meridian::functions {
namespace {

// Probes that hang (a dead disk) keep their thread; past this many the region gets no more of them.
constexpr std::size_t kLateProbesMax = 16;

// A probe's thread that outlived its check.
struct LateProbe {
    std::shared_ptr<std::atomic<bool>> ended;
    std::jthread thread;
};

// One round of probes: threads fill it in, the check takes what is there when its deadline passes.
struct Round {
    std::mutex mutex;
    std::condition_variable changed;
    std::map<std::string, Probed, std::less<>> found;  // by region
};

// By region.
using Findings = std::map<std::string, Probed, std::less<>>;

expression::Condition status_is(const std::optional<std::string>& status) {
    if (!status) {
        return expression::AttributeNotExists{expression::Path("status")};
    }
    return expression::Compare{expression::Comparison::kEqual, expression::Path("status"),
                               item::Value(*status)};
}

bool asks_local_only(std::string_view event) {
    const auto value = item::parse_plain_json(event);
    const auto* map = value ? value->as<item::Map>() : nullptr;
    const auto* scope = map == nullptr ? nullptr : item::find(*map, "scope");
    return scope != nullptr && *scope == item::Value("local");
}

}  // namespace

std::string_view to_string(RegionStatus status) {
    switch (status) {
        case RegionStatus::kHealthy:
            return "healthy";
        case RegionStatus::kDegraded:
            return "degraded";
        case RegionStatus::kUnhealthy:
            return "unhealthy";
    }
    return "";
}

struct HealthCheck::State {
    HealthCheckOptions options;
    std::vector<std::shared_ptr<RegionProbe>> probes;
    store::TableStore& store;
    AlertSink alert;
    const Clock& clock;

    std::mutex mutex;  // of the members below
    std::map<std::string, std::string, std::less<>>
        unstored;  // by region: what was seen and alerted while the table took no writes
    std::vector<LateProbe> late;

    // Nothing: there was no thread for a probe.
    [[nodiscard]] std::optional<Findings> probe_all(bool local_only);
    void leave_late_ones(std::vector<LateProbe> probing);
    [[nodiscard]] bool too_many_late();
    void remember(const Findings& findings);
    void remember(const std::string& region, const Probed& probed, bool table_answers);
    [[nodiscard]] std::optional<std::string> stored_status(const std::string& region) const;
    [[nodiscard]] std::optional<std::string> unstored_status(const std::string& region);
    [[nodiscard]] bool keep(const std::string& region, const Probed& probed,
                            const std::optional<std::string>& stored, bool table_answers);
};

// Starts a probe on a thread of its own, which tells the round what it found.
LateProbe start_probe(const std::shared_ptr<RegionProbe>& probe,
                      const std::shared_ptr<Round>& round, std::chrono::milliseconds deadline) {
    auto ended = std::make_shared<std::atomic<bool>>(false);
    return {ended, std::jthread([round, probe, ended, deadline] {
                auto probed = probe->probe(deadline);
                const std::lock_guard lock(round->mutex);
                round->found[std::string(probe->region())] = std::move(probed);
                round->changed.notify_all();
                *ended = true;
            })};
}

std::optional<Findings> HealthCheck::State::probe_all(bool local_only) {
    auto round = std::make_shared<Round>();
    Findings result;
    std::vector<LateProbe> probing;
    for (const auto& probe : probes) {
        if (local_only && probe->region() != options.region) {
            continue;
        }
        try {
            probing.push_back(start_probe(probe, round, options.deadline));
            result[std::string(probe->region())] = {
                RegionStatus::kUnhealthy,
                {{"error", fmt::format("no answer within {} ms", options.deadline.count())}}};
        } catch (const std::system_error& error) {
            log(LogLevel::kError, "health_check", "no thread to probe {}: {}", probe->region(),
                error.what());
            leave_late_ones(std::move(probing));
            return std::nullopt;
        }
    }
    std::unique_lock lock(round->mutex);
    round->changed.wait_for(lock, options.deadline,
                            [&] { return round->found.size() == probing.size(); });
    for (const auto& [region, probed] : round->found) {
        result[region] = probed;
    }
    lock.unlock();
    leave_late_ones(std::move(probing));
    return result;
}

// Joins the probes that have ended; the others are joined by a later check, or by the destructor.
void HealthCheck::State::leave_late_ones(std::vector<LateProbe> probing) {
    const std::lock_guard lock(mutex);
    std::ranges::move(probing, std::back_inserter(late));
    std::erase_if(late, [](const LateProbe& probe) { return probe.ended->load(); });
}

bool HealthCheck::State::too_many_late() {
    const std::lock_guard lock(mutex);
    return late.size() >= kLateProbesMax;
}

// Where this region's own probe did not come back or could not read, its table is left alone: a
// dead disk would hold up this thread too.
void HealthCheck::State::remember(const Findings& findings) {
    const auto own = findings.find(options.region);
    const bool table_answers =
        own == findings.end() || own->second.status != RegionStatus::kUnhealthy;
    for (const auto& [region, probed] : findings) {
        remember(region, probed, table_answers);
    }
}

void HealthCheck::State::remember(const std::string& region, const Probed& probed,
                                  bool table_answers) {
    constexpr std::string_view kUnhealthy = "unhealthy";
    const auto stored = table_answers ? stored_status(region) : std::nullopt;
    const auto alerted = unstored_status(region);
    const bool was_unhealthy = (alerted ? alerted : stored) == kUnhealthy;
    const bool is_unhealthy = probed.status == RegionStatus::kUnhealthy;
    if (!keep(region, probed, stored, table_answers) || was_unhealthy == is_unhealthy) {
        return;
    }
    alert({region, was_unhealthy,
           was_unhealthy
               ? fmt::format("Region {} has recovered, as seen from {}", region, options.region)
               : fmt::format("Region {} is unhealthy, as seen from {}", region, options.region)});
}

std::optional<std::string> HealthCheck::State::stored_status(const std::string& region) const {
    const auto found = store.get({std::string(catalog::kRegionHealthTable),
                                  {{"region", region}, {"observer", options.region}}});
    const auto* status = found && *found ? item::find(**found, "status") : nullptr;
    const auto* text = status == nullptr ? nullptr : status->as<std::string>();
    return text == nullptr ? std::nullopt : std::optional(*text);
}

std::optional<std::string> HealthCheck::State::unstored_status(const std::string& region) {
    const std::lock_guard lock(mutex);
    const auto found = unstored.find(region);
    return found == unstored.end() ? std::nullopt : std::optional(found->second);
}

// True: this observation is the one that changed what was known before into what is now; false:
// another check was first.
bool HealthCheck::State::keep(const std::string& region, const Probed& probed,
                              const std::optional<std::string>& stored, bool table_answers) {
    const std::string now(to_string(probed.status));
    std::optional<Error> error = Error{ErrorCode::kUnavailable, "the table does not answer"};
    if (table_answers) {
        expression::Update update;
        const auto set = [&update](const char* name, item::Value value) {
            update.sets.push_back({expression::Path(name), std::move(value)});
        };
        set("status", now);
        set("observedAt", format_instant(clock.now()));
        set("details", probed.details);
        error = store
                    .write({std::string(catalog::kRegionHealthTable),
                            store::UpdateItem{{{"region", region}, {"observer", options.region}},
                                              std::move(update)},
                            status_is(stored)})
                    .error;
    }
    if (error && error->code == ErrorCode::kConditionFailed) {
        return false;
    }
    const std::lock_guard lock(mutex);
    if (!error) {
        return unstored.erase(region) > 0 || stored != now;
    }
    return std::exchange(unstored[region], now) != now;
}

HealthCheck::HealthCheck(HealthCheckOptions options,
                         std::vector<std::shared_ptr<RegionProbe>> probes, store::TableStore& store,
                         AlertSink alert, const Clock& clock)
    : state_(new State{
          std::move(options), std::move(probes), store, std::move(alert), clock, {}, {}, {}}) {}

HealthCheck::~HealthCheck() = default;

FunctionResult HealthCheck::call(std::string_view event, const management::Caller& /*caller*/) {
    const bool local_only = asks_local_only(event);
    const auto found = state_->too_many_late() ? std::nullopt : state_->probe_all(local_only);
    if (!found) {
        return {
            R"({"errorType":"Overloaded","errorMessage":"Earlier probes have not returned; see the region's disk."})",
            "Unhandled"};
    }
    if (!local_only) {
        state_->remember(*found);
    }
    bool all_serve = true;
    item::Map body;
    for (const auto& [region, probed] : *found) {
        if (state_->options.on_probed) {
            state_->options.on_probed(region, probed);
        }
        all_serve = all_serve && probed.status != RegionStatus::kUnhealthy;
        auto entry = probed.details;
        entry["status"] = to_string(probed.status);
        body[region] = std::move(entry);
    }
    std::string text;
    item::append_json_string(item::to_plain_json(body), text);
    return {fmt::format(R"({{"statusCode":{},"body":{}}})", all_serve ? 200 : 503, text),
            std::nullopt};
}

}  // namespace meridian::functions
