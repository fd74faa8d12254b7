#include "store/rocksdb/first_read.h"

#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/log.h"
#include "base/mask.h"
#include "store/rocksdb/errors.h"
#include "store/rocksdb/seal.h"

namespace meridian::store {
namespace {

constexpr std::uint64_t kVerifiedBytesMax = 256UL * 1024 * 1024;
constexpr std::size_t kNamedMax = 10;

std::uint64_t bytes_of(const OpenDatabase& open) {
    std::uint64_t bytes = 0;
    for (const auto* family :
         {&open.catalog, &open.items, &open.log, &open.tombstones, &open.conflicts}) {
        std::uint64_t of_family = 0;
        open.db->GetIntProperty(family->get(), rocksdb::DB::Properties::kTotalSstFilesSize,
                                &of_family);
        bytes += of_family;
    }
    return bytes;
}

}  // namespace

Result<void> read_through(const Database& database, const TableDirectory& tables) {
    const auto open = database.access();
    if (!open) {
        return std::unexpected(open.error());
    }
    rocksdb::ReadOptions options;
    options.fill_cache = false;
    const std::unique_ptr<rocksdb::Iterator> row(
        (*open)->db->NewIterator(options, (*open)->items.get()));
    std::size_t damaged_items = 0;
    for (row->SeekToFirst(); row->Valid(); row->Next()) {
        const auto parts = unseal_all(row->value().ToStringView());
        if (!parts && ++damaged_items <= kNamedMax) {
            const auto error =
                damaged_item(tables, row->key().ToStringView(), parts.error().message);
            log(LogLevel::kError, "store", "{}", mask_numbers_in(error.message));
        }
    }
    if (damaged_items > kNamedMax) {
        log(LogLevel::kError, "store", "{} items are damaged; `meridian verify` names them",
            damaged_items);
    }
    auto status = row->status();
    if (status.ok() && bytes_of(**open) <= kVerifiedBytesMax) {
        status = (*open)->db->VerifyChecksum(options);
    }
    if (!status.ok()) {
        return std::unexpected(error_of(status, database.folder()));
    }
    return {};
}

}  // namespace meridian::store
