// What messages hold, as parts. put() appends a value; take() gets it back, or spoils the reader.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/instant.h"
#include "item/value.h"
#include "replication/message.h"
#include "replication/parts.h"
#include "store/content_hash.h"
#include "store/replica_store.h"
#include "store/store_view.h"

namespace meridian::replication {

void put(PartWriter& out, Instant instant);
[[nodiscard]] Instant take_instant(PartReader& in);

void put(PartWriter& out, const store::Cursor& cursor);
[[nodiscard]] store::Cursor take_cursor(PartReader& in);

void put(PartWriter& out, const store::ContentHash& hash);
[[nodiscard]] store::ContentHash take_hash(PartReader& in);

void put(PartWriter& out, const store::TableSchema& schema);
[[nodiscard]] store::TableSchema take_schema(PartReader& in);
void put(PartWriter& out, const std::vector<store::TableSchema>& tables);
[[nodiscard]] std::vector<store::TableSchema> take_tables(PartReader& in);

void put(PartWriter& out, const store::Stamp& stamp);
[[nodiscard]] store::Stamp take_stamp(PartReader& in);

void put(PartWriter& out, const std::vector<Heard>& heard);
[[nodiscard]] std::vector<Heard> take_heard(PartReader& in);

void put(PartWriter& out, const store::ItemRef& ref);
[[nodiscard]] store::ItemRef take_ref(PartReader& in);

void put(PartWriter& out, const std::optional<std::string>& position);
[[nodiscard]] std::optional<std::string> take_position(PartReader& in);

// With an image the key isn't written: it is in it. So the tables of all items must be among those
// of the message.
void put(PartWriter& out, const store::VersionedItem& item);
[[nodiscard]] store::VersionedItem take_item(PartReader& in,
                                             const std::vector<store::TableSchema>& tables);
void put(PartWriter& out, const std::vector<store::VersionedItem>& items);
[[nodiscard]] std::vector<store::VersionedItem> take_items(
    PartReader& in, const std::vector<store::TableSchema>& tables);

void put(PartWriter& out, const item::Map& map);
[[nodiscard]] item::Map take_map(PartReader& in);

}  // namespace meridian::replication
