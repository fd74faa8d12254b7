#include "management/history.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "management/editing_for_tests.h"
#include "management/history_format.h"

namespace meridian::management {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

using History = Editing;
using LargeItems = Editing;

std::vector<std::string> ids(const HistoryPage& page) {
    std::vector<std::string> found;
    found.reserve(page.changes.size());
    for (const auto& change : page.changes) {
        found.push_back(change.change_id);
    }
    return found;
}

// Content that differs by the letter, in about as many bytes as asked for.
std::string large(std::size_t bytes, char letter) {
    return fmt::format(R"(,"notes":"{}")", std::string(bytes, letter));
}

TEST_F(History, IsReadInPagesFromBothEnds) {
    std::vector<std::string> made{put(rule("0"))->change_id};
    for (std::int64_t version = 1; version < 7; ++version) {
        made.push_back(put(rule(std::to_string(version)), Version{version})->change_id);
    }
    for (const bool newest_first : {false, true}) {
        auto expected = made;
        if (newest_first) {
            std::ranges::reverse(expected);
        }
        for (const std::size_t limit : {1U, 2U, 3U, 7U, 100U}) {
            HistoryQuery query{.entity = kRule, .limit = limit, .newest_first = newest_first};
            std::vector<std::string> found;
            int pages = 0;
            do {
                const auto page = read_history(*store_, query);
                ASSERT_TRUE(page);
                EXPECT_LE(page->changes.size(), limit);
                std::ranges::copy(ids(*page), std::back_inserter(found));
                query.start_after = page->next;
                ++pages;
            } while (!query.start_after.empty());
            EXPECT_EQ(found, expected) << limit;
            EXPECT_EQ(pages, (7 + static_cast<int>(limit) - 1) / static_cast<int>(limit));
        }
    }
}

TEST_F(History, OfAnEntityThatHasNoneIsEmpty) {
    const auto page = read_history(*store_, {.entity = kRule});
    ASSERT_TRUE(page);
    EXPECT_THAT(page->changes, IsEmpty());
    EXPECT_EQ(page->next, "");
    EXPECT_EQ(*newest_change(*store_, kRule), std::nullopt);
    EXPECT_EQ(*find_change(*store_, kRule, "01ARZ3NDEKTSV4RRFFQ69G5FAV"), std::nullopt);
}

TEST_F(History, TellsEachChangeAndTheNewest) {
    const auto made = put(rule("a"));
    have_gone();
    const auto found = find_change(*store_, kRule, made->change_id);
    ASSERT_TRUE(found && *found);
    EXPECT_EQ((*found)->after, made->item);
    const auto newest = newest_change(*store_, kRule);
    ASSERT_TRUE(newest && *newest);
    EXPECT_EQ((*newest)->operation, Operation::kDelete);
}

// Entities whose names begin with one another's, and neighbours in the table.
TEST_F(History, IsOfOneEntityOnly) {
    const auto agent = [&](const char* id) {
        return editor_.put(Kind::kAgent, std::nullopt, item::Map{{"agentId", id}}, {}, caller_);
    };
    for (const auto* id : {"a", "aa", "a#", "a/b", "b"}) {
        ASSERT_TRUE(agent(id)) << id;
    }
    for (const auto* id : {"a", "aa", "a#", "a/b", "b"}) {
        const auto changes = history({Kind::kAgent, id, {}});
        ASSERT_THAT(changes, SizeIs(1)) << id;
        EXPECT_EQ(changes[0].entity.first, id);
    }
}

TEST_F(LargeItems, EverythingThatMayBeStoredMayBeChangedAndIsToldInFull) {
    std::string deep = "1";
    for (int level = 0; level < 31; ++level) {
        deep.insert(0, R"({"a":)").push_back('}');
    }
    std::string many = "null";
    for (int i = 0; i < 100'000; ++i) {
        many += ",null";
    }
    const std::string bodies[] = {
        rule("a"),
        rule("b", large(100'000, 'b')),
        rule("c", large(160'000, 'c')),
        rule("d", R"(,"notes":)" + deep),
        rule("e", large(409'300, 'e')),
        rule("f", large(409'300, 'f')),
        rule("g", R"(,"notes":[)" + many + "]"),
        rule("h"),
    };
    std::int64_t version = 0;
    std::vector<item::Item> items;
    for (const auto& body : bodies) {
        const auto made = put(body, Version{version});
        ASSERT_TRUE(made) << verdict(made) << " after " << version;
        ++version;
        items.push_back(made->item);
    }
    ASSERT_TRUE(erase());
    const auto changes = history();
    ASSERT_THAT(changes, SizeIs(items.size() + 1));
    for (std::size_t i = 0; i < items.size(); ++i) {
        EXPECT_EQ(changes[i].after, items[i]) << i;
        EXPECT_EQ(changes[i].before, i == 0 ? std::nullopt : std::optional(items[i - 1])) << i;
        const auto found = find_change(*store_, kRule, changes[i].change_id);
        ASSERT_TRUE(found && *found);
        EXPECT_EQ((*found)->after, items[i]);
    }
    EXPECT_EQ(verdict(restore(changes[5].change_id)), "created 9");
    EXPECT_EQ(verdict(put(rule("i"), Version{9})), "updated 10");
}

TEST_F(LargeItems, TheNewestChangeIsFoundBehindItsParts) {
    have(rule("a", large(200'000, 'a')));
    const auto made = put(rule("b", large(200'000, 'b')), Version{1});
    const auto newest = newest_change(*store_, kRule);
    ASSERT_TRUE(newest && *newest);
    EXPECT_EQ((*newest)->change_id, made->change_id);
    EXPECT_EQ((*newest)->after, made->item);
    EXPECT_EQ(verdict(put(rule("b", large(200'000, 'b')), Version{1})), "unchanged 2");
}

TEST_F(LargeItems, APageEndsAtItsBytes) {
    for (std::int64_t version = 0; version < 12; ++version) {
        have(rule("q", large(400'000, static_cast<char>('a' + version))), Version{version});
    }
    HistoryQuery query{.entity = kRule, .limit = 100};
    std::set<std::int64_t> versions;
    int pages = 0;
    do {
        const auto page = read_history(*store_, query);
        ASSERT_TRUE(page);
        ASSERT_THAT(page->changes, testing::Not(IsEmpty()));
        for (const auto& change : page->changes) {
            EXPECT_TRUE(versions.insert(change.version).second);
        }
        query.start_after = page->next;
        ++pages;
    } while (!query.start_after.empty());
    EXPECT_THAT(versions, SizeIs(12));
    EXPECT_EQ(pages, 2);
}

// ---- The format

TEST(HistoryFormat, IsRead) {
    const auto entry =
        decode_entry(item_of(R"({"entity":"agents/a","changeId":"01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "operation":"restore","version":7,"at":"2025-02-26T15:00:00.000Z","who":{"role":"admin","name":"bob",
        "accessKeyId":"AKID"},"from":"[::1]:5","requestId":"r","reason":"why","via":"lambda","before":{"x":1},
        "afterParts":2,"later":"fields are passed over"})"));
    ASSERT_TRUE(entry) << entry.error().message;
    const auto& change = entry->change;
    EXPECT_EQ(change.entity, (EntityId{Kind::kAgent, "a", {}}));
    EXPECT_EQ(change.operation, Operation::kRestore);
    EXPECT_EQ(change.version, 7);
    EXPECT_EQ(change.who.role, Role::kAdmin);
    EXPECT_EQ(change.who.name, "bob");
    EXPECT_EQ(change.who.address, "[::1]:5");
    EXPECT_EQ(change.reason, "why");
    EXPECT_EQ(change.before, item_of(R"({"x":1})"));
    EXPECT_EQ(change.after, std::nullopt);
    EXPECT_EQ(entry->before_parts, 0U);
    EXPECT_EQ(entry->after_parts, 2U);
}

TEST(HistoryFormat, WhatIsNotOfItIsTold) {
    const auto good = item_of(R"({"entity":"agents/a","changeId":"01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "operation":"create","version":1,"at":"2025-02-26T15:00:00.000Z","who":{"role":"editor"}})");
    ASSERT_TRUE(decode_entry(good));
    const std::pair<const char*, const char*> faults[] = {
        {"entity", R"("nowhere/a")"},
        {"entity", "null"},
        {"changeId", R"("short")"},
        {"changeId", "1"},
        {"operation", R"("x")"},
        {"version", "1.5"},
        {"version", R"("1")"},
        {"version", "-1"},
        {"at", R"("yesterday")"},
        {"who", "{}"},
        {"who", R"({"role":"king"})"},
        {"who", R"({"role":"admin","name":5})"},
        {"reason", "{}"},
        {"before", "[]"},
        {"afterParts", "-1"},
        {"beforeParts", "1000000"},
    };
    for (const auto& [name, value] : faults) {
        auto bad = good;
        bad[name] = value_of(value);
        const auto entry = decode_entry(bad);
        ASSERT_FALSE(entry) << name << " " << value;
        EXPECT_EQ(entry.error().code, ErrorCode::kCorruption);
        EXPECT_THAT(entry.error().message, HasSubstr(name));
    }
    for (const auto* required : {"entity", "changeId", "operation", "at", "who"}) {
        auto bad = good;
        bad.erase(required);
        EXPECT_FALSE(decode_entry(bad)) << required;
    }
}

TEST(HistoryFormat, TheMarkOfADeletionIsReadAsItWasWritten) {
    const EntityId agent{Kind::kAgent, "a", {}};
    const auto mark = encode_deletion(
        agent, {"01ARZ3NDEKTSV4RRFFQ69G5FAV", 7, *parse_instant("2025-02-26T15:00:00.001Z")});
    EXPECT_EQ(mark, item_of(R"({"entity":"agents/a","changeId":"#","version":7,
        "deletedBy":"01ARZ3NDEKTSV4RRFFQ69G5FAV","at":"2025-02-26T15:00:00.001Z"})"));
    const auto deletion = decode_deletion(mark);
    ASSERT_TRUE(deletion);
    EXPECT_EQ(deletion->change_id, "01ARZ3NDEKTSV4RRFFQ69G5FAV");
    EXPECT_EQ(deletion->version, 7);
    EXPECT_EQ(format_instant(deletion->at), "2025-02-26T15:00:00.001Z");
    for (const auto* name : {"deletedBy", "at"}) {
        auto bad = mark;
        bad.erase(name);
        EXPECT_FALSE(decode_deletion(bad)) << name;
    }
}

TEST_F(LargeItems, ALostPartIsTold) {
    const auto made = put(rule("a", large(200'000, 'a')));
    ASSERT_FALSE(store_
                     ->write({std::string(catalog::kHistoryTable),
                              store::DeleteItem{
                                  history_key(kRule, part_key(made->change_id, Side::kAfter, 0))},
                              std::nullopt})
                     .error);
    for (const auto& error : {read_history(*store_, {.entity = kRule}).error(),
                              find_change(*store_, kRule, made->change_id).error()}) {
        EXPECT_EQ(error.code, ErrorCode::kCorruption);
        EXPECT_THAT(error.message, HasSubstr("part"));
    }
    const auto restored = restore(made->change_id);
    EXPECT_EQ(verdict(restored), "error Corruption");
}

}  // namespace
}  // namespace meridian::management
