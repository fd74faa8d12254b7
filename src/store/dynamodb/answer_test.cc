#include "store/dynamodb/answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "store/dynamodb/scripted_service_for_tests.h"

namespace meridian::store {
namespace {

using testing::HasSubstr;

class Answers : public ScriptedStoreTest {};

// Whatever comes, there is an error that names the operation.
TEST_F(Answers, ThatAreNoneAreErrors) {
    open({.known_tables = {kThings}});
    struct Case {
        const char* operation;
        std::function<std::optional<Error>()> ask;
        std::vector<const char*> answers;
        ErrorCode code;
    };
    const auto error_of = [](const auto& result) {
        return result ? std::optional<Error>() : std::optional<Error>(result.error());
    };
    const std::vector<const char*> no_answers{"",    "{",   "[]", "null", "<html></html>",
                                              "{}x", "\xff"};
    const Case cases[] = {
        {"GetItem",
         [&] { return error_of(store_->get({"Things", key("a")})); },
         {R"({"Item":5})", R"({"Item":{"a":1}})", R"({"Item":{"a":{}}})",
          R"({"Item":{"a":{"S":1}}})", R"({"Item":{"a":{"N":"x"}}})", R"({"Item":{"a":{"B":"*"}}})",
          R"({"Item":{"a":{"BOOL":"true"}}})", R"({"Item":{"a":{"L":{}}}})",
          R"({"Item":{"a":{"M":[]}}})", R"({"Item":{"a":{"SS":[1]}}})",
          R"({"Item":{"a":{"NS":["x"]}}})", R"({"Item":{"a":{"X":"x"}}})",
          R"({"Item":{"a":{"S":"x","N":"1"}}})"},
         ErrorCode::kUnavailable},
        {"BatchGetItem",
         [&] { return error_of(store_->get_many({{{"Things", key("a")}}})); },
         {"{}", R"({"Responses":[]})", R"({"Responses":{"Things":{}}})",
          R"({"Responses":{"Things":[5]}})", R"({"Responses":{},"UnprocessedKeys":[]})"},
         ErrorCode::kUnavailable},
        {"Query",
         [&] { return error_of(store_->query({.table = "Things", .partition = "a"})); },
         {"{}", R"({"Items":{},"ScannedCount":0})", R"({"Items":[]})",
          R"({"Items":[],"ScannedCount":"0"})", R"({"Items":[],"ScannedCount":-1})",
          R"({"Items":[],"ScannedCount":1.5})",
          R"({"Items":[],"ScannedCount":0,"LastEvaluatedKey":[]})",
          R"({"Items":[1],"ScannedCount":0})"},
         ErrorCode::kUnavailable},
        {"Scan",
         [&] { return error_of(store_->scan({.table = "Things"})); },
         {"{}", R"({"Items":[{"a":{"N":""}}],"ScannedCount":0})"},
         ErrorCode::kUnavailable},
        {"PutItem",
         [&] { return store_->write(put_of(simple("a", 1))).error; },
         {R"({"Attributes":[]})", R"({"Attributes":{"a":{"S":1}}})"},
         ErrorCode::kIo},
        {"TransactWriteItems",
         [&] {
             return store_
                 ->write_all({put_of(simple("a", 1)), put_of(simple("b", 1))}, Atomicity::kAll)
                 .front()
                 .error;
         },
         {},
         ErrorCode::kIo},
        {"DescribeTable",
         [&] { return error_of(store_->extent("Things")); },
         {"{}"},
         ErrorCode::kUnavailable},
    };
    for (const auto& c : cases) {
        auto answers = no_answers;
        answers.insert(answers.end(), c.answers.begin(), c.answers.end());
        for (const auto* answer : answers) {
            service_->answer(answer);
            const auto error = c.ask();
            ASSERT_TRUE(error) << c.operation << ' ' << answer;
            EXPECT_EQ(error->code, c.code) << c.operation << ' ' << answer;
            EXPECT_THAT(error->message, HasSubstr(c.operation)) << answer;
        }
    }
}

TEST_F(Answers, KeepEveryKindOfValue) {
    service_->answer(R"({"Item":{"id":{"S":"a\u0000ü🙂"},"n":{"N":"1e3"},"b":{"B":"/wA="},
        "t":{"BOOL":true},"nil":{"NULL":true},"l":{"L":[{"N":"1"},{"L":[]}]},
        "m":{"M":{"x":{"S":""}}},"ss":{"SS":["b","a"]},"ns":{"NS":["2","1"]},"bs":{"BS":["AQ=="]}}})");
    const item::Item expected{{"id", std::string("a\0ü🙂", 8)},
                              {"n", number(1000)},
                              {"b", item::Binary{std::string("\xff\0", 2)}},
                              {"t", true},
                              {"nil", item::Null{}},
                              {"l", item::List{number(1), item::List{}}},
                              {"m", item::Map{{"x", ""}}},
                              {"ss", item::StringSet{"a", "b"}},
                              {"ns", item::NumberSet{item::Number(1), item::Number(2)}},
                              {"bs", item::BinarySet{item::Binary{"\x01"}}}};
    EXPECT_EQ(*store_->get({"Things", key("a")}), expected);
}

TEST_F(Answers, AreReadAsDeepAsItemsNestAndNotMuchDeeper) {
    const auto nested = [](int levels) {
        std::string text;
        for (int i = 0; i < levels; ++i) {
            text += R"({"L":[)";
        }
        text += R"({"S":"x"})";
        for (int i = 0; i < levels; ++i) {
            text += "]}";
        }
        return R"({"Item":{"deep":)" + text + "}}";
    };
    service_->answer(nested(31));
    EXPECT_TRUE(store_->get({"Things", key("a")}));
    service_->answer(nested(100'000));
    EXPECT_FALSE(store_->get({"Things", key("a")}));
}

// A batch's answer has up to 16 MB.
TEST_F(Answers, MayBeLarge) {
    std::string items;
    std::vector<ItemRef> refs;
    const std::string filler(400'000, 'x');
    for (int i = 0; i < 40; ++i) {
        const auto id = std::to_string(i);
        items += std::string(i == 0 ? "" : ",") + R"({"id":{"S":")" + id + R"("},"x":{"S":")" +
                 filler + R"("}})";
        refs.push_back({"Things", key(id)});
    }
    service_->answer(R"({"Responses":{"Things":[)" + items + "]}}");
    const auto read = store_->get_many(refs);
    ASSERT_TRUE(read) << read.error().message;
    for (const auto& item : *read) {
        ASSERT_TRUE(item);
        EXPECT_EQ(item->at("x").as<std::string>()->size(), filler.size());
    }
}

}  // namespace
}  // namespace meridian::store
