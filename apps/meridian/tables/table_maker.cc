#include "tables/table_maker.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "item/json.h"
#include "manage/text.h"

namespace meridian::app {
namespace {

using Kind = Difference::Kind;

constexpr std::chrono::seconds kLookEvery{1};
constexpr int kLooksMax = 1800;  // a replica of a large table takes its time

// What is being made or changed, "in eu-west-1: CREATING"; empty: nothing is.
std::string changing(const item::Map& described) {
    const auto is_moving = [](const std::string& status) {
        return status == "CREATING" || status == "UPDATING" || status == "DELETING";
    };
    for (const auto& replica : maps_at(described, "Replicas")) {
        if (const auto status = text_at(replica, "ReplicaStatus"); is_moving(status)) {
            return fmt::format("the replica in {} is {}", text_at(replica, "RegionName"), status);
        }
    }
    const auto status = text_at(described, "TableStatus");
    return is_moving(status) ? fmt::format("the table is {}", status) : std::string();
}

}  // namespace

Result<item::Map> TableMaker::call(std::string_view operation, const item::Map& request) {
    const auto answer = service_->call(operation, item::to_plain_json(request));
    if (!answer) {
        return std::unexpected(answer.error().error);
    }
    const auto value = item::parse_plain_json(*answer);
    const auto* map = value ? value->as<item::Map>() : nullptr;
    if (map == nullptr) {
        return fail(ErrorCode::kUnavailable,
                    fmt::format("{} was answered with something that is no JSON object; is that "
                                "endpoint DynamoDB's?",
                                operation));
    }
    return *map;
}

Result<std::optional<item::Map>> TableMaker::describe(const std::string& name) {
    const auto answer = call("DescribeTable", {{"TableName", name}});
    if (!answer && answer.error().code == ErrorCode::kTableNotFound) {
        return std::optional<item::Map>();
    }
    return answer ? Result<std::optional<item::Map>>(map_at(*answer, "Table"))
                  : std::unexpected(answer.error());
}

Result<item::Map> TableMaker::settle(const ExpectedTable& table) {
    std::string told;
    for (int i = 0; i < kLooksMax; ++i) {
        const auto described = describe(table.schema.name);
        if (!described) {
            return std::unexpected(described.error());
        }
        const auto now = *described ? changing(**described) : "the table is not there yet";
        if (now.empty()) {
            return **described;
        }
        if (now != told) {
            tell_(fmt::format("waiting: {}", now));
            told = now;
        }
        std::this_thread::sleep_for(kLookEvery);
    }
    return fail(ErrorCode::kTimeout,
                fmt::format("{} is still being changed; run the command again, it goes on from "
                            "here",
                            table.schema.name));
}

Result<item::Map> TableMaker::create(const ExpectedTable& table) {
    tell_("creating");
    const auto created = call("CreateTable", create_request(table));
    const bool another_makes_it = !created && created.error().code == ErrorCode::kTableExists;
    if (!created && !another_makes_it) {
        return std::unexpected(created.error());
    }
    return settle(table);
}

Result<void> TableMaker::mend(const ExpectedTable& table, const Difference& difference) {
    item::Map request{{"TableName", table.schema.name}};
    switch (difference.kind) {
        case Kind::kStream:
            tell_("switching its stream on");
            request["StreamSpecification"] =
                item::Map{{"StreamEnabled", true}, {"StreamViewType", "NEW_AND_OLD_IMAGES"}};
            break;
        case Kind::kReplica:
            tell_(fmt::format("adding a replica in {}", difference.region));
            request["ReplicaUpdates"] =
                item::List{item::Map{{"Create", item::Map{{"RegionName", difference.region}}}}};
            break;
        case Kind::kProtection:
            tell_("protecting it from being deleted");
            request["DeletionProtectionEnabled"] = true;
            break;
        case Kind::kKey:
        case Kind::kStatus:
        case Kind::kBilling:
            return {};
    }
    const auto updated = call("UpdateTable", request);
    const auto settled = updated ? settle(table) : std::unexpected(updated.error());
    return settled ? Result<void>() : std::unexpected(settled.error());
}

Result<bool> TableMaker::is_restorable(const std::string& name) {
    const auto answer = call("DescribeContinuousBackups", {{"TableName", name}});
    if (!answer) {
        return std::unexpected(answer.error());
    }
    const auto& point_in_time =
        map_at(map_at(*answer, "ContinuousBackupsDescription"), "PointInTimeRecoveryDescription");
    return text_at(point_in_time, "PointInTimeRecoveryStatus") == "ENABLED";
}

Result<void> TableMaker::allow_restoring(const std::string& name) {
    const auto is_on = is_restorable(name);
    if (is_on && *is_on) {
        return {};
    }
    tell_("switching point-in-time recovery on");
    const auto done = call(
        "UpdateContinuousBackups",
        {{"TableName", name},
         {"PointInTimeRecoverySpecification", item::Map{{"PointInTimeRecoveryEnabled", true}}}});
    return done ? Result<void>() : std::unexpected(done.error());
}

Result<std::vector<Difference>> TableMaker::make(const ExpectedTable& table) {
    auto described = describe(table.schema.name);
    if (!described) {
        return std::unexpected(described.error());
    }
    auto there = *described ? settle(table) : create(table);
    if (!there) {
        return std::unexpected(there.error());
    }
    for (const auto& difference : differences(*there, table)) {
        if (difference.kind == Kind::kKey) {
            return fail(ErrorCode::kTableExists,
                        fmt::format("{} {}; nothing was changed: move it away, or use another "
                                    "account or region",
                                    table.schema.name, difference.text));
        }
    }
    for (const auto& difference : differences(*there, table)) {
        if (auto mended = mend(table, difference); !mended) {
            tell_(fmt::format("could not be mended: {}", mended.error().message));
        }
    }
    if (auto allowed = allow_restoring(table.schema.name); !allowed) {
        tell_(fmt::format("without point-in-time recovery: {}", allowed.error().message));
    }
    auto checked = check(table);
    if (!checked) {
        return std::unexpected(checked.error());
    }
    return checked->value_or(std::vector<Difference>{});
}

Result<std::optional<std::vector<Difference>>> TableMaker::check(const ExpectedTable& table) {
    const auto described = describe(table.schema.name);
    if (!described) {
        return std::unexpected(described.error());
    }
    if (!*described) {
        return std::optional<std::vector<Difference>>();
    }
    auto found = differences(**described, table);
    const auto restorable = is_restorable(table.schema.name);
    if (!restorable || !*restorable) {
        found.push_back({Kind::kProtection, "can't be restored to a point in time"});
    }
    return found;
}

}  // namespace meridian::app
