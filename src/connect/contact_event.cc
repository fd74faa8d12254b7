#include "connect/contact_event.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "item/json.h"

namespace meridian::connect {
namespace {

namespace json = boost::json;

constexpr int kNestingMax = 64;
constexpr std::size_t kRegionBytesMax = 64;

const json::value* member(const json::value* parent, std::string_view name) {
    const auto* object = parent == nullptr ? nullptr : parent->if_object();
    return object == nullptr ? nullptr : object->if_contains(name);
}

std::string_view text_of(const json::value* value) {
    const auto* text = value == nullptr ? nullptr : value->if_string();
    return text == nullptr ? std::string_view{} : std::string_view(*text);
}

bool is_absent(const json::value* value) {
    return value == nullptr || value->is_null();
}

Result<std::string> dialled_number(const json::value* data) {
    const auto* address = member(member(data, "SystemEndpoint"), "Address");
    if (is_absent(address)) {
        address = member(member(data, "CustomerEndpoint"), "Address");
    }
    if (is_absent(address)) {
        return fail(ErrorCode::kInvalidInput,
                    "neither SystemEndpoint nor CustomerEndpoint has an Address");
    }
    const auto number = text_of(address);
    if (number.empty() || number.size() > kAddressBytesMax) {
        return fail(
            ErrorCode::kInvalidInput,
            fmt::format("the endpoint's Address is not a text of 1 to {} bytes", kAddressBytesMax));
    }
    return std::string(number);
}

// "arn:aws:connect:us-east-1:123456789012:instance/…" → "us-east-1"
Result<std::string> region_of_arn(std::string_view arn) {
    const auto wrong = [] {
        return fail(ErrorCode::kInvalidInput,
                    "InstanceARN is not arn:PARTITION:connect:REGION:ACCOUNT:instance/ID");
    };
    if (!arn.starts_with("arn:")) {
        return wrong();
    }
    for (int field = 0; field < 3; ++field) {
        const auto colon = arn.find(':');
        if (colon == std::string_view::npos) {
            return wrong();
        }
        arn.remove_prefix(colon + 1);
    }
    const auto region = arn.substr(0, arn.find(':'));
    if (!is_region_name(region)) {
        return wrong();
    }
    return std::string(region);
}

Result<Contact> read_contact(const json::value* data) {
    if (data == nullptr || !data->is_object()) {
        return fail(ErrorCode::kInvalidInput, "the event has no Details.ContactData");
    }
    auto number = dialled_number(data);
    if (!number) {
        return std::unexpected(number.error());
    }
    auto region = region_of_arn(text_of(member(data, "InstanceARN")));
    if (!region) {
        return std::unexpected(region.error());
    }
    return Contact{std::move(*number), std::move(*region),
                   std::string(text_of(member(data, "ContactId")))};
}

}  // namespace

bool is_region_name(std::string_view text) {
    return !text.empty() && text.size() <= kRegionBytesMax && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
}

ContactEvent parse_contact_event(std::string_view text) {
    // An ordinary event fits this buffer, so that reading one allocates only what it returns.
    std::array<unsigned char, 16 * 1024> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init)
    json::monotonic_resource memory(buffer.data(), buffer.size());
    json::parse_options options;
    options.max_depth = kNestingMax;
    json::error_code error;
    const auto root = json::parse(text, error, &memory, options);
    if (error) {
        return {ResponseType::kJson, fail(ErrorCode::kMalformedJson, "the event is not JSON")};
    }
    const auto* details = member(&root, "Details");
    const auto wanted = text_of(member(member(details, "Parameters"), "responseType"));
    return {wanted == "STRING_MAP" ? ResponseType::kStringMap : ResponseType::kJson,
            read_contact(member(details, "ContactData"))};
}

std::string make_contact_event(std::string_view number, std::string_view region) {
    std::string address;
    item::append_json_string(number, address);
    std::string arn;
    item::append_json_string(
        fmt::format("arn:aws:connect:{}:000000000000:instance/meridian", region), arn);
    return fmt::format(
        R"({{"Details":{{"ContactData":{{"Attributes":{{}},"Channel":"VOICE","ContactId":"","CustomerEndpoint":null,)"
        R"("InitiationMethod":"INBOUND","InstanceARN":{},"SystemEndpoint":{{"Address":{},"Type":"TELEPHONE_NUMBER"}}}},)"
        R"("Parameters":{{}}}},"Name":"ContactFlowEvent"}})",
        arn, address);
}

}  // namespace meridian::connect
