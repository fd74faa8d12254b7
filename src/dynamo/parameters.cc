#include "dynamo/parameters.h"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/parser.hpp>
#include <limits>

#include "item/value.h"

namespace meridian::dynamo {

namespace json = boost::json;

namespace {

// A level of an attribute value takes two of JSON; deeper ones are for attribute_values.h to
// refuse, in the service's words.
constexpr std::size_t kDepthMax = std::size_t{8} * item::kNestingMax;

// Levels of JSON: two for one of an attribute value, and those around it.
constexpr int kNotDeep = 2 * 63;

// NOLINTNEXTLINE(misc-no-recursion): as deep as kDepthMax
bool is_deeper_than(const json::value& value, int levels) {
    const auto deeper = [&](const json::value& within) {
        return is_deeper_than(within, levels - 1);
    };
    if (const auto* list = value.if_array()) {
        return levels == 0 || std::ranges::any_of(*list, deeper);
    }
    if (const auto* map = value.if_object()) {
        return levels == 0 ||
               std::ranges::any_of(*map, [&](const auto& entry) { return deeper(entry.value()); });
    }
    return false;
}

std::int64_t truncated(double value) {
    constexpr double kLimit = 9.2e18;
    return value >= kLimit    ? std::numeric_limits<std::int64_t>::max()
           : value <= -kLimit ? std::numeric_limits<std::int64_t>::min()
                              : static_cast<std::int64_t>(value);
}

}  // namespace

Outcome<std::unique_ptr<const Parameters>> Parameters::parse(std::string_view body) {
    std::unique_ptr<Parameters> parsed(new Parameters);
    json::parse_options options;
    options.max_depth = kDepthMax;
    json::error_code error;
    std::array<unsigned char, 4096> stack;
    json::parser parser({}, options, stack.data(), stack.size());
    parser.reset(&parsed->memory_);
    parser.write(body, error);
    if (error) {
        return serialization("");
    }
    parsed->root_.emplace(parser.release());  // stays in the memory that it was read into
    parsed->object_ = parsed->root_->if_object();
    if (parsed->object_ == nullptr) {
        return serialization("");
    }
    return parsed;
}

bool is_deep(const json::object& all) {
    return std::ranges::any_of(
        all, [](const auto& entry) { return is_deeper_than(entry.value(), kNotDeep); });
}

const json::value* find(const json::object& all, std::string_view name) {
    const auto* value = all.if_contains(json::string_view(name.data(), name.size()));
    return value == nullptr || value->is_null() ? nullptr : value;
}

bool has(const json::object& all, std::string_view name) {
    return find(all, name) != nullptr;
}

std::optional<std::string_view> text_of(const json::object& all, std::string_view name) {
    const auto* value = find(all, name);
    const auto* text = value != nullptr ? value->if_string() : nullptr;
    return text != nullptr ? std::optional(view(*text)) : std::nullopt;
}

std::optional<bool> flag_of(const json::object& all, std::string_view name) {
    const auto* value = find(all, name);
    const auto* flag = value != nullptr ? value->if_bool() : nullptr;
    return flag != nullptr ? std::optional(*flag) : std::nullopt;
}

std::optional<std::int64_t> integer_of(const json::object& all, std::string_view name) {
    const auto* value = find(all, name);
    if (value == nullptr || !value->is_number()) {
        return std::nullopt;
    }
    if (const auto* exact = value->if_int64()) {
        return *exact;
    }
    return value->is_uint64() ? std::numeric_limits<std::int64_t>::max()
                              : truncated(value->get_double());
}

std::optional<double> number_of(const json::object& all, std::string_view name) {
    const auto* value = find(all, name);
    if (value == nullptr || !value->is_number()) {
        return std::nullopt;
    }
    return value->to_number<double>();
}

const json::object* object_of(const json::object& all, std::string_view name) {
    const auto* value = find(all, name);
    return value != nullptr ? value->if_object() : nullptr;
}

const json::array* array_of(const json::object& all, std::string_view name) {
    const auto* value = find(all, name);
    return value != nullptr ? value->if_array() : nullptr;
}

}  // namespace meridian::dynamo
