#include "bulk/item_reader.h"

#include <gmock/gmock.h>

#include "item/json.h"

namespace meridian::bulk {
namespace {

using management::Kind;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Read {
    std::vector<SourceItem> items;
    Result<void> done;
    std::vector<std::string> header;
};

Read read(ItemReaderOptions options, std::string_view text) {
    Read result;
    ItemReader reader(options, [&](SourceItem item) {
        result.items.push_back(std::move(item));
        return Result<void>{};
    });
    result.done = reader.read(text);
    if (result.done) {
        result.done = reader.finish();
    }
    result.header = reader.header();
    return result;
}

std::string json(const SourceItem& source) {
    return item::to_plain_json(source.item);
}

TEST(ItemReader, CsvItemsHaveTheLineThatTheyBeginIn) {
    const auto [items, done, header] = read({Kind::kRule, Format::kCsv, true},
                                            "\xEF\xBB\xBFphoneNumber,region,attributes.say\r\n"
                                            "+1,us-east-1,\"two\nlines, \"\"quoted\"\"\"\r\n"
                                            ",,\r\n"
                                            "\r\n"
                                            "+2,us-east-1,é\r\n"
                                            "+3,us-east-1\r\n");
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_THAT(header, ElementsAre("phoneNumber", "region", "attributes.say"));
    ASSERT_EQ(items.size(), 3U);
    EXPECT_EQ(items[0].line, 2U);
    EXPECT_EQ(
        json(items[0]),
        R"({"attributes":{"say":"two\nlines, \"quoted\""},"phoneNumber":"+1","region":"us-east-1"})");
    EXPECT_EQ(items[1].line, 6U);
    EXPECT_EQ(items[1].text, "+2,us-east-1,é\r\n");
    EXPECT_THAT(items[1].faults, IsEmpty());
    EXPECT_EQ(items[2].line, 7U);
    ASSERT_EQ(items[2].faults.size(), 1U);
    EXPECT_THAT(items[2].faults.front().message, HasSubstr("2 cells"));
}

TEST(ItemReader, JsonItemsHaveTheLineThatTheyBeginIn) {
    for (const auto* text :
         {"{\"agentId\":\"a\"}\n\n{\"agentId\":\n\"b\"}\n[1]\n{\"agentId\":}\n",
          "[{\"agentId\":\"a\"},\n\n{\"agentId\":\n\"b\"},\n[1],\n{\"agentId\":}]\n"}) {
        const auto [items, done, header] = read({Kind::kAgent, Format::kJson, true}, text);
        ASSERT_TRUE(done) << done.error().message;
        ASSERT_EQ(items.size(), 4U);
        EXPECT_EQ(json(items[0]), R"({"agentId":"a"})");
        EXPECT_EQ(items[1].line, 3U);
        EXPECT_EQ(items[1].text, "{\"agentId\":\n\"b\"}");
        EXPECT_THAT(items[2].faults.front().message, HasSubstr("no"));
        EXPECT_THAT(items[3].faults.front().message, HasSubstr("not JSON"));
        EXPECT_EQ(items[3].line, 6U);
    }
}

TEST(ItemReader, FilesThatNobodyCanReadOnNameTheLine) {
    const std::vector<std::tuple<Format, std::string_view, std::string_view>> cases{
        {Format::kCsv, "", "the file is empty"},
        {Format::kCsv, "agentId,name\na,\"b\nc,d\n", "line 2"},
        {Format::kCsv, "name\nx\n", "line 1: the header has no column agentId"},
        {Format::kCsv, "agentId;name\nx;y\n", "semicolons"},
        {Format::kJson, "[{\"agentId\":\"a\"},\n{", "line 2"},
    };
    for (const auto& [format, text, words] : cases) {
        const auto result = read({Kind::kAgent, format, false}, text);
        ASSERT_FALSE(result.done) << text;
        EXPECT_THAT(result.done.error().message, HasSubstr(words));
    }
}

TEST(ItemReader, FormatsAreToldByNameOrByHowTheyBegin) {
    EXPECT_EQ(format_of_name("rules.csv"), Format::kCsv);
    EXPECT_EQ(format_of_name("a.b.ndjson"), Format::kJson);
    EXPECT_EQ(format_of_name("rules"), std::nullopt);
    EXPECT_EQ(format_of_text("\xEF\xBB\xBF \n[{}"), Format::kJson);
    EXPECT_EQ(format_of_text("{"), Format::kJson);
    EXPECT_EQ(format_of_text("phoneNumber,region"), Format::kCsv);
    EXPECT_EQ(format_of_text(""), Format::kCsv);
}

}  // namespace
}  // namespace meridian::bulk
