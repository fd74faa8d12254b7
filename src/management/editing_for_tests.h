// What tests of edits share: tables, a clock that stands still, an editor, and JSON.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "catalog/tables.h"
#include "item/json.h"
#include "management/editor.h"
#include "management/history.h"
#include "store/memory/memory_store.h"

namespace meridian::management {

inline item::Value value_of(std::string_view json) {
    auto value = item::parse_plain_json(json);
    EXPECT_TRUE(value) << json;
    return value ? *std::move(value) : item::Value{};
}

inline item::Item item_of(std::string_view json) {
    auto value = value_of(json);
    return std::move(*value.as<item::Map>());
}

// The pointers of faults, in their order.
inline std::vector<std::string> pointers(const std::vector<FieldError>& faults) {
    std::vector<std::string> found;
    found.reserve(faults.size());
    for (const auto& fault : faults) {
        found.push_back(fault.pointer);
    }
    return found;
}

// "created 1", "conflict 3", "conflict -" (nothing is stored), "invalid /region", "not found", …
inline std::string verdict(const EditResult<Edited>& result) {
    struct Words {
        std::string operator()(const Invalid& invalid) const {
            std::string words = invalid.too_large ? "too large" : "invalid";
            for (const auto& error : invalid.errors) {
                words += " " + error.pointer;
            }
            return words;
        }
        std::string operator()(const Conflict& conflict) const {
            return "conflict " +
                   (conflict.current ? std::to_string(version_of(*conflict.current)) : "-");
        }
        std::string operator()(const NotFound&) const { return "not found"; }
        std::string operator()(const Error& error) const {
            return "error " + std::string(info(error.code).name);
        }
    };
    if (!result) {
        return std::visit(Words{}, result.error());
    }
    return std::string(to_string(result->outcome)) + " " + std::to_string(version_of(result->item));
}

inline const EntityId kRule{Kind::kRule, "+18005551235", "us-east-1"};

// A rule at kRule that goes to `queue`; `more` are further fields, with a comma before them.
inline std::string rule(std::string_view queue = "queue-a", std::string_view more = "") {
    return R"({"phoneNumber":"+18005551235","region":"us-east-1","contactFlowId":"flow-a","queueId":")" +
           std::string(queue) + "\"" + std::string(more) + "}";
}

class Editing : public testing::Test {
  protected:
    Editing() { EXPECT_TRUE(catalog::create_tables(*store_)); }

    EditResult<Edited> put(std::string_view json, Expected expected = Unstated{}) {
        return editor_.put(Kind::kRule, std::nullopt, value_of(json), {.expected = expected},
                           caller_);
    }
    EditResult<Edited> patch(std::string_view json, Expected expected = Unstated{}) {
        return editor_.merge_patch(kRule, value_of(json), {.expected = expected}, caller_);
    }
    EditResult<Edited> erase(Expected expected = Unstated{}) {
        return editor_.erase(kRule, {.expected = expected}, caller_);
    }
    EditResult<Edited> restore(std::string_view change_id, Expected expected = Unstated{}) {
        return editor_.restore(kRule, change_id, {.expected = expected}, caller_);
    }

    // What a test starts with.
    void have(std::string_view json, Expected expected = Unstated{}) {
        const auto made = put(json, expected);
        EXPECT_TRUE(made) << verdict(made);
    }
    void have_gone() { EXPECT_EQ(verdict(erase()).substr(0, 7), "deleted"); }

    // Past the editor.
    void store(Kind kind, std::string_view json) {
        const auto made = store_->write(
            {std::string(table_of(kind)), store::PutItem{item_of(json)}, std::nullopt});
        EXPECT_FALSE(made.error);
    }
    std::optional<item::Item> stored(const EntityId& id = kRule) {
        auto found = editor_.get(id);
        EXPECT_TRUE(found);
        return found ? *std::move(found) : std::nullopt;
    }
    // Oldest first.
    std::vector<Change> history(const EntityId& id = kRule) {
        auto page = read_history(*store_, {.entity = id, .limit = 100'000, .newest_first = false});
        EXPECT_TRUE(page) << page.error().message;
        return page ? std::move(page->changes) : std::vector<Change>{};
    }

    ManualClock clock_{*parse_instant("2025-02-26T15:00:00Z")};
    SeededRandom random_{1};
    std::unique_ptr<store::TableStore> store_ = store::open_memory_store(clock_);
    Editor editor_{*store_, {{"us-east-1", "eu-west-1"}}, clock_, random_};
    Caller caller_{"alice", "AKIDEXAMPLE", Role::kEditor, "127.0.0.1:50312", "request-1"};
};

}  // namespace meridian::management
