#include "aws/json_fields.h"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <boost/system/error_code.hpp>

namespace meridian::aws {

namespace json = boost::json;

std::optional<JsonFields> read_json_fields(std::string_view text) {
    constexpr std::size_t kBytesMax = std::size_t{1} << 20U;
    if (text.size() > kBytesMax) {
        return std::nullopt;
    }
    boost::system::error_code error;
    json::parse_options options;
    options.max_depth = 32;
    const auto value = json::parse({text.data(), text.size()}, error, {}, options);
    if (error || !value.is_object()) {
        return std::nullopt;
    }
    JsonFields fields;
    for (const auto& member : value.get_object()) {
        std::string name(member.key().data(), member.key().size());
        if (const auto* string = member.value().if_string()) {
            fields.insert_or_assign(std::move(name), std::string(string->data(), string->size()));
        } else if (const auto* number = member.value().if_int64()) {
            fields.insert_or_assign(std::move(name), std::to_string(*number));
        }
    }
    return fields;
}

std::string_view field(const JsonFields& fields, std::string_view name) {
    const auto found = fields.find(name);
    return found == fields.end() ? std::string_view() : std::string_view(found->second);
}

}  // namespace meridian::aws
