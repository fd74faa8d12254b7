#include "expression/paths.h"

#include <gmock/gmock.h>

#include <string>

#include "expression/parse.h"
#include "expression/placeholders_for_tests.h"

namespace meridian::expression {
namespace {

const item::KeySchema kSchema{.partition = {"p", item::KeyType::kString},
                              .sort = item::KeyAttribute{"s", item::KeyType::kString}};

Condition condition(std::string_view text) {
    auto placeholders = placeholders_in(text);
    return parse_condition(text, ConditionText::kFilter, placeholders).value();
}

template <typename Tree>
std::vector<std::string> texts_of(const Tree& tree) {
    std::vector<std::string> texts;
    for (const auto* path : paths_of(tree)) {
        texts.push_back(to_text(*path));
    }
    return texts;
}

TEST(PathsOf, FindsAllOfACondition) {
    using ::testing::ElementsAre;
    EXPECT_THAT(texts_of(condition("a.b = :n AND NOT (size(c) > d OR e IN (:n, f, size(g)))")),
                ElementsAre("[a, b]", "[c]", "[d]", "[e]", "[f]", "[g]"));
    EXPECT_THAT(texts_of(condition("a BETWEEN b AND c OR begins_with(d, e) OR contains(f, g)")),
                ElementsAre("[a]", "[b]", "[c]", "[d]", "[e]", "[f]", "[g]"));
    EXPECT_THAT(texts_of(condition("attribute_exists(a) AND attribute_not_exists(b) AND "
                                   "attribute_type(c, :type) AND size(:list) = :n")),
                ElementsAre("[a]", "[b]", "[c]"));
}

TEST(PathsOf, FindsAllOfAnUpdateAndAProjection) {
    using ::testing::ElementsAre;
    const std::string_view text =
        "SET a = b, c = if_not_exists(d, e) + f REMOVE g ADD h :n DELETE i :ss";
    auto placeholders = placeholders_in(text);
    const auto update = parse_update(text, placeholders).value();
    EXPECT_THAT(texts_of(update),
                ElementsAre("[a]", "[b]", "[c]", "[d]", "[e]", "[f]", "[g]", "[h]", "[i]"));
    Placeholders none;
    const auto projection = parse_projection("a.b[0], c", none).value();
    EXPECT_THAT(texts_of(projection), ElementsAre("[a, b, [0]]", "[c]"));
}

TEST(Keys, HoldNothingThatAPathCouldGoInto) {
    const auto error = [](std::string_view text) {
        const auto tree = condition(text);
        const auto checked = check_not_into_keys(paths_of(tree), kSchema);
        return checked ? "no error" : checked.error().message;
    };
    const std::string words =
        "Key attributes must be scalars; list random access '[]' and map lookup '.' are not "
        "allowed: Key: ";
    EXPECT_EQ(error("p = :a AND s = :a AND a.p = :a"), "no error");
    EXPECT_EQ(error("a = :a OR p.x = :a"), words + "p");
    EXPECT_EQ(error("size(s[0]) = :n"), words + "s");
    EXPECT_EQ(error("s.x = :a AND p.x = :a"), words + "p");
}

TEST(Keys, AreNotForFilters) {
    const auto error = [](std::string_view text) {
        const auto checked = check_filter(condition(text), kSchema, "Filter Expression");
        return checked ? "no error" : checked.error().message;
    };
    const std::string words =
        "Filter Expression can only contain non-primary key attributes: Primary key attribute: ";
    EXPECT_EQ(error("a.p = :a"), "no error");
    EXPECT_EQ(error("a = :a AND NOT size(p) = :n"), words + "p");
    EXPECT_EQ(error("s = :a AND p = :a"), words + "p");
    EXPECT_EQ(error("contains(a, s)"), words + "s");
    EXPECT_EQ(check_filter(condition("s = :a"), kSchema, "QueryFilter").error().message,
              "QueryFilter can only contain non-primary key attributes: Primary key attribute: s");
}

}  // namespace
}  // namespace meridian::expression
