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

enum class About : std::uint8_t { kLength, kContent };
struct Fault {
    About about;
    std::string constraint;
};

bool is_bounded(const Shape& shape) {
    return has_length(shape.kind) && (shape.length_min > 0 || shape.length_max != Bounds{}.max);
}

// What of the shape itself the value breaks.
std::vector<Fault> faults_of(const json::value& value, const Shape& shape) {
    std::vector<Fault> faults;
    const bool exempt = is_arn(shape, value);
    const auto text = value.is_string() ? view(value.get_string()) : std::string_view();
    if (!shape.values.empty() && std::ranges::find(shape.values, text) == shape.values.end()) {
        faults.push_back({About::kContent, fmt::format("Member must satisfy enum value set: [{}]",
                                                       fmt::join(shape.values, ", "))});
    }
    if (shape.matches != nullptr && !text.empty() && !exempt && !shape.matches(text)) {
        faults.push_back({About::kContent, no_match(shape)});
    }
    if (is_bounded(shape)) {
        const auto length = length_of(value);
        if (length < shape.length_min) {
            faults.push_back({About::kLength, too_short(shape)});
        }
        if (length > shape.length_max && !exempt) {
            faults.push_back({About::kLength, too_long(shape)});
        }
    }
    if (has_value(shape.kind)) {
        const auto number = value.to_number<double>();
        if (number < static_cast<double>(shape.value_min)) {
            faults.push_back(
                {About::kContent, fmt::format("Member must have value greater than or equal to {}",
                                              shape.value_min)});
        }
        if (number > static_cast<double>(shape.value_max)) {
            faults.push_back(
                {About::kContent,
                 fmt::format("Member must have value less than or equal to {}", shape.value_max)});
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

// Where a value is: a way up to the request. Written out only when something is wrong there.
struct Place {
    const Place* within = nullptr;  // null: the request
    std::string_view name = {};     // of a member, or a map's entry
    std::size_t number = 0;         // of a list's element; 0: it is none
    bool entry = false;             // of a map
};

enum class Names : std::uint8_t { kLowered, kPlain };

// "requestItems.NAME.member.keys", "keySchema.1.member".
std::string path_of(const Place& place, Names names) {
    std::string path;
    if (place.within != nullptr) {
        path = path_of(*place.within, names) + ".";
    }
    if (place.number > 0) {
        return path + std::to_string(place.number) + ".member";
    }
    if (place.entry) {
        return path + std::string(place.name) + ".member";
    }
    return path + (names == Names::kLowered ? lower_first(place.name) : std::string(place.name));
}

class Checker {
  public:
    [[nodiscard]] Outcome<void> check(const json::object& all, const Shape& shape) {
        all_ = &all;
        complete_ = std::ranges::all_of(shape.members, [&](const Member& member) {
            return member.need == Need::kOptional || has(all, member.name);
        });
        for (const auto& member : shape.members) {
            if (auto checked = check_alone(all, member); !checked) {
                return checked;
            }
        }
        structure(nullptr, all, shape);
        for (const auto& member : shape.members) {
            const auto* value = find(all, member.name);
            if (faults_.empty() && value != nullptr && member.shape->keys_checked_last) {
                keys({.name = member.name}, *value, *member.shape);
            }
        }
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
        if (value == nullptr || member.alone == Alone::kNo || member.alone == Alone::kWhenAbsent ||
            !complete_) {
            return {};
        }
        if (member.alone != Alone::kWhenEmpty) {
            own({.name = member.name}, *value, *member.shape);
        } else if (length_of(*value) == 0) {
            named({.name = member.name}, too_short(*member.shape));
        }
        if (!faults_.empty() && member.alone == Alone::kBare) {
            return validation(std::move(faults_.front()));
        }
        return faults_.empty() ? Outcome<void>{} : refused();
    }

    void add(std::string fault) {
        if (faults_.size() < kFaultsMax) {
            faults_.push_back(std::move(fault));
        }
    }
    void named(const Place& place, std::string_view constraint) {
        add(fmt::format("Value at '{}' failed to satisfy constraint: {}",
                        path_of(place, Names::kPlain), constraint));
    }
    void shown(const Place& place, const json::value& value, const Shape& shape,
               std::string_view constraint) {
        add(fmt::format("Value {} at '{}' failed to satisfy constraint: {}", quoted(value, shape),
                        path_of(place, Names::kLowered), constraint));
    }

    void own(const Place& place, const json::value& value, const Shape& shape) {
        for (const auto& fault : faults_of(value, shape)) {
            if (!shape.instead.empty() && complete_ && !is_deep(*all_)) {
                add(std::string(shape.instead));
            } else if (shape.named && fault.about == About::kLength) {
                named(place, fault.constraint);
            } else {
                shown(place, value, shape, fault.constraint);
            }
        }
    }

    void keys(const Place& place, const json::value& value, const Shape& shape) {
        const auto wrong = [&](const auto& entry) {
            return !faults_of(json::value(entry.key()), *shape.key).empty();
        };
        if (shape.key != nullptr && std::ranges::any_of(value.get_object(), wrong)) {
            shown(
                place, value, shape,
                fmt::format("Map keys must satisfy constraint: [{}]", constraints_of(*shape.key)));
        }
    }

    void entries(const Place& place, const json::value& value, const Shape& shape) {
        const auto& all = value.get_object();
        if (!shape.keys_checked_last) {
            keys(place, value, shape);
        }
        const auto wrong = [&](const auto& entry) {
            return !entry.value().is_null() && !faults_of(entry.value(), *shape.element).empty();
        };
        if (std::ranges::any_of(all, wrong)) {
            shown(place, value, shape,
                  fmt::format("Map value must satisfy constraint: [{}]",
                              constraints_of(*shape.element)));
        }
        for (const auto& entry : all) {
            if (!entry.value().is_null()) {
                within({.within = &place, .name = view(entry.key()), .entry = true}, entry.value(),
                       *shape.element);
            }
        }
    }

    // What the value's parts break.
    void within(const Place& place, const json::value& value, const Shape& shape) {
        if (faults_.size() >= kFaultsMax || !deep(shape)) {
            return;
        }
        if (shape.kind == Kind::kStructure) {
            structure(&place, value.get_object(), shape);
        } else if (shape.kind == Kind::kMap) {
            entries(place, value, shape);
        } else {
            std::size_t number = 0;
            for (const auto& element : value.get_array()) {
                const Place at{.within = &place, .number = ++number};
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
                return shape.key != nullptr ||
                       (shape.element->kind != Kind::kAttributeValue && shape.element != &kText);
            default:
                return false;
        }
    }

    void structure(const Place* place, const json::object& all, const Shape& shape) {
        for (const auto& member : shape.members) {
            const Place at{.within = place, .name = member.name};
            const auto* value = find(all, member.name);
            if (value != nullptr) {
                own(at, *value, *member.shape);
                within(at, *value, *member.shape);
            } else if (member.need == Need::kRequired) {
                add(fmt::format(
                    "Value null at '{}' failed to satisfy constraint: Member must not be null",
                    path_of(at, Names::kLowered)));
            }
        }
    }

    std::vector<std::string> faults_;
    const json::object* all_ = nullptr;
    bool complete_ = true;  // nothing that the request must have is missing
};

}  // namespace

constinit const Shape kReturnConsumedCapacity = one_of(kCapacities);
constinit const Shape kReturnItemCollectionMetrics = one_of(kMetrics);
// With the service's own mistake in it.
constinit const Shape kReturnValues = one_of(
    kImages,
    "Failed to satisfy constraint: Member must satisfy enum value set: [ALL_OLD, UPDATED_OLD, "
    "ALL_NEW, UPDATE_NEW, NONE]");
constinit const Shape kReturnValuesOnConditionCheckFailure = one_of(kImagesOnFailure);
constinit const Shape kConditionalOperator =
    one_of(kJoins, "Failed to satisfy constraint: Member must satisfy enum value set: [ALL, OR]");
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
