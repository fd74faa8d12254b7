#include "routing/decision.h"

#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ulid.h"
#include "calendar/schedule.h"
#include "routing/heap.h"
#include "routing/narrator.h"
#include "routing/rule_block.h"
#include "routing/selection.h"
#include "routing/shortcuts.h"
#include "routing/snapshot.h"
#include "routing/snapshot_state.h"
#include "routing/trie.h"

namespace meridian::routing {
namespace {

// So many nodes from the root lead to about 10,000 others.
constexpr std::size_t kNodesInCache = 5;

// decide()'s trace: none.
struct Silence {
    static constexpr bool kWantsLosers = false;
    void considered(const RuleSet& /*set*/) {}
    void selected(const Selection& /*selection*/) {}
    void hours(std::string_view /*id*/, const calendar::Schedule* /*schedule*/,
               const calendar::Status& /*status*/) {}
    void flow(const Choice& /*choice*/) {}
    void queue(const Choice& /*choice*/) {}
    void region(std::string_view /*target*/, std::string_view /*transfer_number*/) {}
};

// A rule's header and its first texts lie on two or three cache lines: they are fetched at once
// instead of one after the other.
void prefetch_rule(const Heap& heap, Handle leaf) {
    const std::byte* const block = heap.at(leaf);
    __builtin_prefetch(block);
    __builtin_prefetch(block + 64);
    __builtin_prefetch(block + 112);
}

// The leaves that lie on the way to a number, the shortest first. Each may hold a prefix of it.
class Candidates {
  public:
    Candidates(const Heap& heap, Handle root, std::string_view number)
        : heap_(heap), number_(number), next_(root) {}

    // Goes on through so many nodes at most, and fetches what comes then.
    void walk(std::size_t nodes_max = std::numeric_limits<std::size_t>::max()) {
        for (std::size_t i = 0; i < nodes_max && next_ != Handle::kNone; ++i) {
            if (is_leaf(next_)) {
                push(std::exchange(next_, Handle::kNone));
                return;
            }
            const Node& node = node_at(heap_, next_);
            const bool past_the_end = node.depth() >= half_bytes(number_);
            if (node.has_value() != 0 && !past_the_end) {
                push(node.slots()[0]);
            }
            next_ = next_towards(node, number_);
        }
        __builtin_prefetch(heap_.at(next_));
    }

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] Handle operator[](std::size_t index) const {
        return index < near_.size() ? near_[index] : far_[index - near_.size()];
    }

  private:
    void push(Handle leaf) {
        prefetch_rule(heap_, leaf);
        if (size_ < near_.size()) {
            near_[size_] = leaf;
        } else {
            far_.push_back(leaf);
        }
        ++size_;
    }

    const Heap& heap_;
    std::string_view number_;
    Handle next_;
    std::array<Handle, 32> near_;  // more prefixes of one number than any real plan has
    std::vector<Handle> far_;
    std::size_t size_ = 0;
};

std::size_t common_length(std::string_view one, std::string_view two) {
    const auto [end, other] = std::mismatch(one.begin(), one.end(), two.begin(), two.end());
    return static_cast<std::size_t>(end - one.begin());
}

// Steps 1 and 2 of the algorithm, once the candidates are known.
template <typename Trace>
Selection select_among(const Heap& heap, const Candidates& candidates, const Policy& policy,
                       const Call& call, Trace& trace) {
    Selection selection;
    std::optional<RuleSet> exact;
    // All candidates are prefixes of the longest one as far as they go, except for bytes that no
    // node looked at: so what the longest one shares with the number says it for all of them.
    std::optional<std::size_t> shared;
    for (std::size_t i = candidates.size(); i-- > 0;) {
        const RuleSet set(heap, candidates[i]);
        const RuleBlock* const own = set.find(call.region);
        const auto prefix = (own != nullptr ? *own : set[0]).text(RuleBlock::kNumber);
        if (!shared) {
            shared = common_length(prefix, call.number);
        }
        if (prefix.size() > *shared) {
            continue;
        }
        trace.considered(set);
        const bool is_exact = prefix.size() == call.number.size();
        if (is_exact) {
            exact = set;
        }
        if (own != nullptr && selection.rule == nullptr) {
            selection = {own, is_exact ? Match::kExact : Match::kPrefix};
            if constexpr (!Trace::kWantsLosers) {
                return selection;
            }
        }
    }
    if (selection.rule == nullptr && exact) {
        selection = {&preferred(*exact, policy), Match::kOtherRegion};
    }
    return selection;
}

// The rule for exactly the call's number and region, if there is a shortcut to it.
const RuleBlock* exact_rule(const SnapshotState& state, std::uint32_t hash, const Call& call) {
    const Handle handle = state.shortcuts().find(hash);
    if (handle == Handle::kNone) {
        return nullptr;
    }
    prefetch_rule(state.heap(), handle);
    const RuleBlock& rule = rule_block(state.heap(), handle);
    const bool same = rule.text(RuleBlock::kNumber) == call.number &&
                      rule.text(RuleBlock::kRegion) == call.region;
    return same ? &rule : nullptr;
}

// No rule is a longer prefix of a number than one for exactly the number: where a shortcut leads to
// that, nothing else need be looked at. While the shortcut comes from memory, the walk goes as far
// as the nodes that are in a cache anyway.
template <typename Trace>
Selection select(const SnapshotState& state, const Policy& policy, const Call& call, Trace& trace) {
    Candidates candidates(state.heap(), state.rules(), call.number);
    if constexpr (!Trace::kWantsLosers) {
        const std::uint32_t hash = shortcut_hash(call.number, call.region);
        state.shortcuts().prefetch(hash);
        candidates.walk(kNodesInCache);
        if (const RuleBlock* const rule = exact_rule(state, hash, call)) {
            return {rule, Match::kExact};
        }
    }
    candidates.walk();
    return select_among(state.heap(), candidates, policy, call, trace);
}

Choice choose(bool open, std::string_view in_hours, std::string_view after_hours,
              std::string_view policy_after_hours, std::string_view default_id) {
    if (open) {
        return in_hours.empty() ? Choice{default_id, Source::kDefault}
                                : Choice{in_hours, Source::kRule};
    }
    if (!after_hours.empty()) {
        return {after_hours, Source::kRuleAfterHours};
    }
    return policy_after_hours.empty() ? Choice{default_id, Source::kDefault}
                                      : Choice{policy_after_hours, Source::kPolicyAfterHours};
}

bool in_service(const Policy& policy, std::string_view region) {
    return std::ranges::find(policy.regions_out_of_service, region) ==
           policy.regions_out_of_service.end();
}

std::string_view serving_region(const Policy& policy, const RuleBlock& rule) {
    const auto region = rule.text(RuleBlock::kRegion);
    if (in_service(policy, region)) {
        return region;
    }
    for (auto list = rule.text(RuleBlock::kFallbackRegions); !list.empty();) {
        const auto fallback = next_fallback_region(list);
        if (in_service(policy, fallback)) {
            return fallback;
        }
    }
    return region;
}

std::string_view transfer_number(const Policy& policy, const Call& call, std::string_view target) {
    if (target == call.region) {
        return {};
    }
    const auto found = std::ranges::find(policy.transfer_numbers, target,
                                         &decltype(policy.transfer_numbers)::value_type::first);
    return found == policy.transfer_numbers.end() ? std::string_view() : found->second;
}

template <typename Trace>
calendar::Status hours_of(const SnapshotState& state, const RuleBlock& rule, Instant at,
                          Trace& trace) {
    const auto id = rule.text(RuleBlock::kBusinessHours);
    const auto* const schedule = id.empty() ? nullptr : state.schedule(id);
    const auto status =
        schedule == nullptr ? calendar::Status{} : calendar::status_at(*schedule, at);
    trace.hours(id, schedule, status);
    return status;
}

template <typename Trace>
Decision run(const SnapshotState& state, const Policy& policy, const Call& call, Trace& trace) {
    const Selection selection = select(state, policy, call, trace);
    trace.selected(selection);

    Decision decision;
    decision.match = selection.match;
    if (selection.rule == nullptr) {
        decision.contact_flow_id = policy.default_contact_flow_id;
        decision.queue_id = policy.default_queue_id;
        decision.target_region = call.region;
        return decision;
    }
    const RuleBlock& rule = *selection.rule;
    decision.rule_number = rule.text(RuleBlock::kNumber);
    decision.rule_region = rule.text(RuleBlock::kRegion);
    decision.attributes = rule.text(RuleBlock::kAttributes);
    decision.routing_profile = rule.text(RuleBlock::kRoutingProfile);
    decision.hours = hours_of(state, rule, call.at, trace);

    const bool open = decision.hours.state == calendar::State::kOpen;
    const Choice flow =
        choose(open, rule.text(RuleBlock::kFlow), rule.text(RuleBlock::kAfterHoursFlow),
               policy.after_hours_contact_flow_id, policy.default_contact_flow_id);
    const Choice queue =
        choose(open, rule.text(RuleBlock::kQueue), rule.text(RuleBlock::kAfterHoursQueue),
               policy.after_hours_queue_id, policy.default_queue_id);
    decision.contact_flow_id = flow.id;
    decision.queue_id = queue.id;
    trace.flow(flow);
    trace.queue(queue);

    decision.target_region = serving_region(policy, rule);
    decision.transfer_number = transfer_number(policy, call, decision.target_region);
    trace.region(decision.target_region, decision.transfer_number);
    return decision;
}

void append_text(std::string& out, std::string_view text) {
    const auto length = std::uint64_t{text.size()};
    out.append(reinterpret_cast<const char*>(&length), sizeof length);
    out.append(text);
}

}  // namespace

std::string_view to_string(Match match) {
    switch (match) {
        case Match::kExact:
            return "exact";
        case Match::kPrefix:
            return "prefix";
        case Match::kOtherRegion:
            return "other-region";
        case Match::kNone:
            return "none";
    }
    return "none";
}

Decision decide(const Snapshot& snapshot, const Policy& policy, const Call& call) {
    Silence silence;
    return run(snapshot.state(), policy, call, silence);
}

Explanation explain(const Snapshot& snapshot, const Policy& policy, const Call& call) {
    Narrator narrator(policy, call);
    static_cast<void>(run(snapshot.state(), policy, call, narrator));
    return std::move(narrator).explanation();
}

std::string decision_id(const Snapshot& snapshot, const Call& call, std::string_view contact_id) {
    std::string text;
    append_text(text, contact_id);
    append_text(text, call.number);
    append_text(text, call.region);
    const std::int64_t at = call.at.time_since_epoch().count();
    text.append(reinterpret_cast<const char*>(&at), sizeof at);
    const ContentHash content = snapshot.content_hash();
    text.append(reinterpret_cast<const char*>(content.data()), content.size());

    XXH128_canonical_t digest;
    XXH128_canonicalFromHash(&digest, XXH3_128bits(text.data(), text.size()));
    std::array<std::uint8_t, 10> entropy{};
    std::copy_n(std::begin(digest.digest), entropy.size(), entropy.begin());
    return make_ulid(call.at, entropy);
}

}  // namespace meridian::routing
