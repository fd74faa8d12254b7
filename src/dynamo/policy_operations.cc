#include "dynamo/policy_operations.h"

#include <fmt/format.h>

#include <array>
#include <utility>
#include <vector>

#include "dynamo/object_text.h"
#include "dynamo/resource_policy.h"
#include "dynamo/setting_operations.h"
#include "dynamo/table_operations.h"
#include "dynamo/table_shapes.h"

namespace meridian::dynamo {

namespace json = boost::json;

namespace {

// ---- Resource policies

constexpr std::array kPutPolicyMembers{
    Member{"ResourceArn", &kText, Need::kRequired},
    Member{"Policy", &kText, Need::kRequired},
    Member{"ExpectedRevisionId", &kText},
    Member{"ConfirmRemoveSelfResourceAccess", &kFlag},
};
constexpr Shape kPutPolicy = structure("PutResourcePolicyInput", kPutPolicyMembers);
constexpr std::array kGetPolicyMembers{Member{"ResourceArn", &kText, Need::kRequired}};
constexpr Shape kGetPolicy = structure("GetResourcePolicyInput", kGetPolicyMembers);
constexpr std::array kDeletePolicyMembers{
    Member{"ResourceArn", &kText, Need::kRequired},
    Member{"ExpectedRevisionId", &kText},
};
constexpr Shape kDeletePolicy = structure("DeleteResourcePolicyInput", kDeletePolicyMembers);

std::unexpected<Failure> no_policy(std::string_view arn) {
    return refuse(
        "PolicyNotFoundException",
        fmt::format("Resource-based policy not found for the provided ResourceArn: {}", arn));
}

// A request may say which revision it is about; "NO_POLICY": that there is none.
bool is_expected(const json::object& parameters, const TableDescription& table) {
    const auto expected = text_of(parameters, "ExpectedRevisionId");
    const auto now = policy_of(table);
    return !expected || (now ? now->revision == *expected : *expected == "NO_POLICY");
}

template <typename Make>
Outcome<void> change_policy(World& world, const json::object& parameters,
                            std::string_view operation, const Make& make) {
    const auto found = table_of_resource(world, parameters, operation);
    if (!found) {
        return std::unexpected(found.error());
    }
    const auto change = [&](const TablePtr& now) -> Outcome<TableDescription> {
        if (now == nullptr) {
            return table_not_found((*found)->name);
        }
        if (!is_expected(parameters, *now)) {
            return no_policy(*text_of(parameters, "ResourceArn"));
        }
        auto table = *now;
        if (auto made = make(table); !made) {
            return std::unexpected(std::move(made).error());
        }
        return table;
    };
    auto changed = world.tables.change((*found)->name, change);
    return changed ? Outcome<void>{} : std::unexpected(std::move(changed).error());
}

Outcome<std::string> put_policy(World& world, const json::object& parameters) {
    std::string revision;
    const auto make = [&](TableDescription& table) -> Outcome<void> {
        const auto policy = *text_of(parameters, "Policy");
        if (const auto now = policy_of(table); now && now->policy == policy) {
            revision = now->revision;  // the same once more
            return {};
        }
        auto set = set_policy(policy, world.clock.now(), table);
        if (!set) {
            return std::unexpected(std::move(set).error());
        }
        revision = *std::move(set);
        return {};
    };
    auto changed = change_policy(world, parameters, "PutResourcePolicy", make);
    return changed ? Outcome<std::string>(ObjectText().text("RevisionId", revision).str())
                   : std::unexpected(std::move(changed).error());
}

Outcome<std::string> get_policy(World& world, const json::object& parameters) {
    const auto table = table_of_resource(world, parameters, "GetResourcePolicy");
    if (!table) {
        return std::unexpected(table.error());
    }
    const auto policy = policy_of(**table);
    if (!policy) {
        return no_policy(*text_of(parameters, "ResourceArn"));
    }
    return ObjectText().text("Policy", policy->policy).text("RevisionId", policy->revision).str();
}

Outcome<std::string> delete_policy(World& world, const json::object& parameters) {
    std::string revision;
    const auto make = [&](TableDescription& table) -> Outcome<void> {
        if (const auto now = policy_of(table)) {
            revision = now->revision;
        }
        remove_policy(table);
        return {};
    };
    auto changed = change_policy(world, parameters, "DeleteResourcePolicy", make);
    if (!changed) {
        return std::unexpected(std::move(changed).error());
    }
    return revision.empty() ? "{}" : ObjectText().text("RevisionId", revision).str();
}

// ---- Contributor insights

constexpr std::array<std::string_view, 2> kActions{"ENABLE", "DISABLE"};
constexpr Shape kAction = one_of(kActions);
constexpr std::array<std::string_view, 2> kModes{"ACCESSED_AND_THROTTLED_KEYS", "THROTTLED_KEYS"};
constexpr Shape kMode = one_of(kModes);
constexpr std::array kUpdateInsightsMembers{
    kNameOfTableMember,
    Member{"IndexName", &kNewName},
    Member{"ContributorInsightsAction", &kAction, Need::kRequired},
    Member{"ContributorInsightsMode", &kMode},
};
constexpr Shape kUpdateInsights =
    structure("UpdateContributorInsightsInput", kUpdateInsightsMembers);
constexpr std::array kDescribeInsightsMembers{kNameOfTableMember, Member{"IndexName", &kNewName}};
constexpr Shape kDescribeInsights =
    structure("DescribeContributorInsightsInput", kDescribeInsightsMembers);
constexpr Shape kPage = integer(1, 100);
constexpr std::array kListInsightsMembers{
    Member{"TableName", &kNameOfTable},
    Member{"NextToken", &kText},
    Member{"MaxResults", &kPage},
};
constexpr Shape kListInsights = structure("ListContributorInsightsInput", kListInsightsMembers);

constexpr std::string_view kInsights = "ContributorInsights";

item::Map insights_of(const TableDescription& table) {
    const auto* value = item::find(table.further, kInsights);
    const auto* map = value == nullptr ? nullptr : value->as<item::Map>();
    return map == nullptr ? item::Map{} : *map;
}

std::string text_in(const item::Value& value, std::string_view name) {
    const auto* map = value.as<item::Map>();
    const auto* member = map == nullptr ? nullptr : item::find(*map, name);
    const auto* text = member == nullptr ? nullptr : member->as<std::string>();
    return text == nullptr ? "" : *text;
}

// By the index's name; of the table itself by none.
Outcome<void> check_index(const TableDescription& table, std::string_view index) {
    const auto* found = index.empty() ? nullptr : table.index(index);
    if (index.empty() || (found != nullptr && found->kind == IndexKind::kGlobal)) {
        return {};
    }
    return resource_not_found(fmt::format(
        "Requested resource not found: Index: {} not found for table: {}", index, table.name));
}

ObjectText insights_of_what(const TableDescription& table, std::string_view index) {
    ObjectText out;
    out.text("TableName", table.name);
    if (!index.empty()) {
        out.text("IndexName", index);
    }
    return out;
}

Outcome<std::string> update_insights(World& world, const json::object& parameters) {
    const auto name = *text_of(parameters, "TableName");
    const std::string index(text_of(parameters, "IndexName").value_or(""));
    const bool enable = text_of(parameters, "ContributorInsightsAction") == "ENABLE";
    std::string answer;
    const auto change = [&](const TablePtr& now) -> Outcome<TableDescription> {
        if (now == nullptr) {
            return table_not_found(name);
        }
        if (auto checked = check_index(*now, index); !checked) {
            return std::unexpected(std::move(checked).error());
        }
        auto table = *now;
        auto insights = insights_of(table);
        const auto before = text_in(insights[index], "Status");
        const auto kept = text_in(insights[index], "Mode");
        const std::string mode(text_of(parameters, "ContributorInsightsMode")
                                   .value_or(kept.empty() ? kModes[0] : std::string_view(kept)));
        const std::string_view status = enable ? "ENABLED" : "DISABLED";
        const bool same = before == status || (before.empty() && !enable);
        answer = insights_of_what(table, index)
                     .text("ContributorInsightsStatus", same     ? status
                                                        : enable ? "ENABLING"
                                                                 : "DISABLING")
                     .text("ContributorInsightsMode", mode)
                     .str();
        insights[index] = item::Map{
            {"Status", status}, {"Mode", mode}, {"Changed", seconds_of(world.clock.now())}};
        table.further[std::string(kInsights)] = std::move(insights);
        return table;
    };
    if (auto changed = world.tables.change(name, change); !changed) {
        return std::unexpected(std::move(changed).error());
    }
    return answer;
}

Outcome<std::string> describe_insights(World& world, const json::object& parameters) {
    const auto name = *text_of(parameters, "TableName");
    const std::string index(text_of(parameters, "IndexName").value_or(""));
    const auto table = world.tables.find(name);
    if (table == nullptr) {
        return table_not_found(name);
    }
    if (auto checked = check_index(*table, index); !checked) {
        return std::unexpected(std::move(checked).error());
    }
    auto out = insights_of_what(*table, index);
    auto insights = insights_of(*table);
    const auto found = insights.find(index);
    if (found == insights.end()) {
        return out.text("ContributorInsightsStatus", "DISABLED").str();
    }
    const auto status = text_in(found->second, "Status");
    if (status == "ENABLED") {
        out.json("ContributorInsightsRuleList", "[]");
    }
    const auto* changed = item::find(*found->second.as<item::Map>(), "Changed");
    const auto* moment = changed == nullptr ? nullptr : changed->as<item::Number>();
    return out.text("ContributorInsightsStatus", status)
        .json("LastUpdateDateTime", moment == nullptr ? "0" : moment->to_string())
        .text("ContributorInsightsMode", text_in(found->second, "Mode"))
        .str();
}

Outcome<std::string> list_insights(World& world, const json::object& parameters) {
    auto tables = world.tables.list();
    if (const auto name = text_of(parameters, "TableName")) {
        const auto table = world.tables.find(*name);
        if (table == nullptr) {
            return table_not_found(*name);
        }
        tables = {table};
    }
    std::vector<std::string> summaries;
    for (const auto& table : tables) {
        for (const auto& [index, state] : insights_of(*table)) {
            if (text_in(state, "Status") == "ENABLED") {
                summaries.push_back(insights_of_what(*table, index)
                                        .text("ContributorInsightsStatus", "ENABLED")
                                        .text("ContributorInsightsMode", text_in(state, "Mode"))
                                        .str());
            }
        }
    }
    return ObjectText().json("ContributorInsightsSummaries", array_text(summaries)).str();
}

constexpr std::array kOperations{
    Operation{.name = "PutResourcePolicy",
              .parameters = &kPutPolicy,
              .pace = Pace::kWaits,
              .run = &answering<put_policy>},
    Operation{.name = "GetResourcePolicy",
              .parameters = &kGetPolicy,
              .pace = Pace::kBrief,
              .run = &answering<get_policy>},
    Operation{.name = "DeleteResourcePolicy",
              .parameters = &kDeletePolicy,
              .pace = Pace::kWaits,
              .run = &answering<delete_policy>},
    Operation{.name = "UpdateContributorInsights",
              .parameters = &kUpdateInsights,
              .pace = Pace::kWaits,
              .run = &answering<update_insights>},
    Operation{.name = "DescribeContributorInsights",
              .parameters = &kDescribeInsights,
              .pace = Pace::kBrief,
              .run = &answering<describe_insights>},
    Operation{.name = "ListContributorInsights",
              .parameters = &kListInsights,
              .pace = Pace::kBrief,
              .run = &answering<list_insights>},
};

}  // namespace

std::span<const Operation> policy_operations() {
    return kOperations;
}

}  // namespace meridian::dynamo
