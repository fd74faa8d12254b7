#include "catalog/point_reads.h"

#include <fmt/format.h>

#include <atomic>
#include <cstdint>
#include <list>
#include <optional>
#include <string_view>
#include <utility>

#include "base/deadline.h"
#include "base/log_limit.h"
#include "catalog/answer_cache.h"
#include "catalog/background.h"
#include "catalog/circuit_breaker.h"
#include "catalog/complaint_log.h"
#include "catalog/rule_reader.h"

namespace meridian::catalog {
namespace {

using std::chrono::milliseconds;

// One region's tables, and whether they are worth asking.
class Tables {
  public:
    Tables(std::string region, const store::TableStore& store, ComplaintLog& complaints,
           const Clock& clock)
        : region_(std::move(region)),
          reader_(store, complaints),
          breaker_(clock),
          failures_(clock) {}

    // Without another way to an answer they are asked whatever was before.
    enum class Otherwise : std::uint8_t { kAnswered, kUnanswered };
    Result<routing::Snapshot> read(const routing::Call& call, milliseconds budget,
                                   Otherwise otherwise) {
        if (!breaker_.admit() && otherwise == Otherwise::kAnswered) {
            return fail(ErrorCode::kUnavailable,
                        fmt::format("{} can't be read, and are left alone for a moment", name()));
        }
        const ScopedDeadline deadline(budget);
        auto rules = reader_.read(call);
        breaker_.report(rules.has_value());
        if (!rules) {
            log_limited(failures_, LogLevel::kError, "catalog", "{} can't be read: {}", name(),
                        rules.error().message);
        }
        return rules;
    }

  private:
    [[nodiscard]] std::string name() const {
        return region_.empty() ? "The tables" : fmt::format("The tables of {}", region_);
    }

    const std::string region_;  // empty: this one
    const RuleReader reader_;
    CircuitBreaker breaker_;
    LogLimit failures_;
};

class PointReads final : public RuleSource {
  public:
    PointReads(const store::TableStore& store, const Clock& clock, PointReadOptions options,
               std::vector<RegionTables> others)
        : clock_(clock),
          options_(options),
          here_("", store, complaints_, clock),
          cache_(options.numbers_kept) {
        for (auto& other : others) {
            others_.emplace_back(std::move(other.region), other.store, complaints_, clock);
        }
    }

    Result<Sourced> rules_for(const routing::Call& call) override {
        const auto key = fmt::format("{}#{}", call.number, call.region);
        const auto kept = cache_.find(key);
        if (kept) {
            const auto age = clock_.monotonic() - kept->read_at;
            if (2 * age >= options_.fresh_for && age < options_.fresh_for) {
                refresh_later(key, call);
            }
            if (age < options_.fresh_for) {
                return Sourced{kept->rules, false};
            }
        }
        auto rules =
            kept ? read_here(key, call, options_.warm_budget, Tables::Otherwise::kAnswered)
                 : read_here(key, call, options_.cold_budget, Tables::Otherwise::kUnanswered);
        if (rules) {
            return Sourced{std::move(*rules), false};
        }
        if (kept) {
            return Sourced{kept->rules, true};
        }
        return read_elsewhere(call, rules.error());
    }

    SourceHealth health() const override {
        return {.rules = cache_.size(),
                .complaints = complaints_.count(),
                .first_complaints = complaints_.first(),
                .stale = !readable_,
                .as_of = clock_.now()};
    }

  private:
    Result<routing::Snapshot> read_here(const std::string& key, const routing::Call& call,
                                        milliseconds budget, Tables::Otherwise otherwise) {
        auto rules = here_.read(call, budget, otherwise);
        readable_ = rules.has_value();
        if (rules) {
            cache_.keep(key, {*rules, clock_.monotonic()});
        }
        return rules;
    }

    void refresh_later(const std::string& key, const routing::Call& call) {
        background_.want(key, [this, key, number = std::string(call.number),
                               region = std::string(call.region), at = call.at] {
            static_cast<void>(read_here(key, {number, region, at}, options_.cold_budget,
                                        Tables::Otherwise::kAnswered));
        });
    }

    // Each may take its share of what is left, so that one that is silent doesn't silence the rest.
    Result<Sourced> read_elsewhere(const routing::Call& call, const Error& here) {
        const auto end = clock_.monotonic() + options_.others_budget;
        auto left = static_cast<long>(others_.size());
        for (auto& other : others_) {
            const auto share = (end - clock_.monotonic()) / left--;
            if (share <= std::chrono::nanoseconds{0}) {
                break;
            }
            auto rules = other.read(call, std::chrono::duration_cast<milliseconds>(share),
                                    Tables::Otherwise::kAnswered);
            if (rules) {
                return Sourced{std::move(*rules), false};
            }
        }
        return std::unexpected(here);
    }

    const Clock& clock_;
    const PointReadOptions options_;
    ComplaintLog complaints_;
    Tables here_;
    std::list<Tables> others_;  // in the order in which they are asked
    AnswerCache cache_;
    std::atomic<bool> readable_ = true;
    Background background_;  // last: it uses all of the above
};

}  // namespace

std::unique_ptr<RuleSource> make_point_reads(const store::TableStore& store, const Clock& clock,
                                             PointReadOptions options,
                                             std::vector<RegionTables> others) {
    return std::make_unique<PointReads>(store, clock, options, std::move(others));
}

}  // namespace meridian::catalog
