#include "store/rocksdb/tombstone_filter.h"

#include <xxhash.h>

#include <algorithm>
#include <memory>

#include "store/rocksdb/errors.h"

namespace meridian::store {
namespace {

// With more than that there is hardly a row left that has surely none.
constexpr std::size_t kReadMax = 2'000'000;

}  // namespace

Result<TombstoneFilter> TombstoneFilter::read(const Database& database) {
    const auto open = database.access();
    if (!open) {
        return std::unexpected(open.error());
    }
    TombstoneFilter filter;
    rocksdb::ReadOptions options;
    options.fill_cache = false;
    const std::unique_ptr<rocksdb::Iterator> row(
        (*open)->db->NewIterator(options, (*open)->tombstones.get()));
    std::size_t count = 0;
    for (row->SeekToFirst(); row->Valid() && count < kReadMax; row->Next(), ++count) {
        filter.add(row->key().ToStringView());
    }
    if (row->Valid()) {
        std::ranges::fill(filter.bits_, ~std::uint64_t{0});
    }
    if (!row->status().ok()) {
        return std::unexpected(error_of(row->status(), database.folder()));
    }
    return filter;
}

void TombstoneFilter::add(std::string_view row) {
    const auto bit = XXH3_64bits(row.data(), row.size()) % kBits;
    bits_[bit / 64] |= std::uint64_t{1} << (bit % 64);
}

bool TombstoneFilter::may_have(std::string_view row) const {
    const auto bit = XXH3_64bits(row.data(), row.size()) % kBits;
    return (bits_[bit / 64] >> (bit % 64) & 1) != 0;
}

}  // namespace meridian::store
