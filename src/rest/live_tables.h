// How what was is written into a running region: rules, hours and agents with their history, the
// history itself only added to, everything else as it is.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "backup/live.h"
#include "base/clock.h"
#include "base/random.h"
#include "management/caller.h"
#include "management/editor.h"
#include "management/entity_writer.h"
#include "store/table_store.h"

namespace meridian::rest {

// Role: adapter. Versions of entities go forward, and each change has an entry in the history that
// says who and why; what a former region's entities look like is not judged. Ownership: store and
// clock must outlive it. Threads: one.
class RunningTables final : public backup::LiveTables {
  public:
    // `reason` and `via` are for the history.
    RunningTables(store::TableStore& store, const Clock& clock, management::Caller caller,
                  std::string reason, std::string via);

    [[nodiscard]] backup::TableRule rule(std::string_view table) const override;
    [[nodiscard]] bool same(std::string_view table, const item::Item& a,
                            const item::Item& b) const override;
    [[nodiscard]] Result<void> write(const std::string& table,
                                     std::vector<backup::Difference> differences) override;

  private:
    [[nodiscard]] Result<void> write_plain(const std::string& table,
                                           std::vector<backup::Difference> differences);
    [[nodiscard]] Result<void> write_entities(management::Kind kind,
                                              std::vector<backup::Difference> differences);
    [[nodiscard]] Result<void> write_entity(management::Kind kind,
                                            const backup::Difference& difference);

    store::TableStore& store_;
    const management::Caller caller_;
    const management::EditOptions options_;
    SystemRandom random_;
    management::EntityWriter writer_;
};

}  // namespace meridian::rest
