#include "expression/lexer.h"

#include <gmock/gmock.h>

#include <string>

namespace meridian::expression {
namespace {

std::vector<std::string> texts_of(std::string_view text) {
    std::vector<std::string> texts;
    for (const auto& token : tokens_of(text)) {
        texts.emplace_back(token.text);
    }
    texts.pop_back();  // the end
    return texts;
}

TEST(Lexer, SplitsTextIntoTokens) {
    using ::testing::ElementsAre;
    EXPECT_THAT(texts_of("a.b[10]<>:v1"), ElementsAre("a", ".", "b", "[", "10", "]", "<>", ":v1"));
    EXPECT_THAT(texts_of(" a>=#b_1\tAND\r\nb<c "),
                ElementsAre("a", ">=", "#b_1", "AND", "b", "<", "c"));
    EXPECT_THAT(texts_of("#1 :_ #a-b :a:b"), ElementsAre("#1", ":_", "#a", "-", "b", ":a", ":b"));
    EXPECT_THAT(texts_of("01 10a <=> ==="),
                ElementsAre("0", "1", "10", "a", "<=", ">", "=", "=", "="));
    EXPECT_THAT(texts_of(""), ElementsAre());
    EXPECT_THAT(texts_of(" \t\r\n"), ElementsAre());
}

TEST(Lexer, KnowsKeywordsInAnyCase) {
    using enum TokenKind;
    const std::pair<std::string_view, TokenKind> words[] = {
        {"AND", kAnd},         {"or", kOr},       {"nOt", kNot},       {"In", kIn},
        {"between", kBetween}, {"Set", kSet},     {"REMOVE", kRemove}, {"add", kAdd},
        {"Delete", kDelete},   {"ands", kName},   {"a", kName},        {"in_", kName},
        {"size", kName},       {"select", kName},
    };
    for (const auto& [word, kind] : words) {
        EXPECT_EQ(tokens_of(word).front().kind, kind) << word;
    }
}

// Only these four separate; and nothing but ASCII makes a token.
TEST(Lexer, TakesOtherCharactersOneByOne) {
    for (const std::string_view odd : {"#", ":", "_", "@", "\"", "'", "$", "/", "*", ";", "!",
                                       "\x0B", "\x0C", "\xC2\xA0", "é", "𝄞", "\xFF", "\xC3"}) {
        const auto tokens = tokens_of(odd);
        ASSERT_EQ(tokens.size(), 2U) << odd;
        EXPECT_EQ(tokens[0].kind, TokenKind::kUnknown);
        EXPECT_EQ(tokens[0].text, odd);
    }
    EXPECT_EQ(tokens_of(std::string_view("\0a", 2)).front().text, std::string_view("\0", 1));
    EXPECT_EQ(texts_of("éa\xC3(").size(), 4U);
}

// The text between the neighbours of a token, blanks included.
TEST(Lexer, ShowsWhatIsNearAToken) {
    const std::string_view text = "  a  = :v  AND ";
    const auto tokens = tokens_of(text);
    ASSERT_EQ(tokens.size(), 5U);
    EXPECT_EQ(near(text, tokens, 0), "  a  =");
    EXPECT_EQ(near(text, tokens, 1), "a  = :v");
    EXPECT_EQ(near(text, tokens, 2), "= :v  AND");
    EXPECT_EQ(near(text, tokens, 3), ":v  AND ");
    EXPECT_EQ(near(text, tokens, 4), "AND ");
    EXPECT_EQ(near(" ", tokens_of(" "), 0), " ");
}

}  // namespace
}  // namespace meridian::expression
