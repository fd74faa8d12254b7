#include "store/remote_check.h"

#include <fmt/format.h>

#include <algorithm>

#include "item/codec.h"
#include "store/write_logic.h"

namespace meridian::store {
namespace {

Result<void> check_tables(const TableDirectory& tables, const RemoteBatch& batch) {
    for (const auto& schema : batch.tables) {
        if (auto checked = check_schema(schema); !checked) {
            return checked;
        }
        const auto existing = tables.find(schema.name);
        if (!existing) {
            continue;
        }
        if (auto same = check_same_schema(**existing, schema); !same) {
            return same;
        }
    }
    return {};
}

Result<const item::KeySchema*> key_schema(const TableDirectory& tables, const RemoteBatch& batch,
                                          std::string_view table) {
    const auto carried = std::ranges::find(batch.tables, table, &TableSchema::name);
    if (carried != batch.tables.end()) {
        return &carried->key;
    }
    const auto existing = tables.find(table);
    if (!existing) {
        return std::unexpected(existing.error());
    }
    return &(*existing)->schema.key;
}

std::unexpected<Error> another(std::string_view table, std::string_view what) {
    return fail(ErrorCode::kInvalidInput,
                fmt::format("{}: an item whose {} is another one's", table, what));
}

Result<void> check_image(const item::KeySchema& schema, const VersionedItem& item) {
    const auto& image = item.state.image;
    const bool unversioned = item.state.version.stamp.region == kNoRegion;
    if (!image) {
        return unversioned ? another(item.table, "version") : Result<void>();
    }
    const auto key = item::key_of(schema, *image);
    if (!key) {
        return std::unexpected(key.error());
    }
    if (*key != item.key) {
        return another(item.table, "key");
    }
    if (unversioned && item.state.version.stamp != unversioned_stamp(item::encode(*image))) {
        return another(item.table, "version");
    }
    return check_item(*image);
}

}  // namespace

Result<void> check_batch(const TableDirectory& tables, std::string_view region,
                         const RemoteBatch& batch) {
    if (auto checked = check_region(batch.from); !checked) {
        return checked;
    }
    if (batch.from == region) {
        return fail(ErrorCode::kInvalidInput,
                    fmt::format("A batch from {}, which is this region: two regions have the same "
                                "name",
                                region));
    }
    if (batch.part && (batch.complete || batch.part->through < batch.part->after)) {
        return fail(ErrorCode::kInvalidInput,
                    "A part of a log that ends before it starts, or completes a view too");
    }
    if (auto checked = check_tables(tables, batch); !checked) {
        return checked;
    }
    for (const auto& item : batch.items) {
        if (auto checked = check_version(item.state.version); !checked) {
            return checked;
        }
        const auto schema = key_schema(tables, batch, item.table);
        if (!schema) {
            return std::unexpected(schema.error());
        }
        if (const auto key = item::checked_key(**schema, item.key); !key) {
            return std::unexpected(key.error());
        }
        if (auto checked = check_image(**schema, item); !checked) {
            return checked;
        }
    }
    return {};
}

}  // namespace meridian::store
