// Random tables, indexes and questions: pages of any size together are what the conditions say, in
// order, forwards and backwards.
#include "dynamo/reading_page.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "dynamo/world_for_tests.h"
#include "item/json.h"

namespace meridian::dynamo {
namespace {

using expression::Condition;
using expression::Path;
using item::Item;
using item::KeyAttribute;
using item::KeyType;
using item::Value;

using Items = std::vector<Item>;

// A condition on the sort key, as text and as what it means.
struct SortPart {
    std::string text;
    Condition meaning;
    item::Map values;
};

struct Question {
    const IndexDescription* index = nullptr;
    Value partition;
    std::optional<SortPart> sort = std::nullopt;
    std::optional<std::int64_t> at_least = std::nullopt;  // of `n`, as a filter
    bool whole = false;                                   // Select: ALL_ATTRIBUTES
};

class Dice {
  public:
    explicit Dice(std::uint64_t seed) : random_(seed) {}
    std::uint64_t below(std::uint64_t bound) { return random_.next() % bound; }
    bool one_in(std::uint64_t n) { return below(n) == 0; }
    // Few values, so that many items have one.
    Value value(KeyType type) {
        const auto number = static_cast<std::int64_t>(below(6));
        constexpr std::array<const char*, 6> kTexts{"a", "ab", "abc", "b", "\xC3\xA4", "z"};
        const auto* text = kTexts[static_cast<std::size_t>(number)];
        return type == KeyType::kString   ? Value(text)
               : type == KeyType::kNumber ? Value(item::Number(number * number - 9))
                                          : Value(item::Binary{text});
    }
    KeyType type() {
        constexpr std::array kTypes{KeyType::kString, KeyType::kNumber, KeyType::kBinary};
        return kTypes[below(kTypes.size())];
    }
    store::Projected projected() {
        constexpr std::array kAll{store::Projected::kAll, store::Projected::kKeysOnly,
                                  store::Projected::kInclude};
        return kAll[below(kAll.size())];
    }

  private:
    SeededRandom random_;
};

TableDescription random_table(Dice& dice) {
    TableDescription table;
    table.id = "id";
    table.name = "table";
    table.key = {.partition = {"p", dice.type()}, .sort = std::nullopt};
    const KeyAttribute g{"g", dice.type()};
    const KeyAttribute h{"h", dice.type()};
    if (!dice.one_in(4)) {
        table.key.sort = KeyAttribute{"s", dice.type()};
    }
    const auto add = [&](const char* name, IndexKind kind, item::KeySchema key) {
        const auto projected = dice.projected();
        table.indexes.push_back({.kind = kind,
                                 .schema = {.name = name,
                                            .key = std::move(key),
                                            .projected = projected,
                                            .include = projected == store::Projected::kInclude
                                                           ? std::vector<std::string>{"n"}
                                                           : std::vector<std::string>{}}});
    };
    if (table.key.sort) {
        add("local", IndexKind::kLocal, {.partition = table.key.partition, .sort = g});
    }
    add("simple", IndexKind::kGlobal, {.partition = g, .sort = std::nullopt});
    add("composite", IndexKind::kGlobal, {.partition = g, .sort = h});
    add("inverted", IndexKind::kGlobal, {.partition = h, .sort = table.key.partition});
    return table;
}

Item random_item(const TableDescription& table, Dice& dice) {
    Item item{{"p", dice.value(table.key.partition.type)},
              {"n", item::Number(static_cast<std::int64_t>(dice.below(10)))},
              {"m", Value(dice.one_in(2) ? "x" : "yy")}};
    if (table.key.sort) {
        item.emplace("s", dice.value(table.key.sort->type));
    }
    for (const auto* attribute : {&table.indexes.back().schema.key.partition,
                                  &table.indexes[table.indexes.size() - 2].schema.key.partition}) {
        if (!dice.one_in(4)) {
            // Sometimes of a type that no index takes.
            item.emplace(attribute->name,
                         dice.value(dice.one_in(8) ? dice.type() : attribute->type));
        }
    }
    return item;
}

SortPart random_sort(const KeyAttribute& attribute, Dice& dice) {
    using expression::Compare;
    using expression::Comparison;
    constexpr std::array<std::pair<const char*, Comparison>, 5> kComparisons{
        {{"=", Comparison::kEqual},
         {"<", Comparison::kLess},
         {"<=", Comparison::kLessOrEqual},
         {">", Comparison::kGreater},
         {">=", Comparison::kGreaterOrEqual}}};
    const Path path(attribute.name);
    auto low = dice.value(attribute.type);
    if (dice.one_in(4)) {
        auto high = dice.value(attribute.type);
        if (*expression::order(low, high) > 0) {
            std::swap(low, high);
        }
        return {.text = "#s BETWEEN :low AND :high",
                .meaning = expression::Between{path, low, high},
                .values = {{":low", low}, {":high", high}}};
    }
    if (attribute.type != KeyType::kNumber && dice.one_in(4)) {
        return {.text = "begins_with(#s, :low)",
                .meaning = expression::BeginsWith{path, low},
                .values = {{":low", low}}};
    }
    const auto& [text, comparison] = kComparisons[dice.below(kComparisons.size())];
    return {.text = fmt::format("#s {} :low", text),
            .meaning = Compare{comparison, path, low},
            .values = {{":low", low}}};
}

class ReadingProperty : public testing::TestWithParam<std::uint64_t> {
  protected:
    ReadingProperty() : dice_(GetParam()), table_(random_table(dice_)) {
        service_.add(table_);
        for (int i = 0; i < 80; ++i) {
            auto item = random_item(table_, dice_);
            const auto written = service_.store().write(
                {.table = table_.name, .action = store::PutItem{item}, .condition = std::nullopt});
            EXPECT_FALSE(written.error) << written.error->message;
            std::erase_if(items_, [&](const Item& each) {
                return *item::key_of(table_.key, each) == *item::key_of(table_.key, item);
            });
            items_.push_back(std::move(item));
        }
    }

    // What the index has of the item; nothing: the item is not in it.
    std::optional<Item> seen(const Item& item, const IndexDescription* index, bool whole) const {
        if (index == nullptr) {
            return item;
        }
        if (!item::key_of(index->schema.key, item)) {
            return std::nullopt;
        }
        const ReadTarget target{.table = service_.tables.find(table_.name), .index = index};
        Item shown = item;
        if (!whole) {
            std::erase_if(shown, [&](const auto& entry) { return !target.holds(entry.first); });
        }
        return shown;
    }

    // In no order.
    Items expected(const Question& question) const {
        const auto& key = question.index != nullptr ? question.index->schema.key : table_.key;
        Items found;
        for (const auto& item : items_) {
            const auto shown = seen(item, question.index, question.whole);
            if (shown && *item::find(*shown, key.partition.name) == question.partition &&
                (!question.sort || *expression::evaluate(question.sort->meaning, &*shown)) &&
                passes(question, *shown)) {
                found.push_back(*shown);
            }
        }
        return found;
    }
    static bool passes(const Question& question, const Item& item) {
        return !question.at_least ||
               *item::find(item, "n")->as<item::Number>() >= item::Number(*question.at_least);
    }

    std::string body_of(const Question& question, bool forward, std::size_t limit) const {
        const auto& key = question.index != nullptr ? question.index->schema.key : table_.key;
        item::Map values{{":p", question.partition}};
        std::string names = fmt::format(R"("#p":"{}")", key.partition.name);
        std::string condition = "#p = :p";
        std::string more;
        if (question.sort) {
            values.insert(question.sort->values.begin(), question.sort->values.end());
            names += fmt::format(R"(,"#s":"{}")", key.sort->name);
            condition += " AND " + question.sort->text;
        }
        if (question.at_least) {
            values.emplace(":n", item::Number(*question.at_least));
            more += R"(,"FilterExpression":"n >= :n")";
        }
        if (question.whole) {
            more += R"(,"Select":"ALL_ATTRIBUTES")";
        }
        if (question.index != nullptr) {
            more += fmt::format(R"(,"IndexName":"{}")", question.index->schema.name);
        }
        if (limit > 0) {
            more += fmt::format(R"(,"Limit":{})", limit);
        }
        return fmt::format(R"({{"TableName":"table","KeyConditionExpression":"{}",)"
                           R"("ExpressionAttributeNames":{{{}}},"ExpressionAttributeValues":{},)"
                           R"("ScanIndexForward":{}{})",
                           condition, names, item::to_dynamodb_json(values), forward, more);
    }

    // All pages of a request, whose body lacks its last brace.
    Items read_all(std::string_view operation, const std::string& body, std::size_t limit = 0) {
        Items all;
        std::string start;
        for (int page = 0; page < 500; ++page) {
            const auto answer =
                boost::json::parse(service_.ok(operation, body + start + "}")).as_object();
            const auto& items = answer.at("Items").as_array();
            EXPECT_EQ(answer.at("Count").as_int64(), static_cast<std::int64_t>(items.size()));
            if (limit > 0) {
                EXPECT_LE(answer.at("ScannedCount").as_int64(), static_cast<std::int64_t>(limit));
            }
            for (const auto& item : items) {
                all.push_back(item::parse_dynamodb_json(boost::json::serialize(item)).value());
            }
            const auto* last = answer.if_contains("LastEvaluatedKey");
            if (last == nullptr) {
                return all;
            }
            start = R"(,"ExclusiveStartKey":)" + boost::json::serialize(*last);
        }
        ADD_FAILURE() << "pages without an end: " << body;
        return all;
    }

    Question random_question() {
        Question question;
        const auto choice = dice_.below(table_.indexes.size() + 1);
        question.index = choice == 0 ? nullptr : &table_.indexes[choice - 1];
        const auto& key = question.index != nullptr ? question.index->schema.key : table_.key;
        question.partition = dice_.value(key.partition.type);
        if (key.sort && dice_.one_in(2)) {
            question.sort = random_sort(*key.sort, dice_);
        }
        const bool holds_n = question.index == nullptr ||
                             question.index->schema.projected != store::Projected::kKeysOnly;
        if (holds_n && dice_.one_in(3)) {
            question.at_least = static_cast<std::int64_t>(dice_.below(10));
        }
        question.whole = question.index != nullptr && question.index->kind == IndexKind::kLocal &&
                         dice_.one_in(2);
        return question;
    }

    Dice dice_;
    TableDescription table_;
    TestService service_;
    Items items_;
};

Items sorted(Items items) {
    std::ranges::sort(items, {}, [](const Item& item) { return item::to_dynamodb_json(item); });
    return items;
}

TEST_P(ReadingProperty, AQueryIsWhatItsConditionsSay) {
    for (int i = 0; i < 40; ++i) {
        const auto question = random_question();
        const auto& key = question.index != nullptr ? question.index->schema.key : table_.key;
        const auto forward = read_all("Query", body_of(question, true, 0));
        EXPECT_EQ(sorted(forward), sorted(expected(question))) << body_of(question, true, 0);
        if (key.sort) {
            EXPECT_TRUE(std::ranges::is_sorted(forward, [&](const Item& a, const Item& b) {
                return *expression::order(*item::find(a, key.sort->name),
                                          *item::find(b, key.sort->name)) < 0;
            })) << body_of(question, true, 0);
        }
        auto backward = read_all("Query", body_of(question, false, 0));
        std::ranges::reverse(backward);
        EXPECT_EQ(backward, forward) << body_of(question, false, 0);
        const auto limit = 1 + dice_.below(7);
        EXPECT_EQ(read_all("Query", body_of(question, true, limit), limit), forward)
            << body_of(question, true, limit);
        auto paged_backward = read_all("Query", body_of(question, false, limit), limit);
        std::ranges::reverse(paged_backward);
        EXPECT_EQ(paged_backward, forward) << body_of(question, false, limit);
    }
}

TEST_P(ReadingProperty, AScanIsAllThatThereIs) {
    for (std::size_t choice = 0; choice <= table_.indexes.size(); ++choice) {
        const auto* index = choice == 0 ? nullptr : &table_.indexes[choice - 1];
        Items all;
        for (const auto& item : items_) {
            if (auto shown = seen(item, index, false)) {
                all.push_back(*std::move(shown));
            }
        }
        std::string body = R"({"TableName":"table")";
        if (index != nullptr) {
            body += fmt::format(R"(,"IndexName":"{}")", index->schema.name);
        }
        EXPECT_EQ(sorted(read_all("Scan", body)), sorted(all)) << body;
        const auto limit = 1 + dice_.below(9);
        body += fmt::format(R"(,"Limit":{})", limit);
        EXPECT_EQ(sorted(read_all("Scan", body, limit)), sorted(all)) << body;
        const auto segments = 2 + dice_.below(5);
        Items parts;
        for (std::uint64_t segment = 0; segment < segments; ++segment) {
            std::ranges::move(
                read_all("Scan", body + fmt::format(R"(,"Segment":{},"TotalSegments":{})", segment,
                                                    segments)),
                std::back_inserter(parts));
        }
        EXPECT_EQ(sorted(parts), sorted(all)) << body << " of " << segments;
    }
}

INSTANTIATE_TEST_SUITE_P(Seeds, ReadingProperty, testing::Range<std::uint64_t>(1, 21));

}  // namespace
}  // namespace meridian::dynamo
