// A peer's hashes, asked over its link.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "proof/ask.h"
#include "proof/hash_source.h"

namespace meridian::proof {

// Role: puts questions into messages. Errors: as HashSource's; kCorruption and kInvalidInput for
// answers that cannot be. Threads: one at a time.
class PeerSource final : public HashSource {
  public:
    PeerSource(std::string region, Ask ask) : region_(std::move(region)), ask_(std::move(ask)) {}

    [[nodiscard]] const std::string& region() const override { return region_; }
    // Learns the tables' keys, without which items() knows no rows: first.
    [[nodiscard]] Result<std::vector<TableState>> tables() override;
    [[nodiscard]] Result<std::vector<store::RangeHash>> ranges(const std::string& table,
                                                               const std::string& prefix) override;
    [[nodiscard]] Result<ItemStatePage> items(const std::string& table, const std::string& prefix,
                                              const std::string& position) override;

  private:
    const std::string region_;
    const Ask ask_;
    std::map<std::string, store::TableSchema> schemas_;
};

}  // namespace meridian::proof
