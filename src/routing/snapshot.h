// An immutable set of rules and schedules, indexed for decisions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "calendar/schedule.h"
#include "routing/rule.h"

namespace meridian::routing {

// 256 bits that depend on the set of rules and schedules only: not on the order of changes, the
// region, the process. Rules enter with every field of Rule; schedules with everything that
// status_at can see. It shows that two regions differ; it is no proof against someone who chooses
// the rules in order to deceive (content_hash.h).
using ContentHash = std::array<std::uint8_t, 32>;
[[nodiscard]] std::string to_hex(const ContentHash& hash);

class SnapshotState;

// ---- What changes between two snapshots. Rules and schedules whose phone_number or id is longer
// than 16,000 bytes are left out (a key of a DynamoDB table has at most 2,048). An empty
// phone_number is a prefix of every number.
struct PutRule {
    Rule rule;  // replaces the rule with the same phone_number and region
};
struct EraseRule {
    std::string phone_number;
    std::string region;
};
struct PutSchedule {
    std::shared_ptr<const calendar::Schedule> schedule;  // by its id; never null
};
struct EraseSchedule {
    std::string id;
};
using Edit = std::variant<PutRule, EraseRule, PutSchedule, EraseSchedule>;

// ---- Pages of rules.
struct RuleKey {
    std::string phone_number;
    std::string region;
    friend auto operator<=>(const RuleKey&, const RuleKey&) = default;
};
struct KeyQuery {
    std::string_view prefix = {};       // of the phone_number
    std::string_view region = {};       // empty: all regions
    std::optional<RuleKey> after = {};  // only keys greater than this one, there or not
    std::size_t keys_max = 100;         // more than 0
    std::size_t examined_max = 10'000;  // more than 0; rules to look at, of any region
};
struct KeyPage {
    std::vector<RuleKey> keys;    // ascending
    std::optional<RuleKey> next;  // there may be more: query again with it as `after`
};

// Role: what every decision reads. Snapshots are cheap to copy and share all that did not change,
// so that one rule among ten million changes in microseconds. Threads: immutable; any number of
// readers, no locks. Memory: at most 150 bytes a rule beyond the rule's own text.
class Snapshot {
  public:
    Snapshot();  // without rules

    // This snapshot with the edits made, in order. This one is unchanged. Not an error: erasing
    // what is not there.
    [[nodiscard]] Snapshot with(std::span<const Edit> edits) const;

    [[nodiscard]] std::size_t rule_count() const;
    [[nodiscard]] std::size_t schedule_count() const;
    [[nodiscard]] ContentHash content_hash() const;
    // What it holds, shared parts included. Approximate: schedules count without their texts, and
    // what other living snapshots of the same descent hold counts too.
    [[nodiscard]] std::size_t memory_bytes() const;

    // Every rule, in the order of (phone_number, region).
    void for_each_rule(const std::function<void(const Rule&)>& visit) const;

    // The keys of rules that the query asks for, in the order of (phone_number, region). A page
    // ends at keys_max, or at examined_max where the region is a rare one; it may then be empty
    // though there is a next one. Time in proportion to the rules looked at, not to those there
    // are.
    [[nodiscard]] KeyPage keys(const KeyQuery& query) const;

    // For this module.
    [[nodiscard]] const SnapshotState& state() const { return *state_; }

  private:
    friend class SnapshotBuilder;
    explicit Snapshot(std::shared_ptr<const SnapshotState> state) : state_(std::move(state)) {}

    std::shared_ptr<const SnapshotState> state_;  // never null
};

// Makes a snapshot of many rules at once, several times faster than with(). Move-only; used by one
// thread.
class SnapshotBuilder {
  public:
    SnapshotBuilder();
    SnapshotBuilder(SnapshotBuilder&&) noexcept = default;
    SnapshotBuilder& operator=(SnapshotBuilder&&) noexcept = default;

    void add(const Edit& edit);
    [[nodiscard]] Snapshot build() &&;

  private:
    std::shared_ptr<SnapshotState> state_;
};

}  // namespace meridian::routing
