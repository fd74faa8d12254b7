#include "manage/text_table.h"

#include <gtest/gtest.h>

#include "manage/terminal.h"

namespace meridian::app {
namespace {

TEST(TextTable, ColumnsLineUpWhateverCharactersTheyHold) {
    TextTable table({"NAME", "CITY"}, 0);
    table.add({"Zoë", "Köln"});
    table.add({"田中", "東京"});
    table.add({"e\u0301a", "x"});  // a combining accent
    EXPECT_EQ(table.render(),
              "NAME  CITY\n"
              "Zoë   Köln\n"
              "田中  東京\n"
              "e\u0301a    x\n");
}

TEST(TextTable, FitsItsWidthByCuttingTheWidestCells) {
    TextTable table({"ID", "WORDS"}, 20);
    table.add({"short", "a long text that has no room"});
    EXPECT_EQ(table.render(),
              "ID     WORDS\n"
              "short  a long text …\n");
}

TEST(TextTable, PagesStandUnderOneLineOfTitlesAndDoNotBecomeNarrower) {
    TextTable table({"A", "B"}, 0);
    table.add({"wide cell", "1"});
    EXPECT_EQ(table.render(), "A          B\nwide cell  1\n");
    table.add({"x", "2"});
    EXPECT_EQ(table.render(), "x          2\n");
}

TEST(TextTable, CellsAreNoCommandsToATerminal) {
    TextTable table({"A"}, 0);
    table.add({"\x1B[2Jred\nline\x7F\xC2\x9B"});
    EXPECT_EQ(table.render(), "A\n\uFFFD[2Jred line\uFFFD\uFFFD\n");
}

TEST(Terminal, CutsBetweenCharacters) {
    EXPECT_EQ(cut_to("東京都", 6), "東京都");
    EXPECT_EQ(cut_to("東京都", 5), "東京…");
    EXPECT_EQ(cut_to("東京都", 4), "東…");
    EXPECT_EQ(cut_to("abc", 1), "…");
    EXPECT_EQ(cut_to("abc", 0), "");
    EXPECT_EQ(cut_to("\xE6\x9D", 5), "\xE6\x9D") << "half a character ends the text";
}

}  // namespace
}  // namespace meridian::app
