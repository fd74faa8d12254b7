#include "functions/health_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <iterator>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

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
    std::map<std::string, Probed, std::less<>> found;
};

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
    std::map<std::string, std::string>
        last;  // what was seen last, for when the table can't be read or written
    std::vector<LateProbe> late;

    [[nodiscard]] std::map<std::string, Probed, std::less<>> probe_all(bool local_only);
    void leave_late_ones(std::vector<LateProbe> probing);
    [[nodiscard]] bool too_many_late();
    void remember(const std::string& region, const Probed& probed);
    [[nodiscard]] std::optional<std::string> last_status(const std::string& region);
    [[nodiscard]] bool keep(const std::string& region, const Probed& probed,
                            const std::optional<std::string>& before);
};

std::map<std::string, Probed, std::less<>> HealthCheck::State::probe_all(bool local_only) {
    auto round = std::make_shared<Round>();
    std::map<std::string, Probed, std::less<>> result;
    std::vector<LateProbe> probing;
    for (const auto& probe : probes) {
        if (local_only && probe->region() != options.region) {
            continue;
        }
        result[std::string(probe->region())] = {
            RegionStatus::kUnhealthy,
            {{"error", fmt::format("no answer within {} ms", options.deadline.count())}}};
        auto ended = std::make_shared<std::atomic<bool>>(false);
        probing.push_back({ended, std::jthread([round, probe, ended, deadline = options.deadline] {
                               auto probed = probe->probe(deadline);
                               const std::lock_guard lock(round->mutex);
                               round->found[std::string(probe->region())] = std::move(probed);
                               round->changed.notify_all();
                               *ended = true;
                           })});
    }
    std::unique_lock lock(round->mutex);
    round->changed.wait_for(lock, options.deadline,
                            [&] { return round->found.size() == result.size(); });
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

// The status that was seen last: from the table, or what this process remembers.
std::optional<std::string> HealthCheck::State::last_status(const std::string& region) {
    const auto found = store.get({std::string(catalog::kRegionHealthTable),
                                  {{"region", region}, {"observer", options.region}}});
    if (found && *found) {
        const auto* status = item::find(**found, "status");
        const auto* text = status == nullptr ? nullptr : status->as<std::string>();
        return text == nullptr ? std::nullopt : std::optional(*text);
    }
    const std::lock_guard lock(mutex);
    const auto remembered = last.find(region);
    return found || remembered == last.end() ? std::nullopt : std::optional(remembered->second);
}

// True: this observation is the one that changed `before` into what is now; false: another check
// was first.
bool HealthCheck::State::keep(const std::string& region, const Probed& probed,
                              const std::optional<std::string>& before) {
    expression::Update update;
    const auto set = [&update](const char* name, item::Value value) {
        update.sets.push_back({expression::Path(name), std::move(value)});
    };
    set("status", to_string(probed.status));
    set("observedAt", format_instant(clock.now()));
    set("details", probed.details);
    const auto outcome = store.write(
        {std::string(catalog::kRegionHealthTable),
         store::UpdateItem{{{"region", region}, {"observer", options.region}}, std::move(update)},
         status_is(before)});
    if (outcome.error && outcome.error->code == ErrorCode::kConditionFailed) {
        return false;
    }
    const std::lock_guard lock(mutex);
    auto& remembered = last[region];
    const bool first = !outcome.error || remembered != to_string(probed.status);
    remembered = to_string(probed.status);
    return first;
}

void HealthCheck::State::remember(const std::string& region, const Probed& probed) {
    constexpr std::string_view kUnhealthy = "unhealthy";
    const auto before = last_status(region);
    const bool was_unhealthy = before == kUnhealthy;
    const bool is_unhealthy = probed.status == RegionStatus::kUnhealthy;
    if (!keep(region, probed, before) || was_unhealthy == is_unhealthy) {
        return;
    }
    alert({region, was_unhealthy,
           was_unhealthy
               ? fmt::format("Region {} has recovered, as seen from {}", region, options.region)
               : fmt::format("Region {} is unhealthy, as seen from {}", region, options.region)});
}

HealthCheck::HealthCheck(HealthCheckOptions options,
                         std::vector<std::shared_ptr<RegionProbe>> probes, store::TableStore& store,
                         AlertSink alert, const Clock& clock)
    : state_(new State{
          std::move(options), std::move(probes), store, std::move(alert), clock, {}, {}, {}}) {}

HealthCheck::~HealthCheck() = default;

FunctionResult HealthCheck::call(std::string_view event) {
    const bool local_only = asks_local_only(event);
    if (state_->too_many_late()) {
        return {
            R"({"errorType":"Overloaded","errorMessage":"Earlier probes have not returned; see the region's disk."})",
            "Unhandled"};
    }
    const auto found = state_->probe_all(local_only);
    bool all_serve = true;
    item::Map body;
    for (const auto& [region, probed] : found) {
        if (!local_only) {
            state_->remember(region, probed);
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
