#include "store/rocksdb/log_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "base/log.h"
#include "store/page_builder.h"
#include "store/rocksdb/errors.h"
#include "store/rocksdb/layout.h"
#include "store/rocksdb/opening.h"
#include "store/rocksdb/snapshot.h"
#include "store/rocksdb/version_bytes.h"

namespace meridian::store {
namespace {

// What a reader does about a damaged change is what it does about one that was trimmed: it goes on
// from the tables. So nobody is stuck before it.
Error damaged_change(SequenceNumber sequence, std::string_view what) {
    return {ErrorCode::kLogTrimmed,
            fmt::format("Change {} of the change log is damaged ({}); the tables have what became "
                        "of it",
                        sequence, what)};
}

}  // namespace

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
    std::optional<Error> damage;
    for (entry->Seek(encode_number(next)); entry->Valid(); entry->Next(), ++next) {
        if (entry->key().ToStringView() != encode_number(next)) {
            damage = damaged_change(next, "it is missing");
            break;
        }
        const auto visited = visitor(next, entry->value().ToStringView());
        if (!visited) {
            damage = damaged_change(next, visited.error().message);
            break;
        }
        if (!*visited) {
            break;
        }
    }
    if (const auto status = entry->status(); status.IsCorruption()) {
        damage = damaged_change(next, error_of(status, folder).message);
    } else if (!status.ok()) {
        return std::unexpected(error_of(status, folder));
    }
    if (damage && next == after + 1) {
        log(LogLevel::kError, "store", "{}", damage->message);
        return std::unexpected(*std::move(damage));
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

// What was written into a table that was dropped since is not for others any more.
bool LogReader::is_of_live_table(const Unsealed& change) const {
    const auto id = table_of_change(change);
    const auto table = id ? catalog_.tables().find(*id) : fail(ErrorCode::kCorruption, {});
    return !table || (*table)->is_live();  // one that can't be told is damaged
}

Result<TableChanges> LogReader::read_table_log(std::string_view table, SequenceNumber after,
                                               std::size_t count) const {
    const auto known = catalog_.tables().find_ever(table);
    if (!known) {
        return std::unexpected(known.error());
    }
    TableChangePage page(after, count);
    const auto read =
        for_each_after(after, 0, [&](SequenceNumber sequence, auto sealed) -> Result<bool> {
            const auto parts = unseal_all(sealed);
            if (!parts) {
                return std::unexpected(parts.error());
            }
            if (table_of_change(*parts) != (*known)->id) {
                return page.pass(sequence);
            }
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

SequenceNumber LogReader::trimmed() const {
    const auto open = database_.access();
    const auto trimmed = open ? read_catalog_number(**open, database_.folder(), {}, kTrimmedKey)
                              : std::unexpected(open.error());
    return trimmed.value_or(0);
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
            if (whose == Whose::kOwn &&
                !(is_of_region(parts->metadata, kOwnRegionId) && is_of_live_table(*parts))) {
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
