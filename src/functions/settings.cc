#include "functions/settings.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace meridian::functions {
namespace {

// An ARN has less, and two of these fit an answer however their characters are escaped.
constexpr std::size_t kIdBytesMax = 2048;

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

Result<std::string> optional_id(const SettingSource& settings, std::string_view name) {
    auto value = settings(name).value_or("");
    if (trimmed(value).empty()) {
        return std::string();
    }
    if (value.size() > kIdBytesMax) {
        return fail(
            ErrorCode::kConfiguration,
            fmt::format("{} is longer than {} bytes: set it to the id or ARN of a flow or queue",
                        name, kIdBytesMax));
    }
    return value;
}

Result<std::string> required_id(const SettingSource& settings, std::string_view name) {
    auto value = optional_id(settings, name);
    if (value && value->empty()) {
        return fail(ErrorCode::kConfiguration,
                    fmt::format("{} is not set: set it to the flow or queue that serves calls for "
                                "which there is no rule",
                                name));
    }
    return value;
}

Result<std::vector<std::pair<std::string, std::string>>> transfer_numbers(
    const SettingSource& settings) {
    constexpr std::string_view kName = "MERIDIAN_TRANSFER_NUMBERS";
    std::vector<std::pair<std::string, std::string>> result;
    for (const auto& entry : comma_separated(settings(kName).value_or(""))) {
        const auto equals = entry.find('=');
        if (equals == std::string::npos || equals == 0 || equals + 1 == entry.size()) {
            return fail(
                ErrorCode::kConfiguration,
                fmt::format(
                    "{} has an entry that is not region=number, as in eu-west-1=+3531234567",
                    kName));
        }
        result.emplace_back(trimmed(std::string_view(entry).substr(0, equals)),
                            trimmed(std::string_view(entry).substr(equals + 1)));
    }
    return result;
}

}  // namespace

std::vector<std::string> comma_separated(std::string_view text) {
    std::vector<std::string> result;
    while (!text.empty()) {
        const auto comma = text.find(',');
        if (const auto part = trimmed(text.substr(0, comma)); !part.empty()) {
            result.emplace_back(part);
        }
        text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
    }
    return result;
}

Result<routing::Policy> read_policy(const SettingSource& settings) {
    routing::Policy policy;
    struct Field {
        std::string_view name;
        std::string* target;
        bool required;
    };
    for (const auto& field : {
             Field{"DEFAULT_CONTACT_FLOW_ID", &policy.default_contact_flow_id, true},
             Field{"DEFAULT_QUEUE_ID", &policy.default_queue_id, true},
             Field{"AFTER_HOURS_FLOW_ID", &policy.after_hours_contact_flow_id, false},
             Field{"AFTER_HOURS_QUEUE_ID", &policy.after_hours_queue_id, false},
         }) {
        auto value =
            field.required ? required_id(settings, field.name) : optional_id(settings, field.name);
        if (!value) {
            return std::unexpected(value.error());
        }
        *field.target = std::move(*value);
    }
    policy.region_order = comma_separated(settings("MERIDIAN_REGIONS").value_or(""));
    policy.regions_out_of_service =
        comma_separated(settings("MERIDIAN_REGIONS_OUT_OF_SERVICE").value_or(""));
    auto numbers = transfer_numbers(settings);
    if (!numbers) {
        return std::unexpected(numbers.error());
    }
    policy.transfer_numbers = std::move(*numbers);
    return policy;
}

}  // namespace meridian::functions
