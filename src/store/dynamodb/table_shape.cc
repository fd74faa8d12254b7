#include "store/dynamodb/table_shape.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <utility>

#include "store/dynamodb/request.h"

namespace meridian::store::dynamodb {

namespace json = boost::json;

namespace {

std::string_view view(json::string_view text) {
    return {text.data(), text.size()};
}

// Members of an object that may be anything.
const json::object* object_in(const json::object& of, std::string_view name) {
    const auto* member = of.if_contains(name);
    return member == nullptr ? nullptr : member->if_object();
}
std::string text_in(const json::object& of, std::string_view name) {
    const auto* member = of.if_contains(name);
    const auto* text = member == nullptr ? nullptr : member->if_string();
    return text == nullptr ? std::string() : std::string(view(*text));
}
std::uint64_t count_in(const json::object& of, std::string_view name) {
    const auto* member = of.if_contains(name);
    json::error_code ec;
    const auto count = member != nullptr && member->is_number()
                           ? member->to_number<std::uint64_t>(ec)
                           : std::uint64_t{0};
    return ec ? 0 : count;
}
// The objects of an array; none: there is none.
std::vector<const json::object*> objects_in(const json::object& of, std::string_view name) {
    std::vector<const json::object*> objects;
    const auto* member = of.if_contains(name);
    const auto* elements = member == nullptr ? nullptr : member->if_array();
    if (elements != nullptr) {
        for (const auto& element : *elements) {
            if (const auto* object = element.if_object()) {
                objects.push_back(object);
            }
        }
    }
    return objects;
}

Result<item::KeyAttribute> attribute_of(const json::object& definition) {
    const auto type = text_in(definition, "AttributeType");
    item::KeyAttribute attribute{text_in(definition, "AttributeName"), item::KeyType::kString};
    if (type == "N") {
        attribute.type = item::KeyType::kNumber;
    } else if (type == "B") {
        attribute.type = item::KeyType::kBinary;
    } else if (type != "S") {
        return fail(ErrorCode::kUnavailable, "an attribute without a type");
    }
    return attribute;
}

// The description, read member by member.
class Reader {
  public:
    explicit Reader(const json::object& table) : table_(table) {}

    Result<TableShape> read(std::string_view name) {
        TableShape shape;
        for (const auto* definition : objects_in(table_, "AttributeDefinitions")) {
            auto attribute = attribute_of(*definition);
            if (!attribute) {
                return std::unexpected(std::move(attribute).error());
            }
            shape.attributes.push_back(*std::move(attribute));
        }
        auto key = key_of(table_, shape.attributes);
        if (!key) {
            return std::unexpected(std::move(key).error());
        }
        shape.schema = {std::string(name), *std::move(key)};
        shape.status = text_in(table_, "TableStatus");
        shape.extent = {count_in(table_, "ItemCount"), count_in(table_, "TableSizeBytes")};
        shape.provisioned = provisioned();
        for (const auto* index : objects_in(table_, "GlobalSecondaryIndexes")) {
            auto read = index_of(*index, shape.attributes);
            if (!read) {
                return std::unexpected(std::move(read).error());
            }
            shape.indexes.push_back(*std::move(read));
        }
        return shape;
    }

  private:
    static Result<item::KeySchema> key_of(const json::object& of,
                                          const std::vector<item::KeyAttribute>& attributes) {
        std::optional<item::KeyAttribute> partition;
        std::optional<item::KeyAttribute> sort;
        for (const auto* element : objects_in(of, "KeySchema")) {
            const auto name = text_in(*element, "AttributeName");
            const auto found = std::ranges::find(attributes, name, &item::KeyAttribute::name);
            if (found == attributes.end()) {
                return fail(ErrorCode::kUnavailable, "a key attribute without a definition");
            }
            (text_in(*element, "KeyType") == "RANGE" ? sort : partition) = *found;
        }
        if (!partition) {
            return fail(ErrorCode::kUnavailable, "no key schema");
        }
        return item::KeySchema{*std::move(partition), std::move(sort)};
    }

    static Result<IndexShape> index_of(const json::object& index,
                                       const std::vector<item::KeyAttribute>& attributes) {
        auto key = key_of(index, attributes);
        if (!key) {
            return std::unexpected(std::move(key).error());
        }
        IndexShape shape;
        shape.schema.name = text_in(index, "IndexName");
        shape.schema.key = *std::move(key);
        shape.status = text_in(index, "IndexStatus");
        shape.extent = {count_in(index, "ItemCount"), count_in(index, "IndexSizeBytes")};
        const auto* backfilling = index.if_contains("Backfilling");
        shape.backfilling =
            backfilling != nullptr && backfilling->is_bool() && backfilling->get_bool();
        if (const auto* projection = object_in(index, "Projection")) {
            read_projection(*projection, shape.schema);
        }
        return shape;
    }

    static void read_projection(const json::object& projection, IndexSchema& schema) {
        const auto type = text_in(projection, "ProjectionType");
        schema.projected = type == "KEYS_ONLY" ? Projected::kKeysOnly
                           : type == "INCLUDE" ? Projected::kInclude
                                               : Projected::kAll;
        const auto* names = projection.if_contains("NonKeyAttributes");
        if (names == nullptr || !names->is_array()) {
            return;
        }
        for (const auto& name : names->get_array()) {
            if (const auto* text = name.if_string()) {
                schema.include.emplace_back(view(*text));
            }
        }
    }

    [[nodiscard]] std::optional<ProvisionedUnits> provisioned() const {
        const auto* units = object_in(table_, "ProvisionedThroughput");
        const ProvisionedUnits read{units == nullptr ? 0 : count_in(*units, "ReadCapacityUnits"),
                                    units == nullptr ? 0 : count_in(*units, "WriteCapacityUnits")};
        return read.read > 0 ? std::optional(read) : std::nullopt;
    }

    const json::object& table_;
};

}  // namespace

const IndexShape* TableShape::index(std::string_view name) const {
    const auto found = std::ranges::find_if(
        indexes, [name](const IndexShape& index) { return index.schema.name == name; });
    return found == indexes.end() || found->status == kDeleting ? nullptr : &*found;
}

bool TableShape::is_dropping(std::string_view index) const {
    return std::ranges::any_of(indexes, [index](const IndexShape& each) {
        return each.schema.name == index && each.status == kDeleting;
    });
}

Result<TableShape> describe(const Link& link, std::string_view table) {
    Request request;
    request.text("TableName", link.remote(table));
    const auto answer = link.read("DescribeTable", std::move(request).take(), table);
    if (!answer) {
        return std::unexpected(answer.error());
    }
    const auto* described = object_in(answer->root(), "Table");
    if (described == nullptr) {
        return std::unexpected(answer->bad("Table is no object"));
    }
    auto shape = Reader(*described).read(table);
    return shape ? std::move(shape) : std::unexpected(answer->bad(shape.error().message));
}

Shapes::Shapes(const Link& link) : link_(link) {
    for (const auto& schema : link.options().known_tables) {
        TableShape shape;
        shape.schema = schema;
        known_.emplace(schema.name, std::make_shared<const TableShape>(std::move(shape)));
    }
}

Result<Shapes::Ptr> Shapes::known(std::string_view table) const {
    if (auto kept = at_hand(table)) {
        return kept;
    }
    return fresh(table);
}

Shapes::Ptr Shapes::at_hand(std::string_view table) const {
    const std::lock_guard lock(mutex_);
    const auto found = known_.find(table);
    return found == known_.end() ? nullptr : found->second;
}

Result<Shapes::Ptr> Shapes::fresh(std::string_view table) const {
    auto shape = describe(link_, table);
    if (!shape) {
        forget(table);
        return std::unexpected(std::move(shape).error());
    }
    auto kept = std::make_shared<const TableShape>(*std::move(shape));
    const std::lock_guard lock(mutex_);
    known_.insert_or_assign(std::string(table), kept);
    return kept;
}

void Shapes::forget(std::string_view table) const {
    const std::lock_guard lock(mutex_);
    if (const auto found = known_.find(table); found != known_.end()) {
        known_.erase(found);
    }
}

}  // namespace meridian::store::dynamodb
