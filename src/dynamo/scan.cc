// Source of the order in which faults are told: the tests of dynalite, which ran against the
// service; of the texts: those of dynamodb-conformance, which has the newest.
#include "dynamo/scan.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <optional>
#include <utility>

#include "dynamo/expressions.h"
#include "dynamo/parameters.h"
#include "dynamo/reading_page.h"
#include "dynamo/start_key.h"

namespace meridian::dynamo {

namespace json = boost::json;

namespace {

constexpr std::int64_t kSegmentsMax = 1'000'000;

constexpr std::array<std::string_view, 4> kSelects{"SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES",
                                                   "ALL_PROJECTED_ATTRIBUTES"};
constexpr Shape kSelect = one_of(kSelects);
constexpr Shape kSegment = integer(0, kSegmentsMax - 1);
constexpr Shape kLimit = integer(1);
constexpr Shape kTotalSegments = integer(1, kSegmentsMax);
constexpr std::array kMembers{
    Member{"Select", &kSelect},
    Member{"IndexName", &kNewName},
    Member{"TotalSegments", &kTotalSegments},
    Member{"ReturnConsumedCapacity", &kReturnConsumedCapacity},
    kTableNameMember,
    Member{"ConditionalOperator", &kConditionalOperator},
    Member{"ScanFilter", &kConditions},
    Member{"Segment", &kSegment},
    Member{"Limit", &kLimit},
    Member{"AttributesToGet", &kAttributesToGet},
    Member{"ConsistentRead", &kFlag},
    Member{"ExclusiveStartKey", &kAttributeMap},
    Member{"ProjectionExpression", &kText},
    Member{"FilterExpression", &kText},
    Member{"ExpressionAttributeNames", &kNames},
    Member{"ExpressionAttributeValues", &kAttributeMap},
};

constexpr std::array<std::string_view, 2> kExpressions{"ProjectionExpression", "FilterExpression"};
constexpr std::array<std::string_view, 3> kOlder{"AttributesToGet", "ScanFilter",
                                                 "ConditionalOperator"};

// Which part of the whole.
struct Segment {
    std::uint32_t number = 0;
    std::uint32_t of = 1;
};

template <typename T>
std::unexpected<Failure> failed(T& outcome) {
    return std::unexpected(std::move(outcome.error()));
}

Outcome<Segment> read_segment(const json::object& parameters) {
    const auto segment = integer_of(parameters, "Segment");
    const auto total = integer_of(parameters, "TotalSegments");
    if (segment && !total) {
        return validation(
            "The TotalSegments parameter is required but was not present in the request when "
            "Segment parameter is present");
    }
    if (total && !segment) {
        return validation(
            "The Segment parameter is required but was not present in the request when parameter "
            "TotalSegments is present");
    }
    if (!segment) {
        return Segment{};
    }
    if (*segment >= *total) {
        return validation(fmt::format(
            "The Segment parameter is zero-based and must be less than parameter TotalSegments: "
            "Segment: {} is not less than TotalSegments: {}",
            *segment, *total));
    }
    return Segment{.number = static_cast<std::uint32_t>(*segment),
                   .of = static_cast<std::uint32_t>(*total)};
}

Outcome<void> read_texts(const json::object& parameters, Reading& reading) {
    auto placeholders = placeholders_of(parameters, reading.wording);
    if (!placeholders) {
        return failed(placeholders);
    }
    auto read = read_expressions(parameters, *placeholders, reading);
    return read ? check_used(*placeholders) : read;
}

struct Asked {
    Reading reading;
    Segment segment;
};

Outcome<Asked> read(const json::object& parameters) {
    Asked asked{.reading = {.wording = Wording::kOlder}, .segment = {}};
    auto& reading = asked.reading;
    auto checked = check_usage(parameters, kExpressions, kOlder, reading.wording);
    checked = checked ? read_legacy_projection(parameters, reading) : checked;
    checked = checked ? read_legacy_filter(parameters, "ScanFilter", reading) : checked;
    checked = checked ? read_start_key(parameters, reading) : checked;
    if (!checked) {
        return failed(checked);
    }
    auto segment = read_segment(parameters);
    if (!segment) {
        return failed(segment);
    }
    asked.segment = *segment;
    checked = read_options(parameters, reading);
    checked = checked ? read_texts(parameters, reading) : checked;
    return checked ? Outcome<Asked>(std::move(asked)) : failed(checked);
}

Outcome<void> check_start_key(const Reading& reading) {
    auto checked =
        reading.start_key ? check_start_there(*reading.start_key, reading.target) : Outcome<void>{};
    checked = checked ? check_select(reading.select, reading.target) : checked;
    return checked && reading.start_key ? check_start_in_table(*reading.start_key, reading.target)
                                        : checked;
}

Outcome<void> check_paths(const Reading& reading) {
    auto checked = check_projection_paths(reading);
    checked = checked ? check_filter_paths(reading) : checked;
    return checked && reading.projection ? check_projection(*reading.projection, reading.target)
                                         : checked;
}

// Only the store knows which segment a key is of; all else about it has been checked.
bool starts_elsewhere(const Reading& reading, const Segment& segment,
                      const Result<store::Page>& page) {
    return !page && page.error().code == ErrorCode::kInvalidInput && reading.start_key &&
           segment.of > 1;
}

}  // namespace

const Shape kScanParameters = structure("ScanInput", kMembers);

Outcome<std::string> scan(World& world, const json::object& parameters) {
    auto asked = read(parameters);
    if (!asked) {
        return failed(asked);
    }
    auto& reading = asked->reading;
    auto checked = read_target_of(parameters, world.tables, reading);
    checked = checked ? check_start_key(reading) : checked;
    if (!checked) {
        return failed(checked);
    }
    const auto& segment = asked->segment;
    store::Scan scan{.table = {}, .segment = segment.number, .segments = segment.of};
    fill(reading, scan);
    checked = check_paths(reading);
    if (!checked) {
        // A start key in another segment would be told first.
        scan.limit = 1;
        scan.filter.reset();
    }
    const auto page = checked || (reading.start_key && segment.of > 1)
                          ? world.store.scan(scan)
                          : Result<store::Page>(store::Page{});
    if (starts_elsewhere(reading, segment, page)) {
        return validation(
            fmt::format("The provided starting key is invalid: Invalid ExclusiveStartKey. Please "
                        "use ExclusiveStartKey with correct Segment. TotalSegments: {} Segment: {}",
                        segment.of, segment.number));
    }
    return checked ? answer_of(reading, page) : failed(checked);
}

}  // namespace meridian::dynamo
