#include "dynamo/setting_operations.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "dynamo/object_text.h"
#include "dynamo/table_operations.h"
#include "dynamo/table_parts.h"
#include "dynamo/table_shapes.h"
#include "dynamo/tags.h"

namespace meridian::dynamo {

namespace json = boost::json;

namespace {

// ---- Time to live

constexpr Shape kTtlAttribute = text({1, 255});
constexpr std::array kTtlMembers{
    Member{"AttributeName", &kTtlAttribute, Need::kRequired},
    Member{"Enabled", &kFlag, Need::kRequired},
};
constexpr Shape kTtl = structure("TimeToLiveSpecification", kTtlMembers);
constexpr std::array kUpdateTtlMembers{
    kNameOfTableMember,
    Member{"TimeToLiveSpecification", &kTtl, Need::kRequired},
};
constexpr Shape kUpdateTtl = structure("UpdateTimeToLiveInput", kUpdateTtlMembers);

Outcome<void> set_ttl(std::string_view attribute, bool enabled, TableDescription& table) {
    const auto& now = table.ttl_attribute;
    if (now && *now != attribute) {
        return validation(fmt::format(
            "TimeToLive is active on a different AttributeName: current AttributeName is {}",
            *now));
    }
    if (enabled == now.has_value()) {
        return validation(
            fmt::format("TimeToLive is already {}", enabled ? "enabled" : "disabled"));
    }
    table.ttl_attribute = enabled ? std::optional(std::string(attribute)) : std::nullopt;
    return {};
}

Outcome<std::string> update_ttl(World& world, const json::object& parameters) {
    const auto name = *text_of(parameters, "TableName");
    const auto& specification = *object_of(parameters, "TimeToLiveSpecification");
    const auto attribute = *text_of(specification, "AttributeName");
    const bool enabled = *flag_of(specification, "Enabled");
    const auto change = [&](const TablePtr& now) -> Outcome<TableDescription> {
        if (now == nullptr) {
            return table_not_found(name);
        }
        auto table = *now;
        if (auto set = set_ttl(attribute, enabled, table); !set) {
            return std::unexpected(std::move(set).error());
        }
        return table;
    };
    if (auto changed = world.tables.change(name, change); !changed) {
        return std::unexpected(std::move(changed).error());
    }
    return ObjectText()
        .json("TimeToLiveSpecification",
              ObjectText().text("AttributeName", attribute).flag("Enabled", enabled).str())
        .str();
}

Outcome<std::string> describe_ttl(World& world, const json::object& parameters) {
    const auto name = *text_of(parameters, "TableName");
    const auto table = world.tables.find(name);
    if (table == nullptr) {
        return table_not_found(name);
    }
    ObjectText description;
    if (table->ttl_attribute) {
        description.text("AttributeName", *table->ttl_attribute);
    }
    description.text("TimeToLiveStatus", table->ttl_attribute ? "ENABLED" : "DISABLED");
    return ObjectText().json("TimeToLiveDescription", description.str()).str();
}

// ---- Tags

constexpr Shape kTagKeys = list(kText);
constexpr std::array kTagMembers{
    Member{"ResourceArn", &kText},
    Member{"Tags", &kTags, Need::kRequired},
};
constexpr Shape kTagResource = structure("TagResourceInput", kTagMembers);
constexpr std::array kUntagMembers{
    Member{"ResourceArn", &kText},
    Member{"TagKeys", &kTagKeys, Need::kRequired},
};
constexpr Shape kUntagResource = structure("UntagResourceInput", kUntagMembers);
constexpr std::array kListTagsMembers{
    Member{"ResourceArn", &kText},
    Member{"NextToken", &kText},
};
constexpr Shape kListTags = structure("ListTagsOfResourceInput", kListTagsMembers);

std::unexpected<Failure> resource_gone(std::string_view arn) {
    return resource_not_found(
        fmt::format("Requested resource not found: ResourceArn: {} not found", arn));
}

// Changes the table that was found; it may be gone by now.
template <typename Make>
Outcome<std::string> change_resource(World& world, const TableDescription& table,
                                     std::string_view arn, const Make& make) {
    const auto change = [&](const TablePtr& now) -> Outcome<TableDescription> {
        if (now == nullptr) {
            return resource_gone(arn);
        }
        auto changed = *now;
        if (auto made = make(changed); !made) {
            return std::unexpected(std::move(made).error());
        }
        return changed;
    };
    auto changed = world.tables.change(table.name, change);
    // The service answers with no body at all.
    return changed ? Outcome<std::string>(std::string())
                   : std::unexpected(std::move(changed).error());
}

Outcome<std::string> tag_resource(World& world, const json::object& parameters) {
    const auto& given = *array_of(parameters, "Tags");
    const auto table = table_of_resource(world, parameters, "TagResource");
    if (given.empty() && (table || table.error().type == "ResourceNotFoundException")) {
        return validation("Atleast one Tag needs to be provided as Input.");
    }
    if (!table) {
        return std::unexpected(table.error());
    }
    const auto tags = tags_in(given);
    if (!tags) {
        return std::unexpected(tags.error());
    }
    return change_resource(world, **table, *text_of(parameters, "ResourceArn"),
                           [&](TableDescription& changed) {
                               for (const auto& [key, value] : *tags) {
                                   changed.tags[key] = value;
                               }
                               return check_tag_count(changed.tags.size());
                           });
}

Outcome<std::string> untag_resource(World& world, const json::object& parameters) {
    const auto& given = *array_of(parameters, "TagKeys");
    const auto table = table_of_resource(world, parameters, "UntagResource");
    if (given.empty() && (table || table.error().type == "ResourceNotFoundException")) {
        return validation("Atleast one Tag Key needs to be provided as Input.");
    }
    if (!table) {
        return std::unexpected(table.error());
    }
    for (const auto& key : given) {
        if (auto checked = check_tag_key(view(key.get_string())); !checked) {
            return std::unexpected(std::move(checked).error());
        }
    }
    if (auto checked = check_tag_count(given.size()); !checked) {
        return std::unexpected(std::move(checked).error());
    }
    return change_resource(world, **table, *text_of(parameters, "ResourceArn"),
                           [&](TableDescription& changed) -> Outcome<void> {
                               for (const auto& key : given) {
                                   changed.tags.erase(std::string(view(key.get_string())));
                               }
                               return {};
                           });
}

Outcome<std::string> list_tags(World& world, const json::object& parameters) {
    const auto table = table_of_resource(world, parameters, "ListTagsOfResource");
    if (!table) {
        return std::unexpected(table.error());
    }
    std::vector<std::string> tags;
    for (const auto& [key, value] : (*table)->tags) {
        tags.push_back(ObjectText().text("Key", key).text("Value", value).str());
    }
    return ObjectText().json("Tags", array_text(tags)).str();
}

// arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE
struct Arn {
    std::array<std::string_view, 6> parts;
    [[nodiscard]] std::string_view service() const { return parts[2]; }
    [[nodiscard]] std::string_view region() const { return parts[3]; }
    [[nodiscard]] std::string_view account() const { return parts[4]; }
    [[nodiscard]] std::string_view resource() const { return parts[5]; }
};

std::optional<Arn> arn_of(std::string_view text) {
    Arn arn;
    for (std::size_t i = 0; i + 1 < arn.parts.size(); ++i) {
        const auto colon = text.find(':');
        if (colon == std::string_view::npos) {
            return std::nullopt;
        }
        arn.parts[i] = text.substr(0, colon);
        text.remove_prefix(colon + 1);
    }
    arn.parts.back() = text;
    return arn;
}

constexpr std::array kOperations{
    Operation{.name = "UpdateTimeToLive",
              .parameters = &kUpdateTtl,
              .pace = Pace::kWaits,
              .run = &answering<update_ttl>},
    Operation{.name = "DescribeTimeToLive",
              .parameters = &kOneTable,
              .pace = Pace::kBrief,
              .run = &answering<describe_ttl>},
    Operation{.name = "TagResource",
              .parameters = &kTagResource,
              .pace = Pace::kWaits,
              .run = &answering<tag_resource>},
    Operation{.name = "UntagResource",
              .parameters = &kUntagResource,
              .pace = Pace::kWaits,
              .run = &answering<untag_resource>},
    Operation{.name = "ListTagsOfResource",
              .parameters = &kListTags,
              .pace = Pace::kBrief,
              .run = &answering<list_tags>},
};

}  // namespace

std::span<const Operation> setting_operations() {
    return kOperations;
}

Outcome<TablePtr> table_of_resource(World& world, const json::object& parameters,
                                    std::string_view operation) {
    const auto text = text_of(parameters, "ResourceArn");
    if (!text) {
        return validation("Invalid TableArn");
    }
    if (!text->starts_with("arn:")) {
        return invalid(fmt::format("ARNs must start with 'arn:': {}", *text));
    }
    const auto arn = arn_of(*text);
    if (!arn || arn->service() != "dynamodb" || !arn->resource().starts_with("table/")) {
        return invalid(fmt::format("Provided Arn is not a DynamoDB resource arn: {}", *text));
    }
    const auto name = arn->resource().substr(std::string_view("table/").size());
    if (name.contains('/')) {
        return invalid(
            fmt::format("Invalid resource arn provided, only table or stream is "
                        "accepted. Provided resource arn: {}",
                        *text));
    }
    if (arn->account() != kAccount) {
        return refuse("AccessDeniedException",
                      fmt::format("User: arn:aws:iam::{}:root is not authorized to perform: "
                                  "dynamodb:{} on resource: {}",
                                  kAccount, operation, *text));
    }
    if (arn->region() != world.region || !is_name(name) || name.size() < 3) {
        return validation(
            fmt::format("Invalid TableArn: Invalid ResourceArn provided as input {}", *text));
    }
    auto table = world.tables.find(name);
    return table == nullptr ? Outcome<TablePtr>(resource_gone(*text)) : std::move(table);
}

}  // namespace meridian::dynamo
