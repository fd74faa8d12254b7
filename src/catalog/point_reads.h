// A rule source that reads just what one call needs: for processes that live too briefly to hold
// all rules.
#pragma once

#include <cstddef>
#include <memory>

#include "base/clock.h"
#include "catalog/rule_source.h"
#include "store/table_store.h"

namespace meridian::catalog {

struct PointReadOptions {
    std::size_t numbers_kept = 10'000;  // answers kept for when the tables can't be read
    std::chrono::milliseconds fresh_for{
        0};  // answers this young are used without reading; 0: always read
};

// One batch read of every prefix of the number in the call's region, one query for the number in
// other regions where that finds nothing, one read of the winner's business hours. The decision
// itself is routing's, as everywhere. Threads: any. `store` and `clock` must outlive it.
[[nodiscard]] std::unique_ptr<RuleSource> make_point_reads(const store::TableStore& store,
                                                           const Clock& clock,
                                                           PointReadOptions options = {});

}  // namespace meridian::catalog
