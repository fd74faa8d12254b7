#include "dynamo/resource_policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <charconv>

#include "dynamo/table_parts.h"

namespace meridian::dynamo {
namespace {

constexpr std::string_view kMember = "ResourcePolicy";
constexpr std::size_t kPolicyBytesMax = 20'480;

std::string text_in(const item::Map& map, std::string_view name) {
    const auto* value = item::find(map, name);
    const auto* text = value == nullptr ? nullptr : value->as<std::string>();
    return text == nullptr ? "" : *text;
}

}  // namespace

std::optional<ResourcePolicy> policy_of(const TableDescription& table) {
    const auto* value = item::find(table.further, kMember);
    const auto* map = value == nullptr ? nullptr : value->as<item::Map>();
    if (map == nullptr) {
        return std::nullopt;
    }
    return ResourcePolicy{text_in(*map, "Policy"), text_in(*map, "RevisionId")};
}

Outcome<std::string> set_policy(std::string_view policy, Instant now, TableDescription& table) {
    if (policy.size() > kPolicyBytesMax) {
        return invalid(fmt::format("Maximum policy size of {} bytes exceeded", kPolicyBytesMax));
    }
    boost::system::error_code error;
    const auto parsed = boost::json::parse({policy.data(), policy.size()}, error);
    if (error || !parsed.is_object()) {
        return invalid("Invalid policy document: This policy contains invalid Json");
    }
    if (!parsed.get_object().contains("Statement")) {
        return invalid("Invalid policy document: Could not parse the policy: Statement is empty!");
    }
    // Moments, as the service's own revisions are; a later one than the last in any case.
    auto moment = now.time_since_epoch().count();
    if (const auto before = policy_of(table)) {
        std::int64_t last = 0;
        std::from_chars(before->revision.data(), before->revision.data() + before->revision.size(),
                        last);
        moment = std::max(moment, last + 1);
    }
    auto revision = std::to_string(moment);
    table.further[std::string(kMember)] = item::Map{{"Policy", policy}, {"RevisionId", revision}};
    return revision;
}

void remove_policy(TableDescription& table) {
    table.further.erase(std::string(kMember));
}

}  // namespace meridian::dynamo
