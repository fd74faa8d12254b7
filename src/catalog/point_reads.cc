#include "catalog/point_reads.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <list>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "catalog/complaint_log.h"
#include "catalog/domain.h"
#include "catalog/tables.h"

namespace meridian::catalog {
namespace {

// BatchGetItem takes 100 keys; a number longer than that is read in several batches.
constexpr std::size_t kBatchMax = 100;

store::ItemRef rule_ref(std::string_view number, std::string_view region) {
    return {std::string(kRoutingTable), {{"phoneNumber", number}, {"region", region}}};
}

// The last answers by number and region; the least recently used goes first.
class AnswerCache {
  public:
    struct Answer {
        routing::Snapshot rules;
        std::chrono::nanoseconds read_at{};
    };

    explicit AnswerCache(std::size_t capacity) : capacity_(capacity) {}

    std::optional<Answer> find(const std::string& key) {
        const std::lock_guard lock(mutex_);
        const auto found = by_key_.find(key);
        if (found == by_key_.end()) {
            return std::nullopt;
        }
        recent_.splice(recent_.begin(), recent_, found->second);
        return found->second->second;
    }

    void keep(const std::string& key, Answer answer) {
        const std::lock_guard lock(mutex_);
        if (const auto found = by_key_.find(key); found != by_key_.end()) {
            found->second->second = std::move(answer);
            recent_.splice(recent_.begin(), recent_, found->second);
            return;
        }
        recent_.emplace_front(key, std::move(answer));
        by_key_.emplace(key, recent_.begin());
        if (by_key_.size() > capacity_) {
            by_key_.erase(recent_.back().first);
            recent_.pop_back();
        }
    }

    std::size_t size() const {
        const std::lock_guard lock(mutex_);
        return by_key_.size();
    }

  private:
    using Entry = std::pair<std::string, Answer>;
    std::size_t capacity_;
    mutable std::mutex mutex_;
    std::list<Entry> recent_;
    std::unordered_map<std::string, std::list<Entry>::iterator> by_key_;
};

class PointReads final : public RuleSource {
  public:
    PointReads(const store::TableStore& store, const Clock& clock, PointReadOptions options)
        : store_(store), clock_(clock), options_(options), cache_(options.numbers_kept) {}

    Result<Sourced> rules_for(const routing::Call& call) override {
        const auto key = fmt::format("{}#{}", call.number, call.region);
        const auto kept = cache_.find(key);
        if (kept && clock_.monotonic() - kept->read_at < options_.fresh_for) {
            return Sourced{kept->rules, false};
        }
        auto rules = read(call);
        if (rules) {
            cache_.keep(key, {*rules, clock_.monotonic()});
            return Sourced{std::move(*rules), false};
        }
        if (kept) {
            return Sourced{kept->rules, true};
        }
        return std::unexpected(rules.error());
    }

    SourceHealth health() const override {
        return {.rules = cache_.size(),
                .complaints = complaints_.count(),
                .first_complaints = complaints_.first(),
                .as_of = clock_.now()};
    }

  private:
    // Rules and hours of one call, as a snapshot that holds nothing else.
    Result<routing::Snapshot> read(const routing::Call& call) {
        auto items = prefix_items(call);
        if (items && items->empty()) {
            items = other_regions(call);
        }
        if (!items) {
            return std::unexpected(items.error());
        }
        Complaints complaints;
        std::vector<routing::Edit> edits;
        std::set<std::string> hours;  // the rules of several regions may share one
        for (const auto& item : *items) {
            auto rule = rule_of(item, complaints);
            if (rule && !rule->business_hours_id.empty()) {
                hours.insert(rule->business_hours_id);
            }
            if (rule) {
                edits.emplace_back(routing::PutRule{std::move(*rule)});
            }
        }
        if (auto read = add_schedules(hours, edits, complaints); !read) {
            return std::unexpected(read.error());
        }
        complaints_.add(complaints);
        return routing::Snapshot().with(edits);
    }

    // The rule of the call's region whose number is the longest prefix; at most one item.
    Result<std::vector<item::Item>> prefix_items(const routing::Call& call) {
        for (std::size_t longest = call.number.size(); longest > 0;) {
            std::vector<store::ItemRef> refs;
            for (; longest > 0 && refs.size() < kBatchMax; --longest) {
                refs.push_back(rule_ref(call.number.substr(0, longest), call.region));
            }
            auto found = store_.get_many(refs);
            if (!found) {
                return std::unexpected(found.error());
            }
            for (auto& item : *found) {
                if (item) {
                    return std::vector{std::move(*item)};
                }
            }
        }
        return std::vector<item::Item>{};
    }

    Result<std::vector<item::Item>> other_regions(const routing::Call& call) {
        store::Query query;
        query.table = kRoutingTable;
        query.partition = call.number;
        std::vector<item::Item> items;
        do {
            auto page = store_.query(query);
            if (!page) {
                return std::unexpected(page.error());
            }
            std::ranges::move(page->items, std::back_inserter(items));
            query.start_after = std::move(page->last_key);
        } while (query.start_after);
        return items;
    }

    Result<void> add_schedules(const std::set<std::string>& ids, std::vector<routing::Edit>& edits,
                               Complaints& complaints) {
        std::vector<store::ItemRef> refs;
        for (const auto& id : ids) {
            refs.push_back({std::string(kHoursTable), {{"regionId", id}}});
        }
        auto found = store_.get_many(refs);
        if (!found) {
            // Without a table of hours all are unknown, which means open: better than no rule.
            return found.error().code == ErrorCode::kTableNotFound ? Result<void>{}
                                                                   : std::unexpected(found.error());
        }
        for (const auto& item : *found) {
            if (auto schedule = item ? schedule_of(*item, complaints) : nullptr) {
                edits.emplace_back(routing::PutSchedule{std::move(schedule)});
            }
        }
        return {};
    }

    const store::TableStore& store_;
    const Clock& clock_;
    PointReadOptions options_;
    AnswerCache cache_;
    ComplaintLog complaints_;
};

}  // namespace

std::unique_ptr<RuleSource> make_point_reads(const store::TableStore& store, const Clock& clock,
                                             PointReadOptions options) {
    return std::make_unique<PointReads>(store, clock, options);
}

}  // namespace meridian::catalog
