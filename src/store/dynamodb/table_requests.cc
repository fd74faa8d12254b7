#include "store/dynamodb/table_requests.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "item/json.h"
#include "store/dynamodb/request.h"

namespace meridian::store::dynamodb {
namespace {

// "[a,b]" of JSON texts.
std::string array_of(const std::vector<std::string>& elements) {
    return fmt::format("[{}]", fmt::join(elements, ","));
}

std::string_view type_of(item::KeyType type) {
    return type == item::KeyType::kString ? "S" : type == item::KeyType::kNumber ? "N" : "B";
}

std::string key_schema(const item::KeySchema& key) {
    const auto element = [](const item::KeyAttribute& attribute, std::string_view type) {
        Request request;
        request.text("AttributeName", attribute.name).text("KeyType", type);
        return *std::move(request).take();
    };
    std::vector<std::string> elements{element(key.partition, "HASH")};
    if (key.sort) {
        elements.push_back(element(*key.sort, "RANGE"));
    }
    return array_of(elements);
}

std::string definitions(const std::vector<item::KeyAttribute>& attributes) {
    std::vector<std::string> elements;
    for (const auto& attribute : attributes) {
        Request request;
        request.text("AttributeName", attribute.name)
            .text("AttributeType", type_of(attribute.type));
        elements.push_back(*std::move(request).take());
    }
    return array_of(elements);
}

std::string throughput(const ProvisionedUnits& units) {
    Request request;
    request.number("ReadCapacityUnits", units.read).number("WriteCapacityUnits", units.write);
    return *std::move(request).take();
}

std::string projection(const IndexSchema& index) {
    Request request;
    request.text("ProjectionType", index.projected == Projected::kAll        ? "ALL"
                                   : index.projected == Projected::kKeysOnly ? "KEYS_ONLY"
                                                                             : "INCLUDE");
    if (index.projected == Projected::kInclude) {
        std::vector<std::string> names;
        for (const auto& name : index.include) {
            item::append_json_string(name, names.emplace_back());
        }
        request.json("NonKeyAttributes", array_of(names));
    }
    return *std::move(request).take();
}

std::vector<item::KeyAttribute> attributes_of(const item::KeySchema& key) {
    std::vector<item::KeyAttribute> attributes{key.partition};
    if (key.sort) {
        attributes.push_back(*key.sort);
    }
    return attributes;
}

Result<std::vector<item::KeyAttribute>> with_attributes_of(
    const item::KeySchema& key, std::vector<item::KeyAttribute> attributes) {
    for (auto& attribute : attributes_of(key)) {
        const auto known = std::ranges::find(attributes, attribute.name, &item::KeyAttribute::name);
        if (known == attributes.end()) {
            attributes.push_back(std::move(attribute));
        } else if (known->type != attribute.type) {
            return fail(ErrorCode::kInvalidInput,
                        fmt::format("{} is of type {} in another key of the table, so can't be "
                                    "of type {} in this one",
                                    attribute.name, type_of(known->type), type_of(attribute.type)));
        }
    }
    return attributes;
}

Result<std::string> index_update(const Link& link, std::string_view table,
                                 std::string_view attributes, std::string_view action,
                                 const std::string& index) {
    Request update;
    update.json(action, index);
    Request request;
    request.text("TableName", link.remote(table));
    if (!attributes.empty()) {
        request.json("AttributeDefinitions", attributes);
    }
    request.json("GlobalSecondaryIndexUpdates", array_of({*std::move(update).take()}));
    return std::move(request).take();
}

}  // namespace

Result<std::string> table_creation(const Link& link, const TableSchema& schema) {
    Request request;
    request.text("TableName", link.remote(schema.name))
        .json("AttributeDefinitions", definitions(attributes_of(schema.key)))
        .json("KeySchema", key_schema(schema.key));
    if (const auto& units = link.options().provisioned) {
        request.json("ProvisionedThroughput", throughput(*units));
    } else {
        request.text("BillingMode", "PAY_PER_REQUEST");
    }
    return std::move(request).take();
}

Result<std::string> index_creation(const Link& link, const TableShape& table,
                                   const IndexSchema& index) {
    const auto attributes = with_attributes_of(index.key, table.attributes);
    if (!attributes) {
        return std::unexpected(attributes.error());
    }
    Request creation;
    creation.text("IndexName", index.name)
        .json("KeySchema", key_schema(index.key))
        .json("Projection", projection(index));
    if (table.provisioned) {
        creation.json("ProvisionedThroughput", throughput(*table.provisioned));
    }
    return index_update(link, table.schema.name, definitions(*attributes), "Create",
                        *std::move(creation).take());
}

Result<std::string> index_deletion(const Link& link, std::string_view table,
                                   std::string_view index) {
    Request deletion;
    deletion.text("IndexName", index);
    return index_update(link, table, "", "Delete", *std::move(deletion).take());
}

}  // namespace meridian::store::dynamodb
