#include "dynamo/reading_page.h"

#include <fmt/format.h>

#include <iterator>
#include <utility>

#include "base/log.h"
#include "dynamo/expressions.h"
#include "dynamo/parameters.h"
#include "expression/paths.h"
#include "item/json.h"

namespace meridian::dynamo {

namespace json = boost::json;

namespace {

// What the service finds while it reads a number or a set, before it knows that this is a start
// key. (The tests of dynalite have which is which.)
bool is_about_the_key(std::string_view message) {
    return message.starts_with("Supplied AttributeValue") ||
           message.ends_with("Null attribute value types must have the value of true") ||
           message.ends_with("An string set  may not be empty") ||
           message.ends_with("Binary sets should not be empty");
}

// Bytes of an item as the index holds it.
std::size_t entry_bytes(const item::Item& item, const ReadTarget& target) {
    std::size_t bytes = 0;
    for (const auto& [name, value] : item) {
        bytes += target.holds(name) ? name.size() + item::size_bytes(value) : 0;
    }
    return bytes;
}

// What was fetched from the table costs as much as getting the items one by one would.
Consumed consumed_by(const Reading& reading, const store::Page& page) {
    const auto consistency = reading.consistent ? Consistency::kStrong : Consistency::kEventual;
    if (reading.target.index == nullptr) {
        return {.table = read_units(page.bytes, consistency)};
    }
    Consumed consumed;
    auto bytes = page.bytes;
    if (needs_whole_items(reading.select, reading.projection, reading.target)) {
        bytes = 0;
        for (const auto& item : page.items) {
            bytes += entry_bytes(item, reading.target);
            consumed.table += read_units(item::size_bytes(item), consistency);
        }
    }
    auto& indexes = reading.target.is_global() ? consumed.global : consumed.local;
    indexes.emplace(reading.target.index->schema.name, read_units(bytes, consistency));
    return consumed;
}

void append_items(const Reading& reading, const store::Page& page, std::string& out) {
    out += R"("Items":[)";
    std::string_view separator;
    for (const auto& item : page.items) {
        out += std::exchange(separator, ",");
        append_projected(reading.projection, item, out);
    }
    out += "],";
}

std::unexpected<Failure> failure_of_read(const Reading& reading, const Error& error) {
    if (error.code == ErrorCode::kUnavailable && reading.target.index != nullptr) {
        return validation(fmt::format("Cannot read from backfilling global secondary index: {}",
                                      reading.target.index->schema.name));
    }
    return passed_on(error);
}

}  // namespace

Outcome<void> check_at_least(const json::object& parameters, std::string_view name,
                             std::int64_t least) {
    const auto value = integer_of(parameters, name);
    if (!value || *value >= least) {
        return {};
    }
    return validation(
        fmt::format("1 validation error detected: Value at '{}' failed to satisfy constraint: "
                    "Member must have value greater than or equal to {}",
                    name, least));
}

Outcome<void> read_options(const json::object& parameters, Reading& reading) {
    reading.limit = static_cast<std::size_t>(integer_of(parameters, "Limit").value_or(0));
    reading.consistent = flag_of(parameters, "ConsistentRead").value_or(false);
    reading.capacity = capacity_of(parameters);
    SelectParameters select{.select = text_of(parameters, "Select"),
                            .projection_parameter = std::nullopt,
                            .of_index = has(parameters, "IndexName")};
    for (const auto* name : {"ProjectionExpression", "AttributesToGet"}) {
        if (has(parameters, name)) {
            select.projection_parameter = name;
        }
    }
    auto selected = select_of(select);
    if (!selected) {
        return std::unexpected(std::move(selected.error()));
    }
    reading.select = *selected;
    return {};
}

Outcome<void> read_start_key(const json::object& parameters, Reading& reading) {
    const auto* start = object_of(parameters, "ExclusiveStartKey");
    if (start == nullptr) {
        return {};
    }
    auto key = attributes_of(*start, reading.wording);
    if (!key) {
        auto& failure = key.error();
        if (is_about_the_key(failure.message)) {
            failure.message = "The provided starting key is invalid: " + failure.message;
        }
        return std::unexpected(std::move(failure));
    }
    reading.start_key = *std::move(key);
    return {};
}

Outcome<void> read_legacy_filter(const json::object& parameters, std::string_view name,
                                 Reading& reading) {
    if (has(parameters, "FilterExpression")) {
        return {};
    }
    expression::Placeholders none;
    auto filter = filter_of(parameters, name, none, reading.wording);
    if (!filter) {
        return std::unexpected(std::move(filter.error()));
    }
    reading.filter = *std::move(filter);
    return {};
}

Outcome<void> read_legacy_projection(const json::object& parameters, Reading& reading) {
    if (has(parameters, "ProjectionExpression")) {
        return {};
    }
    expression::Placeholders none;
    auto projection = projection_of(parameters, none);
    if (!projection) {
        return std::unexpected(std::move(projection.error()));
    }
    reading.projection = *std::move(projection);
    return {};
}

Outcome<void> read_expressions(const json::object& parameters,
                               expression::Placeholders& placeholders, Reading& reading) {
    if (has(parameters, "FilterExpression")) {
        auto filter = filter_of(parameters, "", placeholders);
        if (!filter) {
            return std::unexpected(std::move(filter.error()));
        }
        reading.filter = *std::move(filter);
    }
    if (has(parameters, "ProjectionExpression")) {
        auto projection = projection_of(parameters, placeholders);
        if (!projection) {
            return std::unexpected(std::move(projection.error()));
        }
        reading.projection = *std::move(projection);
    }
    return {};
}

Outcome<void> read_target_of(const json::object& parameters, const TableCatalog& tables,
                             Reading& reading) {
    auto target = read_target(tables, text_of(parameters, "TableName").value_or(""),
                              text_of(parameters, "IndexName"), reading.consistent);
    if (!target) {
        return std::unexpected(std::move(target.error()));
    }
    reading.target = *std::move(target);
    return {};
}

Outcome<void> check_projection_paths(const Reading& reading) {
    return reading.projection
               ? check_scalar_keys(expression::paths_of(*reading.projection), *reading.target.table)
               : Outcome<void>{};
}

Outcome<void> check_filter_paths(const Reading& reading) {
    return reading.filter
               ? check_scalar_keys(expression::paths_of(*reading.filter), *reading.target.table)
               : Outcome<void>{};
}

Outcome<std::string> answer_of(const Reading& reading, const Result<store::Page>& page) {
    if (!page) {
        return failure_of_read(reading, page.error());
    }
    if (!page->damaged.empty()) {
        log(LogLevel::kError, "dynamo", "{} items of {} are damaged and were left out of a page",
            page->damaged.size(), reading.target.table->name);
    }
    std::string out = "{";
    auto to = std::back_inserter(out);
    fmt::format_to(to, R"("Count":{},)", page->items.size());
    if (reading.select != Select::kCount) {
        append_items(reading, *page, out);
    }
    fmt::format_to(to, R"("ScannedCount":{})", page->examined);
    if (page->last_key) {
        out += R"(,"LastEvaluatedKey":)";
        item::append_dynamodb_json(*page->last_key, out);
    }
    if (reading.capacity != Capacity::kNone) {
        out += R"(,"ConsumedCapacity":)";
        append_consumed(reading.target.table->name, consumed_by(reading, *page), reading.capacity,
                        Split::kNone, out);
    }
    out += '}';
    return out;
}

}  // namespace meridian::dynamo
