#include "dynamo/object_text.h"

#include <fmt/format.h>

#include "item/json.h"

namespace meridian::dynamo {

void ObjectText::name(std::string_view name) {
    if (out_.size() > 1) {
        out_ += ',';
    }
    item::append_json_string(name, out_);
    out_ += ':';
}

ObjectText& ObjectText::text(std::string_view member, std::string_view value) {
    name(member);
    item::append_json_string(value, out_);
    return *this;
}

ObjectText& ObjectText::number(std::string_view member, std::int64_t value) {
    return json(member, std::to_string(value));
}

ObjectText& ObjectText::flag(std::string_view member, bool value) {
    return json(member, value ? "true" : "false");
}

ObjectText& ObjectText::time(std::string_view member, Instant value) {
    const auto milliseconds = value.time_since_epoch().count();
    return json(member, fmt::format("{}.{:03}", milliseconds / 1000, milliseconds % 1000));
}

ObjectText& ObjectText::json(std::string_view member, std::string_view value) {
    name(member);
    out_ += value;
    return *this;
}

std::string array_text(const std::vector<std::string>& values) {
    return fmt::format("[{}]", fmt::join(values, ","));
}

std::string string_text(std::string_view text) {
    std::string out;
    item::append_json_string(text, out);
    return out;
}

}  // namespace meridian::dynamo
