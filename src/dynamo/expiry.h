// Time to live: items whose table says that they are past it are deleted.
//
// Source of the rules: Amazon DynamoDB developer guide, "Using time to live (TTL) in DynamoDB": the
// attribute is a Number, of seconds of Unix time; an item that expired more than five years ago
// stays.
#pragma once

#include <cstddef>
#include <optional>
#include <stop_token>
#include <string>

#include "base/instant.h"
#include "base/result.h"
#include "dynamo/table_catalog.h"
#include "item/key.h"
#include "store/table_store.h"

namespace meridian::dynamo {

// Role: goes through the tables that have a time-to-live attribute, and deletes what has expired,
// as any client would: in the change log, in the streams, in all regions. Every region may do so;
// deleting twice loses nothing. Ownership: store and tables must outlive it. Threads: one at a
// time, one that may wait for writes. Errors: what was found stays; the next sweep goes on there.
class ExpirySweeper {
  public:
    struct Options {
        std::size_t page_items = 1'000;        // looked at before their deletes are made
        std::size_t sweep_items_max = 50'000;  // looked at by one sweep
    };
    struct Sweep {
        std::size_t examined = 0;
        std::size_t deleted = 0;
        // False: the bound was reached, it was asked to stop, or the store has too much to do. The
        // next sweep goes on where this one ended.
        bool complete = false;
    };

    ExpirySweeper(store::TableStore& store, const TableCatalog& tables)
        : ExpirySweeper(store, tables, Options{}) {}
    ExpirySweeper(store::TableStore& store, const TableCatalog& tables, Options options)
        : store_(store), tables_(tables), options_(options) {}

    // Not an error: a table that goes meanwhile, an item that changes meanwhile (then it stays).
    [[nodiscard]] Result<Sweep> sweep(Instant now, const std::stop_token& stop);

  private:
    // How far an earlier sweep came.
    struct Place {
        std::string table;                 // its name: tables are swept in their order
        std::string id;                    // another table of the same name starts anew
        std::optional<item::Key> through;  // nothing: from its first item
    };
    enum class Ended : std::uint8_t { kAtTheEnd, kBefore };

    [[nodiscard]] Result<Ended> sweep_table(const TableDescription& table, Instant now,
                                            const std::stop_token& stop, Sweep& sweep);

    store::TableStore& store_;
    const TableCatalog& tables_;
    const Options options_;
    std::optional<Place> place_;
};

}  // namespace meridian::dynamo
