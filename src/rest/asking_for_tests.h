// What the tests of operations share: a region in memory, and the verbs to ask it with.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "item/json.h"
#include "management/caller.h"
#include "management/entity.h"
#include "rest/region_for_tests.h"

namespace meridian::rest {

using Headers = std::vector<std::pair<std::string_view, std::string_view>>;

// A response, with what tests look at at hand.
struct Seen {
    int status = 0;
    Response response;
    item::Value body;

    [[nodiscard]] std::string header(std::string_view name) const {
        for (const auto& [given, value] : response.headers) {
            if (given == name) {
                return value;
            }
        }
        return {};
    }
    // The value at a path of names and indexes ("errors/0/pointer") as JSON; "-": it isn't there.
    [[nodiscard]] std::string at(std::string_view path) const {
        const auto* value = &body;
        while (!path.empty() && value != nullptr) {
            const auto step = std::string(path.substr(0, path.find('/')));
            path.remove_prefix(std::min(step.size() + 1, path.size()));
            if (const auto* map = value->as<item::Map>()) {
                value = item::find(*map, step);
            } else {
                const auto* list = value->as<item::List>();
                const auto index = static_cast<std::size_t>(std::stoul(step));
                value = list != nullptr && index < list->size() ? &(*list)[index] : nullptr;
            }
        }
        return value == nullptr ? "-" : item::to_plain_json(*value);
    }
    // The text at a path.
    [[nodiscard]] std::string text(std::string_view path) const {
        const auto json = at(path);
        const auto value = item::parse_plain_json(json);
        const auto* text = value ? value->as<std::string>() : nullptr;
        return text == nullptr ? json : *text;
    }
};

// A region with the verbs of tests.
class TestRegion : public RegionInMemory {
  public:
    using RegionInMemory::RegionInMemory;

    Seen ask(std::string_view method, std::string_view target, std::string_view body = {},
             Headers headers = {}, management::Role role = management::Role::kEditor) const {
        const management::Caller caller{"alice", "AKIDEXAMPLE", role, "127.0.0.1:50312", "req-1"};
        Seen seen;
        seen.response = api->handle(
            {.method = method, .target = target, .headers = std::move(headers), .body = body},
            caller);
        seen.status = seen.response.status;
        if (!seen.response.body.empty()) {
            auto json = item::parse_plain_json(seen.response.body);
            EXPECT_TRUE(json) << seen.response.body;
            seen.body = json ? *std::move(json) : item::Value();
        }
        return seen;
    }

    // Past the editor.
    void store_item(management::Kind kind, std::string_view json) const {
        const auto value = item::parse_plain_json(json);
        ASSERT_TRUE(value) << json;
        const auto made = store->write({std::string(management::table_of(kind)),
                                        store::PutItem{*value->as<item::Map>()}, std::nullopt});
        ASSERT_FALSE(made.error) << made.error->message;
    }
};

inline constexpr std::string_view kRulePath = "/routing/+18005551234/us-east-1";

// A rule at kRulePath that goes to `queue`; `more` are further fields, with a comma before them.
inline std::string rule(std::string_view queue = "queue-a", std::string_view more = "") {
    return R"({"phoneNumber":"+18005551234","region":"us-east-1","queueId":")" +
           std::string(queue) + "\"" + std::string(more) + "}";
}

}  // namespace meridian::rest
