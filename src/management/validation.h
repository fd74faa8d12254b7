// Whether what somebody wants to store means something, with every fault named at once.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "item/value.h"
#include "management/entity.h"

namespace meridian::management {

// One fault. Messages never hold a caller's number or what the client sent at length: the client
// has it.
struct FieldError {
    std::string pointer;  // JSON pointer (RFC 6901) into the body: "/schedule/monday/hours/0/open"
    std::string message;  // "is not a time of day"
    std::string example;  // a value that would do, as JSON: "\"09:00\""; empty: none would help
};

struct Findings {
    std::vector<FieldError> errors;
    std::vector<FieldError> warnings;  // may be stored; `strict` makes errors of them

    [[nodiscard]] bool is_valid() const { return errors.empty(); }
};

struct ValidationOptions {
    std::vector<std::string> regions = {};  // the deployment's; empty: any region of AWS
    bool strict = false;
    // Whether business hours of that id exist; empty: not looked at.
    std::function<bool(std::string_view)> hours_exist = {};
};

// What is wrong with `body` as a whole entity of that kind. A null at a known field counts as not
// given. Fields that aren't known are fine, whatever they hold, within the limits of an item
// (400 KB, 32 levels). Faults are told in the order of the body, at most 100 of them.
[[nodiscard]] Findings validate(Kind kind, const item::Map& body, const ValidationOptions& options);

}  // namespace meridian::management
