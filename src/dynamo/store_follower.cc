#include "dynamo/store_follower.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "dynamo/stream_starts.h"
#include "dynamo/table_catalog.h"

namespace meridian::dynamo {
namespace {

using store::SequenceNumber;

Result<void> follow_indexes(store::ReplicaStore& store, const TableDescription& table) {
    auto present = store.list_indexes(table.storage);
    if (!present && present.error().code == ErrorCode::kNotSupported && table.indexes.empty()) {
        return {};
    }
    if (!present) {
        return std::unexpected(std::move(present).error());
    }
    std::set<std::string_view> kept;
    for (const auto& index : *present) {
        const auto* wanted = table.index(index.schema.name);
        if (wanted != nullptr && wanted->schema == index.schema) {
            kept.insert(wanted->schema.name);
            continue;
        }
        if (auto dropped = store.drop_index(table.storage, index.schema.name); !dropped) {
            return dropped;
        }
    }
    for (const auto& index : table.indexes) {
        if (kept.contains(index.schema.name)) {
            continue;
        }
        if (auto created = store.create_index(table.storage, index.schema); !created) {
            return created;
        }
    }
    return {};
}

// Of the stream at that place of the table's.
struct StreamPlace {
    const TableDescription& table;
    std::size_t stream;
};

Result<void> follow_stream(store::ReplicaStore& store, StreamPlace at, SequenceNumber sequence) {
    const auto& stream = at.table.streams[at.stream];
    const auto known = read_stream_span(store, at.table.id, stream.label);
    if (!known) {
        return std::unexpected(known.error());
    }
    if (*known && (stream.enabled || (*known)->through)) {
        return {};
    }
    auto span = known->value_or(StreamSpan{store.log_id(), sequence, std::nullopt});
    if (!stream.enabled) {
        span.through = sequence;
    }
    return write_stream_span(store, at.table.id, stream.label, span);
}

bool is_followed(store::ReplicaStore& store, const TableDescription& table) {
    return std::ranges::all_of(table.streams, [&](const auto& stream) {
        const auto span = read_stream_span(store, table.id, stream.label);
        return span && *span && (stream.enabled || (*span)->through);
    });
}

}  // namespace

Result<void> follow(store::ReplicaStore& store, const TableDescription& table) {
    if (table.is_own() && table.deleted) {
        return {};
    }
    if (table.deleted) {
        auto dropped = store.drop_table(table.storage);
        if (dropped || dropped.error().code != ErrorCode::kTableNotFound) {
            return dropped;
        }
    }
    if (auto created = store.create_table({table.storage, table.key}); !created) {
        return created;
    }
    // What was deleted before this region heard of it is made and dropped: its items, which may
    // still come, are passed over then.
    return table.deleted ? store.drop_table(table.storage) : follow_indexes(store, table);
}

Result<void> follow_streams(store::ReplicaStore& store, const TableDescription& table,
                            SequenceNumber sequence) {
    for (std::size_t i = 0; i < table.streams.size(); ++i) {
        if (auto followed = follow_stream(store, {table, i}, sequence); !followed) {
            return followed;
        }
    }
    return {};
}

Result<void> follow_streams(store::ReplicaStore& store, const TableDescription& table) {
    if (is_followed(store, table)) {
        return {};
    }
    // Only after a crash in between. Each description of the log, as if it came now.
    auto after = store.trimmed();
    for (const auto last = store.last_sequence(); after < last;) {
        const auto changes = store.read_table_log(kTablesTable, after, 1000);
        if (!changes) {
            return std::unexpected(changes.error());
        }
        for (const auto& change : changes->changes) {
            const auto was =
                change.after ? table_from(*change.after) : Result<TableDescription>(table);
            if (was && was->id == table.id) {
                if (auto followed = follow_streams(store, *was, change.sequence); !followed) {
                    return followed;
                }
            }
        }
        after = changes->through;
    }
    return follow_streams(store, table, after);
}

}  // namespace meridian::dynamo
