// Tables of DynamoDB, or of whatever speaks its protocol, as a TableStore.
//
// Source of the requests and answers: Amazon DynamoDB API reference, API version 2012-08-10.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "aws/json_service.h"
#include "base/clock.h"
#include "base/random.h"
#include "store/table_store.h"

namespace meridian::store {

// Capacity in units a second, for tables that are not paid by the request.
struct ProvisionedUnits {
    std::uint64_t read = 0;
    std::uint64_t write = 0;
    friend bool operator==(const ProvisionedUnits&, const ProvisionedUnits&) = default;
};

struct DynamoDbOptions {
    // What the service's names of our tables start with; other tables are not seen.
    std::string prefix = {};
    // Whether reads of tables see every write that was acknowledged before. Those of indexes never
    // do: the service keeps indexes up to date a little later.
    bool consistent_reads = true;
    // Known without asking, so that the first query needs no DescribeTable. When the service has
    // another one by that name, it is asked at the first query that it refuses.
    std::vector<TableSchema> known_tables = {};
    // Of tables that are created; nothing: paid by the request.
    std::optional<ProvisionedUnits> provisioned = std::nullopt;
    // How long create_table() and its like wait for the service to have done it.
    std::chrono::milliseconds table_wait = std::chrono::minutes{10};
    // Writes that may wait in submit(), beyond which it says kOverloaded.
    std::size_t queue_writes_max = 10'000;
    // Waits between tries; empty: sleeps.
    std::function<void(std::chrono::milliseconds)> pause = {};
};

// Nothing is sent, and no thread started, before the first use. Ownership: clock and random must
// outlive the store; random is asked from any thread. Threads: a call waits on its own thread, no
// longer than the deadline of that thread (base/deadline.h); submit() has up to 16 threads of the
// store's own, from its first use on. The store's destructor makes what was submitted.
//
// What differs from the embedded stores:
// - There is no change log: sequences are 0, read_log() says kNotSupported, observers are never
//   called. A table's changes are its stream's.
// - Of what is submitted, only writes to the same item are made in their order.
// - get_many() reads each item as of a moment of its own.
// - Strings are UTF-8: others are refused (kInvalidInput).
// - list_tables() is empty when the service doesn't answer.
// - A page's `bytes` are those of the items that came, so without what its filter left out.
// - Items of one key come from an index in any order. A page of whole items from an index that
//   doesn't show them is two reads; what was deleted between them is left out.
// - A write is refused (kInvalidInput) that would leave an attribute of an index's key with another
//   type, or empty.
// - extent(), and that of indexes, are as of some hours ago. A table's name may be used again once
//   it was dropped, and whether it was there before, nobody knows.
// - An update's `after` is computed from `before`, by the same rules.
// - Of a transaction of several writes: `before` is known only where the condition failed. `after`
//   of a put is its item; that of an update or a check is read when the transaction is over, so may
//   be what somebody else wrote since; nothing where it can't be read. It may have 100 writes
//   (kTooLarge).
// - A write whose answer was lost may be made a second time by its retry. Where its condition then
//   fails because the first try has done it (the item is what the write makes), it succeeded.
// - A check by itself is a read.
[[nodiscard]] std::unique_ptr<TableStore> open_dynamodb_store(
    std::shared_ptr<aws::JsonService> service, DynamoDbOptions options, const Clock& clock,
    Random& random);

}  // namespace meridian::store
