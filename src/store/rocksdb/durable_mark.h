// How far the change log was acknowledged, kept beside the database.
//
// RocksDB's recovery ends at the first damaged record of its log and cannot say whether that one
// was a torn, unacknowledged write, or an old one with acknowledged ones behind it. The mark can: a
// database that is behind it has lost something. It is written after each commit and not synced, so
// it costs little; after a power loss it may lag by what the system had not written yet, never
// lead.
#pragma once

#include <filesystem>

#include "base/result.h"
#include "store/table_store.h"

namespace meridian::store {

// Threads: one at a time.
class DurableMark {
  public:
    // Opens the folder's mark, or makes one at 0.
    [[nodiscard]] static Result<DurableMark> open(const std::filesystem::path& folder);

    DurableMark(DurableMark&& other) noexcept;
    DurableMark& operator=(DurableMark&&) = delete;
    ~DurableMark();

    // As it was when opened; 0 too when the bytes say nothing sensible.
    [[nodiscard]] SequenceNumber value() const { return value_; }
    // Not an error: the file cannot be written. Then the mark lags.
    void advance(SequenceNumber sequence);

  private:
    explicit DurableMark(int file) : file_(file) {}

    int file_;
    SequenceNumber value_ = 0;
};

}  // namespace meridian::store
