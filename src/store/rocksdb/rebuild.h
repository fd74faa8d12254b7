// Puts what was read of a damaged database into a new one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/hybrid_clock.h"
#include "base/result.h"
#include "store/rocksdb/catalog.h"
#include "store/rocksdb/catalog_copy.h"
#include "store/rocksdb/damaged_folder.h"
#include "store/rocksdb/database.h"
#include "store/rocksdb/reader.h"
#include "store/rocksdb/salvage.h"

namespace meridian::store {

// What there is to rebuild from.
struct Readable {
    const DamagedFolder& source;
    DamagedFolder::Wals wals;
    CatalogRows catalog;              // all that could be read
    SequenceNumber acknowledged = 0;  // DurableMark's
};

// Of two versions of a row, whatever they were read from, the greater stamp stands. Threads: one.
class Rebuild {
  public:
    // `database` is new, but for the catalog's names. All must outlive it.
    Rebuild(Database& database, const Catalog& catalog, const Readable& from, const Clock& clock);

    [[nodiscard]] Result<Salvaged> run();

  private:
    enum class Onto : std::uint8_t {
        kNothing,  // there is none in this row
        kSameToo,  // also onto one with the same stamp: it was written earlier
        kOlderOnly,
    };

    [[nodiscard]] Result<void> put(Family family, std::string_view key, std::string_view value);
    [[nodiscard]] Result<void> remove(Family family, std::string_view key);
    [[nodiscard]] bool belongs_to_a_table(std::string_view row) const;
    [[nodiscard]] bool belongs_to_a_dropped_table(std::string_view row) const;
    [[nodiscard]] bool can_be_believed(const DamagedFolder::Written& written) const;
    [[nodiscard]] bool is_contradicted(const DamagedFolder::Written& written) const;
    [[nodiscard]] Result<void> copy_rows(Family family);
    [[nodiscard]] Result<void> copy_log();
    [[nodiscard]] Result<void> copy_conflicts();
    [[nodiscard]] Result<void> take_written();
    [[nodiscard]] Result<void> take_logged(const DamagedFolder::Written& written);
    [[nodiscard]] Result<void> settle_log();
    [[nodiscard]] Result<void> replay();
    [[nodiscard]] Result<void> replay(std::string_view logged);
    // Puts the row, unless what is there is newer. True: it was put.
    [[nodiscard]] Result<bool> offer(Family family, std::string_view row, std::string_view sealed,
                                     Onto onto);
    [[nodiscard]] Result<void> finish_catalog();
    [[nodiscard]] Result<std::size_t> count(Family family) const;

    Database& database_;
    const Catalog& catalog_;
    const Readable& from_;
    const Clock& clock_;
    const Reader reader_;
    HybridClock hybrid_clock_;
    Salvaged salvaged_;
    std::map<std::string, std::size_t, std::less<>> steps_over_;  // by table
    std::size_t strangers_ = 0;                                   // rows of unknown tables
    bool rows_missing_ = false;  // items or deletes, before the replay
    SequenceNumber trimmed_ = 0;
    SequenceNumber newest_logged_ = 0;
    std::vector<std::string> loose_changes_;  // whose place in the log can't be told
};

}  // namespace meridian::store
