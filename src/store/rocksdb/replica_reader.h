// What was lost and what was deleted. No read waits for the writer.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

#include "base/hybrid_clock.h"
#include "base/result.h"
#include "store/replica_store.h"
#include "store/rocksdb/catalog.h"
#include "store/rocksdb/database.h"
#include "store/single_writer_store.h"

namespace meridian::store {

// The members do what the stores' of the same name do. Ownership: database and catalog must outlive
// it. Threads: any.
class ReplicaReader {
  public:
    ReplicaReader(const Database& database, const Catalog& catalog)
        : database_(database), catalog_(catalog) {}

    [[nodiscard]] Result<ConflictPage> conflicts(std::string_view position,
                                                 std::size_t count) const;
    [[nodiscard]] Result<TombstonePage> find_tombstones(std::string_view from,
                                                        HybridTime up_to) const;

  private:
    const Database& database_;
    const Catalog& catalog_;
};

}  // namespace meridian::store
