// A rule source that reads just what one call needs: for processes that live too briefly to hold
// all rules.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "catalog/rule_source.h"
#include "store/table_store.h"

namespace meridian::catalog {

// A caller waits for the answer, so every wait has an end. They bind stores that keep to the
// thread's deadline (base/deadline.h).
struct PointReadOptions {
    std::size_t numbers_kept = 10'000;  // answers kept for when the tables can't be read
    // Answers this young are used without reading, and read again in the background when half as
    // old; 0: always read.
    std::chrono::milliseconds fresh_for{0};
    std::chrono::milliseconds warm_budget{150};    // of a read, where there is a last known answer
    std::chrono::milliseconds cold_budget{650};    // where there is none
    std::chrono::milliseconds others_budget{200};  // of all other regions' tables together
};

// Another region's tables. Must outlive the source.
struct RegionTables {
    std::string region;
    const store::TableStore& store;
};

// The decision itself is routing's, as everywhere. Where the tables of this region can't be read:
// the last answer that is known, marked stale; where there is none, what `others` say, asked in
// that order. Tables that keep failing are left alone for a while. Threads: any. `store` and
// `clock` must outlive it.
[[nodiscard]] std::unique_ptr<RuleSource> make_point_reads(const store::TableStore& store,
                                                           const Clock& clock,
                                                           PointReadOptions options = {},
                                                           std::vector<RegionTables> others = {});

}  // namespace meridian::catalog
