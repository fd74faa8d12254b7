#include "bulk/json_splitter.h"

#include <gmock/gmock.h>

#include <utility>
#include <vector>

namespace meridian::bulk {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

using Values = std::vector<std::pair<std::string, std::size_t>>;

// The values of a text that comes in pieces of that size.
Result<Values> split(std::string_view text, std::size_t piece_bytes) {
    Values values;
    JsonSplitter splitter([&](std::string_view value, std::size_t line) {
        values.emplace_back(value, line);
        return Result<void>{};
    });
    for (std::size_t at = 0; at < text.size(); at += piece_bytes) {
        if (auto done = splitter.read(text.substr(at, piece_bytes)); !done) {
            return std::unexpected(done.error());
        }
    }
    if (auto done = splitter.finish(); !done) {
        return std::unexpected(done.error());
    }
    return values;
}

TEST(JsonSplitter, FindsEachValueAndItsLineHoweverThePiecesFall) {
    const std::vector<std::pair<std::string_view, Values>> cases{
        {"", {}},
        {" \r\n", {}},
        {"[]", {}},
        {"{\"a\":1}\n{\"b\":[2,{}]}\n", {{"{\"a\":1}", 1}, {"{\"b\":[2,{}]}", 2}}},
        {"\n[ {\"a\":\"]}\\\"\"} ,\n{\n}\n]\n", {{"{\"a\":\"]}\\\"\"}", 2}, {"{\n}", 3}}},
        {"\xEF\xBB\xBF{\"a\":1}", {{"{\"a\":1}", 1}}},
        {"[1,\"a\\\\\",null]", {{"1", 1}, {"\"a\\\\\"", 1}, {"null", 1}}},
        {"{} {}\n\n{}", {{"{}", 1}, {"{}", 1}, {"{}", 3}}},
        {"12", {{"12", 1}}},
    };
    for (const auto& [text, values] : cases) {
        for (std::size_t piece = 1; piece <= text.size() + 1; ++piece) {
            const auto found = split(text, piece);
            ASSERT_TRUE(found) << text << ": " << found.error().message;
            EXPECT_EQ(*found, values) << text << " in pieces of " << piece;
        }
    }
}

TEST(JsonSplitter, NamesTheLineOfWhatIsWrong) {
    const std::vector<std::pair<std::string_view, std::string_view>> cases{
        {"{\"a\":1}\n{\"b\":", "line 2: the value that begins here does not end"},
        {"\n\"a\nb\"", "line 2: a text here does not end on its line"},
        {"[{}", "line 1: the array does not end"},
        {"[{}]\n{}", "line 2: something stands behind the end"},
        {"[{} {}]", "stands where a comma should"},
        {"{(]}", "line 1: the brackets"},
        {"}", "stands where a value should"},
        {"[,{}]", "stands where a value should"},
    };
    for (const auto& [text, words] : cases) {
        const auto found = split(text, 3);
        ASSERT_FALSE(found) << text;
        EXPECT_THAT(found.error().message, HasSubstr(words));
    }
}

TEST(JsonSplitter, AValueWithoutEndDoesNotFillTheMemory) {
    JsonSplitter splitter([](std::string_view, std::size_t) { return Result<void>{}; });
    ASSERT_TRUE(splitter.read("{\"a\":\""));
    const std::string piece(1024 * 1024, 'x');
    Result<void> done;
    int pieces = 0;
    while (done && pieces < 100) {
        done = splitter.read(piece);
        ++pieces;
    }
    ASSERT_FALSE(done);
    EXPECT_LE(pieces, 5);
    EXPECT_THAT(done.error().message, HasSubstr("line 1: a value over"));
}

TEST(JsonSplitter, AnErrorOfTheTakerEndsTheReading) {
    int taken = 0;
    JsonSplitter splitter([&](std::string_view, std::size_t) -> Result<void> {
        ++taken;
        return fail(ErrorCode::kIo, "enough");
    });
    const auto done = splitter.read("{}{}{}");
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().message, "enough");
    EXPECT_EQ(taken, 1);
}

}  // namespace
}  // namespace meridian::bulk
