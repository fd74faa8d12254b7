// A deployment's tables, written as JSON. For tests.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catalog/domain.h"
#include "item/json.h"
#include "lint/lint.h"
#include "management/entity.h"
#include "routing/snapshot.h"

namespace meridian::lint {

struct World {
    std::string rules;  // JSON objects, one after the other with commas; a rule without a flow or
                        // queue has the flow "f"
    std::string hours = {};
    std::vector<std::string> regions = {"us-east-1", "eu-west-1"};
};

inline std::vector<item::Item> items_of(const std::string& objects) {
    std::vector<item::Item> items;
    const auto list = item::parse_plain_json("[" + objects + "]");
    EXPECT_TRUE(list) << objects;
    for (const auto& element : *list->as<item::List>()) {
        items.push_back(*element.as<item::Map>());
    }
    return items;
}

inline Report lint(const World& world, Options options = {}) {
    routing::SnapshotBuilder builder;
    catalog::Complaints complaints;
    for (auto& item : items_of(world.rules)) {
        if (!item.contains("contactFlowId") && !item.contains("queueId")) {
            item.emplace("contactFlowId", "f");
        }
        builder.add(routing::PutRule{catalog::rule_of(item, complaints).value()});
    }
    const auto hours = items_of(world.hours);
    for (const auto& item : hours) {
        if (auto schedule = catalog::schedule_of(item, complaints)) {
            builder.add(routing::PutSchedule{std::move(schedule)});
        }
    }
    options.regions = world.regions;
    return lint(std::move(builder).build(), hours, options);
}

// "rule-never-wins routing/+1/mars-1", and " > OTHER" where there is one.
inline std::string text_of(const Finding& finding) {
    return std::string(finding.code) + " " + management::to_text(finding.entity) +
           (finding.other ? " > " + management::to_text(*finding.other) : "");
}

inline std::vector<std::string> found(const World& world) {
    std::vector<std::string> texts;
    for (const auto& finding : lint(world).findings) {
        texts.push_back(text_of(finding));
    }
    return texts;
}

}  // namespace meridian::lint
