// Reads RocksDB's write-ahead log past what is damaged in it. RocksDB's own reader stops at a
// damaged record, or drops the rest of its block with it.
//
// A log is blocks of 32 KB. In them stand pieces of records: checksum (4 bytes, little-endian:
// CRC-32C of all that follows, masked) · length (2) · kind (1: a whole record; 2, 3, 4: its first,
// a middle, its last piece) · bytes. No piece crosses a block; fewer than 7 bytes at the end of one
// are left over (github.com/facebook/rocksdb/wiki/Write-Ahead-Log-File-Format).
#pragma once

#include <functional>
#include <string_view>

namespace meridian::store {

// Calls `visit` with each record in order; damaged: its checksum is wrong, or a part of it is
// missing. Where not even its length can be believed, what stands up to the next whole one.
void read_wal(std::string_view file,
              const std::function<void(std::string_view record, bool damaged)>& visit);

// Whether every piece is as it was written. Zeros at the end are no piece, and the last one may be
// cut short, as a loss of power leaves it; a wrong length makes one look so, but a shorter one fits
// its checksum.
[[nodiscard]] bool is_undamaged_wal(std::string_view file);

}  // namespace meridian::store
