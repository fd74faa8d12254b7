// The figures are those of the DynamoDB conformance suite, measured on the service.
#include "dynamo/update_charge.h"

#include <gtest/gtest.h>

#include <string>

#include "expression/parse.h"
#include "expression/placeholders.h"

namespace meridian::dynamo {
namespace {

TEST(UpdateCharge, OfEachKindOfClause) {
    const std::string ten(10, 'y');
    const expression::Placeholders::Values values{
        {":ten", ten},
        {":one", item::Number(1)},
        {":list", item::List{ten}},
        {":set", item::StringSet{std::string(500, 's')}},
        {":map", item::Map{{"a", std::string(100, 'y')}}},
    };
    constexpr std::size_t kBase = 3;
    const struct {
        std::string text;
        std::size_t charge;
    } cases[] = {
        {"SET c = :ten", 19 + 1 + 10},
        {"SET c = :ten, d = :ten", 2 * (19 + 1 + 10)},
        {"SET d.leaf = :ten", 19 + 1 + 8 + 10},
        {"SET d[10] = :ten", 19 + 1 + 6 + 10},
        {"SET c = abcdefghij", 19 + 1 + 1 + 24},
        {"SET c = m.a.z", 19 + 1 + 1 + 3 * 15},
        {"SET c = l[10]", 19 + 1 + 1 + 15 + 16},
        {"SET l = list_append(l, :list)", 19 + 1 + 37 + 16 + (3 + 1 + 10)},
        {"SET c = if_not_exists(c, :map)", 19 + 1 + 39 + 16 + (3 + 1 + 1 + 100)},
        {"SET n = n + :one", 19 + 1 + 34 + 16 + 2},
        {"SET n = n - :one", 19 + 1 + 37 + 16 + 2},
        {"ADD abcdefghij :one", 19 + 10 + 2},
        {"ADD ss :set", 19 + 2 + 500},
        {"REMOVE abcdefghij", 1 + 10},
        {"REMOVE m.yyyyyyyyyy", 1 + 1 + 14},
        {"REMOVE l[10]", 1 + 1 + 6},
        {"DELETE ss :set", 1 + 2},
    };
    for (const auto& [text, charge] : cases) {
        auto placeholders = expression::Placeholders::make(std::nullopt, values).value();
        const auto update = expression::parse_update(text, placeholders);
        ASSERT_TRUE(update) << update.error().message;
        EXPECT_EQ(charge_of(*update), kBase + charge) << text;
    }
}

}  // namespace
}  // namespace meridian::dynamo
