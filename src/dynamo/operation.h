// One call of the service, and who answers it.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "dynamo/failure.h"
#include "dynamo/parameters.h"
#include "dynamo/shape.h"
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
    std::function<std::string()> endpoint = {};  // where clients reach this region: host:port
};

// The body of the answer, or the refusal. Called once, on any thread; destroyed without, the
// service answers InternalServerError.
using Respond = std::move_only_function<void(Outcome<std::string>)>;

// Whoever answers later keeps the parameters, or what it took out of them.
struct Call {
    World& world;
    std::unique_ptr<const Parameters> request;
    Respond respond;

    [[nodiscard]] const boost::json::object& parameters() const { return request->object(); }
};

// kBrief: run() returns in microseconds, so it may run on a thread that others wait for; kWaits:
// it may read many items, or wait for writes.
enum class Pace : std::uint8_t { kBrief, kWaits };

// A group of operations exports its own in its header:
//   [[nodiscard]] std::span<const Operation> item_operations();
// and service.cc lists the groups.
struct Operation {
    std::string_view name;  // "PutItem"
    const Shape* parameters = nullptr;
    Pace pace = Pace::kBrief;
    void (*run)(Call call) = nullptr;  // the parameters have passed both of shape.h's checks
    bool streams = false;              // of DynamoDBStreams_20120810
};

// For operations that have their answer when they return:
//   {.name = "GetItem", .parameters = &kGetItem, .run = &answering<get_item>}
template <Outcome<std::string> (*Answer)(World&, const boost::json::object&)>
void answering(Call call) {
    auto answer = Answer(call.world, call.parameters());
    call.respond(std::move(answer));
}

}  // namespace meridian::dynamo
