// One call of the service, and who answers it.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "dynamo/failure.h"
#include "dynamo/table_catalog.h"
#include "store/replica_store.h"

namespace meridian::backup {
class Backups;
}

namespace meridian::dynamo {

// What operations work on. Everything outlives every call. Threads: any.
struct World {
    std::string region;
    std::vector<std::string> regions;  // that there are, this one included
    store::ReplicaStore& store;
    TableCatalog& tables;
    backup::Backups* backups;  // null: none are kept
    const Clock& clock;
    Random& random;
};

// The body of the answer, or the refusal. Called once, on any thread.
using Respond = std::move_only_function<void(Outcome<std::string>)>;

struct Call {
    World& world;
    const boost::json::object& parameters;  // lives until run() returns
    Respond respond;
};

// kBrief: run() returns in microseconds, so it may run on a thread that others wait for; kWaits:
// it may read many items, or wait for writes.
enum class Pace : std::uint8_t { kBrief, kWaits };

struct Operation {
    std::string_view name;  // "PutItem"
    Pace pace = Pace::kBrief;
    void (*run)(Call call) = nullptr;
};

}  // namespace meridian::dynamo
