#include "lint/codes.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

namespace meridian::lint {
namespace {

TEST(Codes, ArePutIntoWordsInTheDocumentation) {
    std::string table = "| code | severity | meaning |\n|---|---|---|\n";
    for (const auto& info : all_codes()) {
        table +=
            fmt::format("| `{}` | {} | {} |\n", info.code, to_string(info.severity), info.meaning);
    }
    std::ifstream file(MERIDIAN_TESTDATA "/../../docs/lint.md");
    const std::string page{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    EXPECT_TRUE(page.ends_with("\n\n" + table)) << "docs/lint.md must end with this table:\n\n"
                                                << table;
}

TEST(Codes, AreInTheOrderOfTheirSeverity) {
    EXPECT_TRUE(std::ranges::is_sorted(all_codes(), {}, &CodeInfo::severity));
    EXPECT_EQ(info(Code::kRuleNeverWins).code, "rule-never-wins");
    EXPECT_EQ(info(Code::kNumberNotDialled).code, "number-not-dialled");
    EXPECT_EQ(info(Code::kPrefixOverlap).code, "prefix-overlap");
    EXPECT_EQ(info(Code::kEmergencyActive).code, "emergency-active");
}

}  // namespace
}  // namespace meridian::lint
