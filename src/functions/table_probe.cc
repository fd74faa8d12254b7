#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/deadline.h"
#include "catalog/tables.h"
#include "expression/update.h"
#include "functions/health_check.h"

namespace meridian::functions {
namespace {

constexpr std::size_t kComplaintsShown = 5;

double milliseconds_of(std::chrono::nanoseconds duration) {
    return std::chrono::duration<double, std::milli>(duration).count();
}

item::Number rounded(double milliseconds) {
    return item::Number::parse(fmt::format("{:.3f}", milliseconds)).value_or(item::Number{});
}

class TableProbe final : public RegionProbe {
  public:
    TableProbe(TableProbeOptions options, store::TableStore& store, catalog::RuleSource& source,
               const routing::Policy& policy, const Clock& clock)
        : region_(std::move(options.region)),
          observer_(options.observer.empty() ? region_ : std::move(options.observer)),
          store_(store),
          source_(source),
          policy_(policy),
          clock_(clock),
          more_(std::move(options.more)) {}

    [[nodiscard]] std::string_view region() const override { return region_; }

    Probed probe(std::chrono::milliseconds deadline) override {
        const ScopedDeadline limit(deadline);
        Probed probed;
        const auto start = clock_.monotonic();
        const bool decides = decide(probed.details);
        const bool reads = read(probed.details);
        const bool writes = write(probed.details);
        probed.details["latencyMs"] = rounded(milliseconds_of(clock_.monotonic() - start));
        probed.details["replicationLagMs"] = item::Null{};  // unless `more_` knows
        probed.details["tableStatus"] = reads ? "ACTIVE" : "INACCESSIBLE";
        describe_source(probed.details);
        if (more_) {
            for (auto& [name, value] : more_()) {
                probed.details.insert_or_assign(name, std::move(value));
            }
        }
        const auto damage = store_.damage();
        if (damage) {
            probed.details["damage"] = *damage + "; a restart salvages what can be read";
        }
        if (decides && reads) {
            probed.status = writes && !damage ? RegionStatus::kHealthy : RegionStatus::kDegraded;
        }
        return probed;
    }

  private:
    [[nodiscard]] item::Key key() const { return {{"region", region_}, {"observer", observer_}}; }

    bool decide(item::Map& details) {
        const routing::Call call{"+10000000000", region_, clock_.now()};
        const auto rules = source_.rules_for(call);
        if (!rules) {
            details["decisionError"] = rules.error().message;
            return false;
        }
        return !routing::decide(rules->snapshot, policy_, call).contact_flow_id.empty();
    }

    bool read(item::Map& details) {
        const auto found = store_.get({std::string(catalog::kRegionHealthTable), key()});
        if (!found) {
            details["readError"] = found.error().message;
        }
        return found.has_value();
    }

    bool write(item::Map& details) {
        expression::Update
            update;  // not a put: HealthCheck keeps the status it saw in the same item
        update.sets.push_back(
            {expression::Path("probedAt"), item::Value(format_instant(clock_.now()))});
        const auto outcome =
            store_.write({std::string(catalog::kRegionHealthTable),
                          store::UpdateItem{key(), std::move(update)}, std::nullopt});
        if (outcome.error) {
            details["writeError"] = outcome.error->message;
        }
        return !outcome.error;
    }

    void describe_source(item::Map& details) {
        const auto health = source_.health();
        details["rules"] = item::Number(static_cast<std::int64_t>(health.rules));
        details["businessHours"] = item::Number(static_cast<std::int64_t>(health.schedules));
        // The wall clock may have been set back since.
        const auto age = std::max(clock_.now() - health.as_of, std::chrono::milliseconds{0});
        details["snapshotAgeMs"] = item::Number(age.count());
        details["stale"] = health.stale;
        details["sequenceNumber"] = item::Number(static_cast<std::int64_t>(store_.last_sequence()));
        if (health.complaints > 0) {
            details["dataProblems"] = item::Number(static_cast<std::int64_t>(health.complaints));
            item::List first;
            for (const auto& complaint : health.first_complaints) {
                if (first.size() < kComplaintsShown) {
                    first.emplace_back(complaint);
                }
            }
            details["firstDataProblems"] = std::move(first);
        }
    }

    std::string region_;
    std::string observer_;
    store::TableStore& store_;
    catalog::RuleSource& source_;
    const routing::Policy& policy_;
    const Clock& clock_;
    MoreDetails more_;
};

}  // namespace

std::shared_ptr<RegionProbe> make_table_probe(TableProbeOptions options, store::TableStore& store,
                                              catalog::RuleSource& source,
                                              const routing::Policy& policy, const Clock& clock) {
    return std::make_shared<TableProbe>(std::move(options), store, source, policy, clock);
}

}  // namespace meridian::functions
