#include "dynamo/query_operations.h"

#include <array>

#include "dynamo/query.h"
#include "dynamo/scan.h"

namespace meridian::dynamo {
namespace {

constexpr std::array kOperations{
    Operation{.name = "Query",
              .parameters = &kQueryParameters,
              .pace = Pace::kWaits,
              .run = &answering<query>},
    Operation{.name = "Scan",
              .parameters = &kScanParameters,
              .pace = Pace::kWaits,
              .run = &answering<scan>},
};

}  // namespace

std::span<const Operation> query_operations() {
    return kOperations;
}

}  // namespace meridian::dynamo
