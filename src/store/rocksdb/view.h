// A store as of one moment, as long as RocksDB keeps what was there then.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "store/rocksdb/catalog.h"
#include "store/rocksdb/database.h"
#include "store/store_view.h"

namespace meridian::store {

// Ownership: database and catalog must outlive it.
class RocksDbView final : public StoreView {
  public:
    // kOverloaded: too many are open.
    [[nodiscard]] static Result<std::unique_ptr<StoreView>> open(const Database& database,
                                                                 const Catalog& catalog,
                                                                 const Clock& clock);
    ~RocksDbView() override;

  private:
    RocksDbView(const Database& database, const Catalog& catalog, std::uint64_t ticket,
                SequenceNumber sequence)
        : StoreView(catalog.tables(), sequence),
          database_(database),
          catalog_(catalog),
          ticket_(ticket) {}

    [[nodiscard]] Result<void> visit(Rows rows, const RowRange& range,
                                     const Visitor& visitor) const override;
    [[nodiscard]] Row row_of(Rows rows, std::string_view key, std::string_view sealed) const;
    // Visits some of them, and moves `range.low` behind; nothing is left when it is empty.
    [[nodiscard]] Result<void> visit_some(Rows rows, RowRange& range, const Visitor& visitor) const;

    const Database& database_;
    const Catalog& catalog_;
    const std::uint64_t ticket_;
};

}  // namespace meridian::store
