// All rules and schedules of a store in one snapshot, kept fresh by the store's commits.
#pragma once

#include <memory>

#include "base/clock.h"
#include "base/result.h"
#include "catalog/rule_source.h"
#include "store/table_store.h"

namespace meridian::catalog {

// Role: the rule source of a long-running server. A change is in the snapshot before its writer is
// told that it is durable. Ownership: shares its state with the store's observer, so the store may
// outlive it. Threads: any; readers never wait for writers.
class LiveCatalog final : public RuleSource {
  public:
    // Reads all tables (seconds for a million rules), then follows. `clock` must outlive the store.
    [[nodiscard]] static Result<std::unique_ptr<LiveCatalog>> start(store::TableStore& store,
                                                                    const Clock& clock);
    ~LiveCatalog() override;

    [[nodiscard]] Result<Sourced> rules_for(const routing::Call& call) override;
    [[nodiscard]] SourceHealth health() const override;

    [[nodiscard]] routing::Snapshot snapshot() const;
    // The newest change that the snapshot holds.
    [[nodiscard]] store::SequenceNumber sequence() const;

  private:
    class State;
    explicit LiveCatalog(std::shared_ptr<State> state);
    std::shared_ptr<State> state_;
};

}  // namespace meridian::catalog
