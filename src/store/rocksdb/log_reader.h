// Reads of the change log. None waits for the writer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/replica_store.h"
#include "store/rocksdb/catalog.h"
#include "store/rocksdb/database.h"
#include "store/rocksdb/seal.h"
#include "store/table_store.h"

namespace meridian::store {

// The members do what the stores' of the same name do. Ownership: the database and the catalog must
// outlive it. Threads: any.
class LogReader {
  public:
    LogReader(const Database& database, const Catalog& catalog)
        : database_(database), catalog_(catalog) {}

    [[nodiscard]] Result<std::vector<Change>> read_log(SequenceNumber after,
                                                       std::size_t count) const;
    [[nodiscard]] Result<TableChanges> read_table_log(std::string_view table, SequenceNumber after,
                                                      std::size_t count) const;
    [[nodiscard]] SequenceNumber trimmed() const;
    [[nodiscard]] Result<OwnChanges> read_own(SequenceNumber after, std::size_t count) const {
        return read_versions(Whose::kOwn, after, count);
    }
    [[nodiscard]] Result<OwnChanges> read_all(SequenceNumber after, std::size_t count) const {
        return read_versions(Whose::kAll, after, count);
    }

  private:
    enum class Whose : std::uint8_t { kOwn, kAll };
    [[nodiscard]] Result<OwnChanges> read_versions(Whose whose, SequenceNumber after,
                                                   std::size_t count) const;
    [[nodiscard]] bool is_of_live_table(const Unsealed& change) const;
    // True: go on.
    using Visitor = std::function<Result<bool>(SequenceNumber sequence, std::string_view sealed)>;
    // kLogTrimmed: the first one has gone, or is not above `kept_after`.
    [[nodiscard]] Result<void> for_each_after(SequenceNumber after, SequenceNumber kept_after,
                                              const Visitor& visitor) const;

    const Database& database_;
    const Catalog& catalog_;
};

}  // namespace meridian::store
