// Parts of a table as requests name them, checked in the service's words. Source of the texts:
// answers of the service, as tests of dynalite and of other clients of it have kept them.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dynamo/failure.h"
#include "dynamo/table_description.h"

namespace meridian::dynamo {

// "One or more parameter values were invalid: " and what is.
[[nodiscard]] std::unexpected<Failure> invalid(std::string_view what);

// ---- Keys

using Attributes = std::vector<item::KeyAttribute>;

// AttributeDefinitions, in the order of their names.
[[nodiscard]] Outcome<Attributes> attributes_in(const boost::json::array& definitions);
[[nodiscard]] std::vector<std::string> names_in(const boost::json::array& key_schema);
// A KeySchema whose attributes are all defined, HASH before RANGE.
[[nodiscard]] Outcome<item::KeySchema> key_schema_in(const boost::json::array& key_schema,
                                                     const Attributes& attributes);
// "[b, a]": the service keeps such names in a hash set, and shows them in its order.
[[nodiscard]] std::string set_text(const std::vector<std::string>& names, std::size_t buckets = 1);
[[nodiscard]] std::vector<std::string> names_of(const Attributes& attributes);

// ---- Indexes

// Of an element of LocalSecondaryIndexes or GlobalSecondaryIndexes, or of a Create action: name,
// key, projection.
[[nodiscard]] Outcome<IndexDescription> index_in(const boost::json::object& index, IndexKind kind,
                                                 const Attributes& attributes);

// ---- Capacity

inline constexpr std::int64_t kUnitsMax = 1'000'000'000'000;
// What every table may do from its start, on demand.
inline constexpr std::int64_t kWarmReadUnits = 12'000;
inline constexpr std::int64_t kWarmWriteUnits = 4'000;

// ProvisionedThroughput; nothing: it isn't there.
[[nodiscard]] std::optional<Throughput> throughput_in(const boost::json::object& holder);
[[nodiscard]] Outcome<void> check_bounds(const Throughput& throughput);

// What a request says of OnDemandThroughput and WarmThroughput of a table, or of an index.
struct CapacityOwner {
    std::string_view index = {};  // none: the table
    BillingMode billing = BillingMode::kProvisioned;
    Throughput throughput = {};
};
// Sets further's OnDemandThroughput and WarmThroughput of what is created.
[[nodiscard]] Outcome<void> set_new_capacity(const boost::json::object& holder,
                                             const CapacityOwner& owner, item::Map& further);
// The same of what exists: -1 takes a limit away, and what is warm stays so.
[[nodiscard]] Outcome<void> change_capacity(const boost::json::object& holder,
                                            const CapacityOwner& owner, item::Map& further);
// What reads and writes are ready for.
[[nodiscard]] Throughput warm_units(const CapacityOwner& owner, const item::Map& further);

// ---- Others

// BillingModeSummary of a table that has that mode since then.
[[nodiscard]] item::Map billing_summary(BillingMode mode, Instant since);
// Of a StreamSpecification.
[[nodiscard]] StreamView view_in(const boost::json::object& stream);
// Of a new stream of the table: another one than all before.
[[nodiscard]] std::string new_label(const TableDescription& table, Instant now);
// SSEDescription of an SSESpecification; nothing: it asks for the key that is always there.
[[nodiscard]] Outcome<std::optional<item::Map>> encryption_in(
    const boost::json::object& specification, std::string_view region, std::string_view table_id);
[[nodiscard]] Outcome<std::string> table_class_in(std::string_view table_class);

}  // namespace meridian::dynamo
