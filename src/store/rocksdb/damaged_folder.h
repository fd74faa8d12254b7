// A database that RocksDB can't read in full: what can be read of it.
#pragma once

#include <rocksdb/db.h>
#include <rocksdb/env.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace meridian::store {

// In the order of column_families(), which is also that of their numbers in RocksDB's files.
enum class Family : std::uint8_t { kCatalog, kItems, kLog, kTombstones, kConflicts, kIndexes };
inline constexpr std::size_t kFamilies = 6;

// Reads a copy of a folder, which it may change: the folder itself stays as it is. Threads: one.
class DamagedFolder {
  public:
    // Makes the copy in `copy` (table files are linked, not copied) and opens what it can. Where
    // the list of table files is damaged, or one of them as a whole, the list is made anew.
    // kDiskFull, kIo: there is no copy.
    [[nodiscard]] static Result<DamagedFolder> open(const std::filesystem::path& folder,
                                                    const std::filesystem::path& copy,
                                                    rocksdb::Env* env);

    DamagedFolder(DamagedFolder&&) = default;
    DamagedFolder& operator=(DamagedFolder&&) = delete;
    ~DamagedFolder();

    // Whether a whole file may be missing that held items or deletes.
    [[nodiscard]] bool lacks_rows() const { return lacks_rows_; }

    // Where to go on behind a row that can't be read; empty: nowhere. `failures`: so many were
    // tried in a row.
    using Step = std::function<std::string(std::string_view at, std::size_t failures)>;
    using Visit = std::function<Result<void>(std::string_view key, std::string_view value)>;
    // Shows the rows of the table files, in order, and steps over what can't be read. Returns how
    // many steps that took.
    [[nodiscard]] Result<std::size_t> read(Family family, const Step& step,
                                           const Visit& visit) const;

    // What was written but is not in table files yet, or no longer needs to be, in order.
    struct Written {
        Family family;
        std::string key;
        std::string value;
        bool damaged = false;    // its record has a wrong checksum
        std::size_t record = 0;  // those of one record have the same
    };
    struct Wals {
        std::vector<Written> written;
        bool damaged = false;
    };
    [[nodiscard]] Result<Wals> read_wals() const;

  private:
    DamagedFolder(std::filesystem::path copy, rocksdb::Env* env)
        : copy_(std::move(copy)), env_(env) {}

    [[nodiscard]] Result<void> copy_from(const std::filesystem::path& folder);
    void read_list();
    [[nodiscard]] bool remove_unreadable_tables();
    void miss(const std::string& table_file);
    [[nodiscard]] rocksdb::Status open_tables();
    [[nodiscard]] rocksdb::Status open_listed();
    void close();

    std::filesystem::path copy_;
    rocksdb::Env* env_;
    std::vector<std::filesystem::path> wals_;
    std::map<std::string, std::string> listed_;  // the family of each table file, as far as known
    bool lacks_rows_ = false;
    std::unique_ptr<rocksdb::DB> db_;
    std::array<std::unique_ptr<rocksdb::ColumnFamilyHandle>, kFamilies> families_;
};

// Whether something in a folder is the database's. Others may keep files there too.
[[nodiscard]] bool is_of_database(const std::filesystem::path& path);

// FOLDER/replayed: links to the write-ahead logs that an opening reads, until it is done. RocksDB
// deletes them after reading as much as it can, which may be less than there is.
[[nodiscard]] Result<void> keep_wals(const std::filesystem::path& folder);
void forget_kept_wals(const std::filesystem::path& folder);

}  // namespace meridian::store
