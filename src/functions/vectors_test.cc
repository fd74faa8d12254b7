// The routing vectors, through both sources of rules. Each case names what the original code got
// wrong in it.

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/clock.h"
#include "catalog/live_catalog.h"
#include "catalog/point_reads.h"
#include "catalog/tables.h"
#include "functions/route_call.h"
#include "functions/settings.h"
#include "item/json.h"
#include "store/memory/memory_store.h"

namespace meridian::functions {
namespace {

item::Value read_vectors() {
    std::ifstream file(MERIDIAN_TESTDATA "/vectors/route_call.json");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    auto value = item::parse_plain_json(text);
    EXPECT_TRUE(value) << (value ? "" : value.error().message);
    return value.value_or(item::Value{});
}

const item::Value& at(const item::Value& value, std::string_view name) {
    static const item::Value kNothing;
    const auto* map = value.as<item::Map>();
    const auto* found = map == nullptr ? nullptr : item::find(*map, name);
    return found == nullptr ? kNothing : *found;
}

std::string text(const item::Value& value) {
    return value.as<std::string>() == nullptr ? "" : *value.as<std::string>();
}

SettingSource settings_of(const item::Value& vector) {
    return [changes = at(vector, "env")](std::string_view name) -> std::optional<std::string> {
        const auto* map = changes.as<item::Map>();
        if (const auto* changed = map == nullptr ? nullptr : item::find(*map, name)) {
            return changed->as<std::string>() == nullptr ? std::nullopt
                                                         : std::optional(text(*changed));
        }
        return name == "DEFAULT_CONTACT_FLOW_ID" ? std::optional<std::string>("default-flow-id")
               : name == "DEFAULT_QUEUE_ID"      ? std::optional<std::string>("default-queue-id")
               : name == "AFTER_HOURS_FLOW_ID"   ? std::optional<std::string>("after-hours-flow-id")
               : name == "AFTER_HOURS_QUEUE_ID" ? std::optional<std::string>("after-hours-queue-id")
               : name == "MERIDIAN_REGIONS"
                   ? std::optional<std::string>("us-east-1,eu-west-1,ap-southeast-1")
                   : std::nullopt;
    };
}

// A store with the vector's tables; those that are null do not exist.
void fill(store::TableStore& store, const item::Value& tables) {
    for (const auto& schema : catalog::table_schemas()) {
        const auto* items = at(tables, schema.name).as<item::List>();
        if (items == nullptr) {
            continue;
        }
        ASSERT_TRUE(store.create_table(schema));
        for (const auto& element : *items) {
            const auto outcome =
                store.write({schema.name, store::PutItem{*element.as<item::Map>()}, std::nullopt});
            ASSERT_FALSE(outcome.error) << outcome.error->message;
        }
    }
}

// "<any>" matches any text, or none.
bool matches(const item::Value& expected, const item::Value& actual) {
    if (expected == item::Value("<any>")) {
        return actual.as<item::Null>() != nullptr || actual.as<std::string>() != nullptr;
    }
    const auto* wanted = expected.as<item::Map>();
    const auto* given = actual.as<item::Map>();
    if (wanted == nullptr || given == nullptr) {
        return expected == actual;
    }
    for (const auto& [name, value] : *wanted) {
        const auto* found = item::find(*given, name);
        if (!matches(value, found == nullptr ? item::Value{} : *found)) {
            return false;
        }
    }
    for (const auto& [name, value] : *given) {
        if (item::find(*wanted, name) == nullptr) {
            return false;
        }
    }
    return true;
}

void expect_correct(const item::Value& vector, const std::string& answer, const char* source) {
    const auto parsed = item::parse_plain_json(answer);
    ASSERT_TRUE(parsed) << answer;
    for (const char* field : {"contactFlowId", "queueId", "attributes"}) {
        EXPECT_TRUE(matches(at(at(vector, "correct"), field), at(*parsed, field)))
            << source << ": " << field << " of " << answer;
    }
}

TEST(RouteCall, AnswersEveryVectorFromEitherSource) {
    const auto vectors = read_vectors();
    const auto* cases = at(vectors, "route_call").as<item::List>();
    ASSERT_NE(cases, nullptr);
    ASSERT_GE(cases->size(), 86U);
    for (const auto& vector : *cases) {
        SCOPED_TRACE(text(at(vector, "id")));
        auto policy = read_policy(settings_of(vector));
        if (at(at(vector, "correct"), "error").as<std::string>() != nullptr) {
            ASSERT_FALSE(policy);
            EXPECT_NE(policy.error().message.find("DEFAULT_CONTACT_FLOW_ID"), std::string::npos);
            continue;
        }
        ASSERT_TRUE(policy);
        const ManualClock clock(*parse_instant(text(at(vector, "now"))));
        const auto store = store::open_memory_store(clock);
        fill(*store, at(vector, "tables"));
        const auto event = item::to_plain_json(at(vector, "event"));
        const auto points = catalog::make_point_reads(*store, clock);
        RouteCall from_points(*points, *policy, clock, nullptr);
        expect_correct(vector, from_points.call(event, {}).payload, "point reads");
        if (const auto live = catalog::LiveCatalog::start(*store, clock)) {
            RouteCall from_snapshot(**live, *policy, clock, nullptr);
            expect_correct(vector, from_snapshot.call(event, {}).payload, "snapshot");
        } else {
            EXPECT_EQ(live.error().code, ErrorCode::kTableNotFound);
        }
    }
}

}  // namespace
}  // namespace meridian::functions
