// Where a decision's rules come from: the live snapshot of a server, or point reads of the tables.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/instant.h"
#include "base/result.h"
#include "routing/decision.h"
#include "routing/snapshot.h"

namespace meridian::catalog {

// Rules and schedules enough to decide one call: everything, or what concerns that call.
struct Sourced {
    routing::Snapshot snapshot;
    bool stale = false;  // the tables could not be read; this is the last that is known
};

// What an operator should know of a source.
struct SourceHealth {
    std::size_t rules = 0;
    std::size_t schedules = 0;
    std::size_t complaints = 0;                 // attributes passed over because of their shape
    std::vector<std::string> first_complaints;  // a few of them
    bool stale = false;
    Instant as_of;  // when the source last changed or was last read
};

// Role: port. Threads: any. Errors: the tables can't be read and nothing is known of before.
class RuleSource {
  public:
    RuleSource() = default;
    RuleSource(const RuleSource&) = delete;
    RuleSource& operator=(const RuleSource&) = delete;
    virtual ~RuleSource() = default;

    [[nodiscard]] virtual Result<Sourced> rules_for(const routing::Call& call) = 0;
    [[nodiscard]] virtual SourceHealth health() const = 0;
};

}  // namespace meridian::catalog
