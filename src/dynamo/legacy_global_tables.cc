// The service makes none any more, so there are none.
#include "dynamo/legacy_global_tables.h"

#include <fmt/format.h>

#include <array>

#include "dynamo/table_parts.h"

namespace meridian::dynamo {

namespace json = boost::json;

namespace {

constexpr std::array kNamedMembers{Member{"GlobalTableName", &kNewName, Need::kRequired}};
constexpr Shape kNamed = structure("DescribeGlobalTableInput", kNamedMembers);
constexpr Shape kAny = structure("ListGlobalTablesInput", {});

Outcome<std::string> create(World& /*world*/, const json::object& /*parameters*/) {
    return invalid(
        "DynamoDB global tables version 2017.11.29 is not supported. We recommend using DynamoDB "
        "global tables version 2019.11.21, instead of version 2017.11.29 (Legacy).");
}

Outcome<std::string> none_of_that_name(World& /*world*/, const json::object& parameters) {
    return refuse("GlobalTableNotFoundException",
                  fmt::format("Global table with name: '{}' does not exist.",
                              *text_of(parameters, "GlobalTableName")));
}

Outcome<std::string> none_at_all(World& /*world*/, const json::object& /*parameters*/) {
    return R"({"GlobalTables":[]})";
}

constexpr std::array kOperations{
    Operation{.name = "CreateGlobalTable", .parameters = &kNamed, .run = &answering<create>},
    Operation{
        .name = "DescribeGlobalTable", .parameters = &kNamed, .run = &answering<none_of_that_name>},
    Operation{.name = "DescribeGlobalTableSettings",
              .parameters = &kNamed,
              .run = &answering<none_of_that_name>},
    Operation{
        .name = "UpdateGlobalTable", .parameters = &kNamed, .run = &answering<none_of_that_name>},
    Operation{.name = "UpdateGlobalTableSettings",
              .parameters = &kNamed,
              .run = &answering<none_of_that_name>},
    Operation{.name = "ListGlobalTables", .parameters = &kAny, .run = &answering<none_at_all>},
};

}  // namespace

std::span<const Operation> legacy_global_table_operations() {
    return kOperations;
}

}  // namespace meridian::dynamo
