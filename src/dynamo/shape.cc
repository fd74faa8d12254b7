// Sources of types and texts: API reference; the tests of dynalite and of the DynamoDB conformance
// suite, which ran against the service.
#include "dynamo/shape.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/value.hpp>
#include <string>
#include <utility>
#include <vector>

#include "dynamo/parameters.h"
#include "dynamo/shape_text.h"

namespace meridian::dynamo {

namespace json = boost::json;

namespace {

constexpr std::array<std::string_view, 3> kCapacities{"INDEXES", "TOTAL", "NONE"};
constexpr std::array<std::string_view, 2> kMetrics{"SIZE", "NONE"};
constexpr std::array<std::string_view, 5> kImages{"ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE",
                                                  "UPDATED_NEW"};
constexpr std::array<std::string_view, 2> kImagesOnFailure{"ALL_OLD", "NONE"};
constexpr std::array<std::string_view, 2> kJoins{"OR", "AND"};
constexpr std::array<std::string_view, 13> kComparisons{
    "IN",       "NULL", "BETWEEN", "LT",          "NOT_CONTAINS", "EQ",      "GT",
    "NOT_NULL", "NE",   "LE",      "BEGINS_WITH", "GE",           "CONTAINS"};
constexpr Shape kComparisonOperator = one_of(kComparisons);

constexpr std::array kExpectedMembers{
    Member{"AttributeValueList", &kAttributeValueList},
    Member{"ComparisonOperator", &kComparisonOperator},
    Member{"Exists", &kFlag},
    Member{"Value", &kAttributeValue},
};
constexpr Shape kExpectedAttributeValue = structure("ExpectedAttributeValue", kExpectedMembers);
constexpr std::array kConditionMembers{
    Member{"AttributeValueList", &kAttributeValueList},
    Member{"ComparisonOperator", &kComparisonOperator, Need::kRequired},
};
constexpr Shape kCondition = structure("Condition", kConditionMembers);

// ---- Constraints

std::string lower_first(std::string_view name) {
    std::string lowered(name);
    if (!lowered.empty() && lowered[0] >= 'A' && lowered[0] <= 'Z') {
        lowered[0] = static_cast<char>(lowered[0] - 'A' + 'a');
    }
    return lowered;
}

std::size_t length_of(const json::value& value) {
    switch (value.kind()) {
        case json::kind::string: {  // in characters
            const auto text = view(value.get_string());
            return static_cast<std::size_t>(std::ranges::count_if(
                text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
        }
        case json::kind::array:
            return value.get_array().size();
        case json::kind::object:
            return value.get_object().size();
        default:
            return 0;
    }
}

bool has_length(Kind kind) {
    return kind == Kind::kString || kind == Kind::kBlob || kind == Kind::kList ||
           kind == Kind::kMap;
}

bool has_value(Kind kind) {
    return kind == Kind::kInteger || kind == Kind::kLong || kind == Kind::kDouble;
}

std::string too_short(const Shape& shape) {
    return fmt::format("Member must have length greater than or equal to {}", shape.length_min);
}
std::string too_long(const Shape& shape) {
    return fmt::format("Member must have length less than or equal to {}", shape.length_max);
}
std::string no_match(const Shape& shape) {
    return fmt::format("Member must satisfy regular expression pattern: {}", shape.pattern);
}

bool is_arn(const Shape& shape, const json::value& value) {
    return shape.or_arn && value.is_string() && view(value.get_string()).starts_with("arn:");
}

// What of the shape itself the value breaks.
std::vector<std::string> faults_of(const json::value& value, const Shape& shape) {
    std::vector<std::string> faults;
    const bool exempt = is_arn(shape, value);
    const auto text = value.is_string() ? view(value.get_string()) : std::string_view();
    if (!shape.values.empty() && std::ranges::find(shape.values, text) == shape.values.end()) {
        faults.push_back(
            fmt::format("Member must satisfy enum value set: [{}]", fmt::join(shape.values, ", ")));
    }
    if (shape.matches != nullptr && !text.empty() && !exempt && !shape.matches(text)) {
        faults.push_back(no_match(shape));
    }
    if (has_length(shape.kind)) {
        const auto length = length_of(value);
        if (length < shape.length_min) {
            faults.push_back(too_short(shape));
        }
        if (length > shape.length_max && !exempt) {
            faults.push_back(too_long(shape));
        }
    }
    if (has_value(shape.kind)) {
        const auto number = value.to_number<double>();
        if (number < static_cast<double>(shape.value_min)) {
            faults.push_back(
                fmt::format("Member must have value greater than or equal to {}", shape.value_min));
        }
        if (number > static_cast<double>(shape.value_max)) {
            faults.push_back(
                fmt::format("Member must have value less than or equal to {}", shape.value_max));
        }
    }
    return faults;
}

// All constraints of a map's keys or values, which the service tells together.
std::string constraints_of(const Shape& shape) {
    std::vector<std::string> all;
    if (shape.length_max != Bounds{}.max) {
        all.push_back(too_long(shape));
    }
    if (shape.length_min != 0) {
        all.push_back(too_short(shape));
    }
    if (shape.matches != nullptr) {
        all.push_back(no_match(shape));
    }
    return fmt::format("{}", fmt::join(all, ", "));
}

class Checker {
  public:
    [[nodiscard]] Outcome<void> check(const json::object& all, const Shape& shape) {
        for (const auto& member : shape.members) {
            if (auto checked = check_alone(all, member); !checked) {
                return checked;
            }
        }
        structure("", all, shape);
        return faults_.empty() ? Outcome<void>{} : refused();
    }

  private:
    static constexpr std::size_t kFaultsMax = 10;

    [[nodiscard]] std::unexpected<Failure> refused() const {
        return validation(fmt::format("{} validation error{} detected: {}", faults_.size(),
                                      faults_.size() == 1 ? "" : "s", fmt::join(faults_, "; ")));
    }

    Outcome<void> check_alone(const json::object& all, const Member& member) {
        const auto* value = find(all, member.name);
        if (value == nullptr && member.alone == Alone::kWhenAbsent) {
            return validation(fmt::format(
                "The parameter '{}' is required but was not present in the request", member.name));
        }
        if (value == nullptr || member.alone == Alone::kNo || member.alone == Alone::kWhenAbsent) {
            return {};
        }
        if (member.alone == Alone::kWhenEmpty) {
            return length_of(*value) > 0
                       ? Outcome<void>{}
                       : validation(fmt::format(
                             "1 validation error detected: Value at '{}' failed to satisfy "
                             "constraint: {}",
                             member.name, too_short(*member.shape)));
        }
        own(lower_first(member.name), *value, *member.shape);
        return faults_.empty() ? Outcome<void>{} : refused();
    }

    void add(const std::string& path, const json::value* value, const Shape& shape,
             std::string_view constraint) {
        if (faults_.size() < kFaultsMax) {
            faults_.push_back(fmt::format("Value {} at '{}' failed to satisfy constraint: {}",
                                          value == nullptr ? "null" : quoted(*value, shape), path,
                                          constraint));
        }
    }

    void own(const std::string& path, const json::value& value, const Shape& shape) {
        for (const auto& fault : faults_of(value, shape)) {
            add(path, &value, shape, fault);
        }
    }

    void member_of_map(const std::string& path, const json::value& value, const Shape& shape) {
        const auto& all = value.get_object();
        if (shape.key != nullptr && std::ranges::any_of(all, [&](const auto& entry) {
                const json::value name(entry.key());
                return !faults_of(name, *shape.key).empty();
            })) {
            add(path, &value, shape,
                fmt::format("Map keys must satisfy constraint: [{}]", constraints_of(*shape.key)));
        }
        if (std::ranges::any_of(all, [&](const auto& entry) {
                return !entry.value().is_null() &&
                       !faults_of(entry.value(), *shape.element).empty();
            })) {
            add(path, &value, shape,
                fmt::format("Map value must satisfy constraint: [{}]",
                            constraints_of(*shape.element)));
        }
        for (const auto& entry : all) {
            if (!entry.value().is_null()) {
                within(fmt::format("{}.{}.member", path, view(entry.key())), entry.value(),
                       *shape.element);
            }
        }
    }

    // What the value's parts break.
    void within(const std::string& path, const json::value& value, const Shape& shape) {
        if (faults_.size() >= kFaultsMax || !deep(shape)) {
            return;
        }
        if (shape.kind == Kind::kStructure) {
            structure(path + ".", value.get_object(), shape);
        } else if (shape.kind == Kind::kMap) {
            member_of_map(path, value, shape);
        } else {
            std::size_t number = 0;
            for (const auto& element : value.get_array()) {
                const auto at = fmt::format("{}.{}.member", path, ++number);
                if (!element.is_null()) {
                    own(at, element, *shape.element);
                    within(at, element, *shape.element);
                }
            }
        }
    }

    // Whether parts of such a value may break anything.
    static bool deep(const Shape& shape) {
        switch (shape.kind) {
            case Kind::kStructure:
                return true;
            case Kind::kMap:
            case Kind::kList:
                return shape.element->kind != Kind::kAttributeValue &&
                       (shape.element != &kText || shape.key != nullptr);
            default:
                return false;
        }
    }

    void structure(const std::string& prefix, const json::object& all, const Shape& shape) {
        for (const auto& member : shape.members) {
            const auto* value = find(all, member.name);
            if (value == nullptr && member.need == Need::kOptional) {
                continue;
            }
            const auto path = prefix + lower_first(member.name);
            if (value == nullptr) {
                add(path, nullptr, *member.shape, "Member must not be null");
                continue;
            }
            own(path, *value, *member.shape);
            within(path, *value, *member.shape);
        }
    }

    std::vector<std::string> faults_;
};

}  // namespace

constinit const Shape kReturnConsumedCapacity = one_of(kCapacities);
constinit const Shape kReturnItemCollectionMetrics = one_of(kMetrics);
constinit const Shape kReturnValues = one_of(kImages);
constinit const Shape kReturnValuesOnConditionCheckFailure = one_of(kImagesOnFailure);
constinit const Shape kConditionalOperator = one_of(kJoins);
constinit const Shape kExpected = map(kExpectedAttributeValue);
constinit const Shape kConditions = map(kCondition);
constinit const Shape kAttributesToGet = list(kText, {.min = 1, .max = 255});

bool is_name(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '.' || c == '-';
    });
}

Outcome<void> check_constraints(const json::object& parameters, const Shape& shape) {
    return Checker().check(parameters, shape);
}

}  // namespace meridian::dynamo
