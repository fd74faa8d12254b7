#include "store/rocksdb/log_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "store/page_builder.h"
#include "store/rocksdb/errors.h"
#include "store/rocksdb/layout.h"
#include "store/rocksdb/opening.h"
#include "store/rocksdb/snapshot.h"
#include "store/rocksdb/version_bytes.h"

namespace meridian::store {

Result<void> LogReader::for_each_after(SequenceNumber after, SequenceNumber kept_after,
                                       const Visitor& visitor) const {
    const auto open = database_.access();
    if (!open) {
        return std::unexpected(open.error());
    }
    const auto& folder = database_.folder();
    const Snapshot snapshot(*(*open)->db);
    const auto trimmed = read_catalog_number(**open, folder, snapshot.options(), kTrimmedKey);
    if (!trimmed) {
        return std::unexpected(trimmed.error());
    }
    if (const auto start = std::max(*trimmed, kept_after); after < start) {
        return fail(
            ErrorCode::kLogTrimmed,
            fmt::format("The change log starts at {}; {} is no longer kept", start + 1, after + 1));
    }
    const std::unique_ptr<rocksdb::Iterator> entry(
        (*open)->db->NewIterator(snapshot.options(), (*open)->log.get()));
    auto next = after + 1;
    for (entry->Seek(encode_number(next)); entry->Valid(); entry->Next(), ++next) {
        if (entry->key().ToStringView() != encode_number(next)) {
            return std::unexpected(damaged(folder, fmt::format("change {} is missing", next)));
        }
        const auto visited = visitor(next, entry->value().ToStringView());
        if (!visited) {
            return std::unexpected(damaged(folder, visited.error().message));
        }
        if (!*visited) {
            break;
        }
    }
    if (!entry->status().ok()) {
        return std::unexpected(error_of(entry->status(), folder));
    }
    return {};
}

Result<std::vector<Change>> LogReader::read_log(SequenceNumber after, std::size_t count) const {
    ChangePage page(count);
    const auto read =
        for_each_after(after, 0, [&](SequenceNumber sequence, auto sealed) -> Result<bool> {
            auto change = unseal_change(catalog_.tables(), sequence, sealed);
            if (!change) {
                return std::unexpected(std::move(change).error());
            }
            return page.add(*std::move(change));
        });
    if (!read) {
        return std::unexpected(read.error());
    }
    return std::move(page).take();
}

Result<OwnChanges> LogReader::read_versions(Whose whose, SequenceNumber after,
                                            std::size_t count) const {
    OwnChangePage page(catalog_.tables(), after, count);
    const auto read = for_each_after(
        after, catalog_.unversioned(), [&](SequenceNumber sequence, auto sealed) -> Result<bool> {
            if (page.full()) {
                return false;
            }
            const auto parts = unseal_all(sealed);
            if (!parts) {
                return std::unexpected(parts.error());
            }
            if (whose == Whose::kOwn && !is_of_region(parts->metadata, kOwnRegionId)) {
                page.pass(sequence);
                return true;
            }
            auto change =
                unseal_own_change(catalog_.tables(), catalog_.regions(), sequence, *parts);
            if (!change) {
                return std::unexpected(std::move(change).error());
            }
            page.add(*std::move(change));
            return true;
        });
    if (!read) {
        return std::unexpected(read.error());
    }
    return std::move(page).take();
}

}  // namespace meridian::store
