#include "tables/expected_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "manage/text.h"

namespace meridian::app {
namespace {

using Kind = Difference::Kind;

std::vector<std::pair<item::KeyAttribute, std::string>> key_of(const store::TableSchema& schema) {
    std::vector<std::pair<item::KeyAttribute, std::string>> key{{schema.key.partition, "HASH"}};
    if (schema.key.sort) {
        key.emplace_back(*schema.key.sort, "RANGE");
    }
    return key;
}

std::string type_of(item::KeyType type) {
    return type == item::KeyType::kString ? "S" : type == item::KeyType::kNumber ? "N" : "B";
}

// "phoneNumber (S, HASH), region (S, RANGE)".
std::string key_text(const store::TableSchema& schema) {
    std::string text;
    for (const auto& [attribute, role] : key_of(schema)) {
        text += fmt::format("{}{} ({}, {})", text.empty() ? "" : ", ", attribute.name,
                            type_of(attribute.type), role);
    }
    return text;
}

std::string key_text(const item::Map& described) {
    const auto attributes = maps_at(described, "AttributeDefinitions");
    std::string text;
    for (const auto& element : maps_at(described, "KeySchema")) {
        const auto name = text_at(element, "AttributeName");
        const auto found = std::ranges::find_if(attributes, [&](const auto& attribute) {
            return text_at(attribute, "AttributeName") == name;
        });
        text += fmt::format("{}{} ({}, {})", text.empty() ? "" : ", ", name,
                            found == attributes.end() ? "?" : text_at(*found, "AttributeType"),
                            text_at(element, "KeyType"));
    }
    return text;
}

std::optional<std::string> replica_fault(const item::Map& described, const std::string& region) {
    for (const auto& replica : maps_at(described, "Replicas")) {
        if (text_at(replica, "RegionName") == region) {
            const auto status = text_at(replica, "ReplicaStatus");
            return status == "ACTIVE"
                       ? std::nullopt
                       : std::optional(fmt::format("the replica in {} is {}", region, status));
        }
    }
    return fmt::format("has no replica in {}", region);
}

}  // namespace

std::vector<item::Map> maps_at(const item::Map& map, std::string_view name) {
    std::vector<item::Map> maps;
    const auto* found = item::find(map, name);
    if (const auto* list = found == nullptr ? nullptr : found->as<item::List>()) {
        for (const auto& element : *list) {
            if (const auto* inner = element.as<item::Map>()) {
                maps.push_back(*inner);
            }
        }
    }
    return maps;
}

item::Map create_request(const ExpectedTable& table) {
    item::List attributes;
    item::List key;
    for (const auto& [attribute, role] : key_of(table.schema)) {
        attributes.emplace_back(item::Map{{"AttributeName", attribute.name},
                                          {"AttributeType", type_of(attribute.type)}});
        key.emplace_back(item::Map{{"AttributeName", attribute.name}, {"KeyType", role}});
    }
    return {{"TableName", table.schema.name},
            {"AttributeDefinitions", std::move(attributes)},
            {"KeySchema", std::move(key)},
            {"BillingMode", "PAY_PER_REQUEST"},
            {"StreamSpecification",
             item::Map{{"StreamEnabled", true}, {"StreamViewType", "NEW_AND_OLD_IMAGES"}}},
            {"DeletionProtectionEnabled", true}};
}

std::vector<Difference> differences(const item::Map& described, const ExpectedTable& table) {
    std::vector<Difference> found;
    const auto expected = key_text(table.schema);
    if (const auto key = key_text(described); key != expected) {
        found.push_back({Kind::kKey, fmt::format("has the key {}, not {}", key, expected)});
    }
    if (const auto status = text_at(described, "TableStatus"); status != "ACTIVE") {
        found.push_back({Kind::kStatus, fmt::format("is {}", status)});
    }
    const auto view = text_at(map_at(described, "StreamSpecification"), "StreamViewType");
    if (view != "NEW_AND_OLD_IMAGES") {
        found.push_back({Kind::kStream,
                         view.empty() ? "has no stream" : fmt::format("has a stream of {}", view)});
    }
    for (std::size_t i = 1; i < table.regions.size(); ++i) {
        if (auto fault = replica_fault(described, table.regions[i])) {
            found.push_back({Kind::kReplica, *std::move(fault), table.regions[i]});
        }
    }
    const auto* protection = item::find(described, "DeletionProtectionEnabled");
    const auto* is_protected = protection == nullptr ? nullptr : protection->as<bool>();
    if (is_protected == nullptr || !*is_protected) {
        found.push_back({Kind::kProtection, "is not protected from being deleted"});
    }
    const auto billing = text_at(map_at(described, "BillingModeSummary"), "BillingMode");
    if (billing != "PAY_PER_REQUEST") {
        found.push_back({Kind::kBilling, "has provisioned capacity: see that it is enough"});
    }
    return found;
}

}  // namespace meridian::app
