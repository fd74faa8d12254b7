#include "csv/csv.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace meridian::csv {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

using Fields = std::vector<std::string>;

struct Outcome {
    std::vector<Row> rows;
    std::string error;  // empty: none
};

Outcome read_in_pieces(std::string_view file, std::size_t piece_bytes) {
    Outcome outcome;
    Reader reader([&outcome](const Row& row) -> Result<void> {
        outcome.rows.push_back(row);
        return {};
    });
    Result<void> result;
    for (; !file.empty() && result; file.remove_prefix(std::min(piece_bytes, file.size()))) {
        result = reader.read(file.substr(0, piece_bytes));
    }
    if (result) {
        result = reader.finish();
    }
    outcome.error = result ? "" : result.error().message;
    return outcome;
}

Outcome read(std::string_view file) {
    return read_in_pieces(file, file.size() + 1);
}

std::vector<Fields> rows(std::string_view file) {
    const Outcome outcome = read(file);
    EXPECT_EQ(outcome.error, "") << file;
    std::vector<Fields> rows(outcome.rows.size());
    std::ranges::transform(outcome.rows, rows.begin(), &Row::fields);
    return rows;
}

TEST(CsvReader, ReadsWhatSpreadsheetsWrite) {
    struct Case {
        const char* file;
        std::vector<Fields> rows;
    };
    for (const auto& [file, expected] : {
             Case{"a,b\r\nc,d\r\n", {{"a", "b"}, {"c", "d"}}},
             Case{"a,b\nc,d\n", {{"a", "b"}, {"c", "d"}}},
             Case{"a,b\rc,d\r", {{"a", "b"}, {"c", "d"}}},
             Case{"a,b\nc,d", {{"a", "b"}, {"c", "d"}}},
             Case{"\xEF\xBB\xBF\"a\",b\n", {{"a", "b"}}},
             Case{"\xEF\xBB\xBF", {}},
             Case{"\xEF\xBB", {{"\xEF\xBB"}}},
             Case{"a,\xEF\xBB\xBF\n", {{"a", "\xEF\xBB\xBF"}}},
             Case{"", {}},
             Case{"\n\r\n\na\n\n", {{"a"}}},
             Case{"\"\"\n", {{""}}},
             Case{",\n", {{"", ""}}},
             Case{",", {{"", ""}}},
             Case{"a,\n", {{"a", ""}}},
             Case{" a , b\n", {{" a ", " b"}}},
             Case{"\t\n", {{"\t"}}},
             Case{"\"a,b\",\"say \"\"hi\"\"\",\"x\r\ny\"\n", {{"a,b", "say \"hi\"", "x\r\ny"}}},
             Case{"\"\"\"\"", {{"\""}}},
             Case{"+18005551234,Zo\xC3\xAB", {{"+18005551234", "Zo\xC3\xAB"}}},
         }) {
        EXPECT_EQ(rows(file), expected) << file;
    }
}

TEST(CsvReader, KnowsTheLineThatARowBeginsOn) {
    const Outcome outcome = read("h\r\n\r\n\"two\r\nlines\",\"and\nthree\rmore\"\rlast\n\n\nend");
    std::vector<std::pair<std::size_t, std::string>> lines(outcome.rows.size());
    std::ranges::transform(outcome.rows, lines.begin(),
                           [](const Row& row) { return std::pair(row.line, row.fields[0]); });
    EXPECT_THAT(lines, ElementsAre(std::pair(1, "h"), std::pair(3, "two\r\nlines"),
                                   std::pair(7, "last"), std::pair(10, "end")));
}

TEST(CsvReader, RefusesWhatWouldMoveAValueIntoAnotherColumn) {
    struct Case {
        std::string file;
        const char* error;
    };
    for (const auto& [file, error] : {
             Case{"a,b\nc\"d,e\n", "line 2: a quote stands within a field"},
             Case{"a\n\"x\ny\",b\"\n", "line 3: a quote stands within a field"},
             Case{"\"a\"b,c\n", "line 1: something stands between a field's closing quote"},
             Case{"\"a\" ,c\n", "line 1: something stands between a field's closing quote"},
             Case{"\n\"x\r\ny\"z", "line 3: something stands between a field's closing quote"},
             Case{"a\nb,\"c\n\nd", "line 2: a quote in the row that begins here is never closed"},
             Case{std::string("a\nb\0c\n", 6), "line 2: there is a zero byte"},
             Case{std::string("a\n\"b\n\0\"", 7), "line 3: there is a zero byte"},
             Case{std::string("\xFF\xFE\0a", 4),
                  "line 1: there is a zero byte; is the file UTF-16"},
         }) {
        EXPECT_THAT(read(file).error, HasSubstr(error)) << file;
    }
}

TEST(CsvReader, GivesTheRowsBeforeAnError) {
    EXPECT_EQ(read("a\nb\n\"c\"d\ne\n").rows.size(), 2U);
    EXPECT_EQ(read("a\nb\n\"c\n").rows.size(), 2U);
}

TEST(CsvReader, BoundsARow) {
    // A field and the comma behind it, and a field with the line's end.
    const std::string half(kRowBytesMax / 2 - 1, 'x');
    EXPECT_EQ(read(fmt::format("{},{}\n", half, half)).error, "");
    EXPECT_EQ(read(fmt::format("\"{}\",\"{}\"\n", half, half)).error, "");
    for (const std::string& row :
         {fmt::format("{},{}x\n", half, half), fmt::format("{},{}xx", half, half),
          fmt::format("\"{}\",\"{}x\"", half, half), fmt::format("\"{}{}\n\n", half, half),
          fmt::format("{}{}{}\"\n", half, half, half), std::string(kRowBytesMax, ',')}) {
        for (const std::size_t piece : {std::size_t{1} << 30U, std::size_t{1000}}) {
            const Outcome outcome = read_in_pieces("a\n" + row + "\nb\n", piece);
            EXPECT_THAT(outcome.error, HasSubstr("line 2: the row that begins here has more than"));
            EXPECT_EQ(outcome.rows.size(), 1U);
        }
    }
}

// Without a bound, this would gather in memory until the file ends.
TEST(CsvReader, RefusesALongRowBeforeItEnds) {
    Reader reader([](const Row&) { return Result<void>(); });
    const std::string piece(100'000, 'x');
    Result<void> result = reader.read("\"");
    std::size_t read = 0;
    for (; result && read < 10 * kRowBytesMax; read += piece.size()) {
        result = reader.read(piece);
    }
    EXPECT_FALSE(result);
    EXPECT_LE(read, kRowBytesMax + 2 * piece.size());
}

TEST(CsvReader, StopsAtARowThatIsNotTaken) {
    int taken = 0;
    Reader reader([&taken](const Row& row) -> Result<void> {
        ++taken;
        return row.fields[0] == "b" ? fail(ErrorCode::kInvalidInput, "no b") : Result<void>();
    });
    EXPECT_TRUE(reader.read("a\n"));
    for (const char* piece : {"b\nc\n\"x\"y\n", "d\n", ""}) {
        const auto result = reader.read(piece);
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().message, "no b");
    }
    EXPECT_FALSE(reader.finish());
    EXPECT_EQ(taken, 2);
}

TEST(CsvReader, RowsOfDifferentLengthsKeepNothingOfEachOther) {
    EXPECT_THAT(rows("a,b,c\nd\n\ne,f\n"),
                ElementsAre(Fields{"a", "b", "c"}, Fields{"d"}, Fields{"e", "f"}));
}

TEST(CsvReader, MovesWithWhatItHasRead) {
    std::vector<Fields> rows;
    const auto take = [&rows](const Row& row) -> Result<void> {
        rows.push_back(row.fields);
        return {};
    };
    Reader first(take);
    ASSERT_TRUE(first.read("a,\"b"));
    Reader second = std::move(first);
    ASSERT_TRUE(second.read("c\"\n"));
    ASSERT_TRUE(second.finish());
    EXPECT_THAT(rows, ElementsAre(Fields{"a", "bc"}));
}

TEST(CsvReader, PiecesMakeNoDifference) {
    const std::string file =
        "\xEF\xBB\xBFh1,h2\r\n\"two\r\nlines\",x\r\n\r\n,\n\"\"\"q\"\"\",\r\"last\",\"\"";
    const Outcome whole = read(file);
    EXPECT_EQ(whole.rows.size(), 5U);
    for (std::size_t piece = 1; piece <= file.size(); ++piece) {
        const Outcome pieces = read_in_pieces(file, piece);
        EXPECT_EQ(pieces.error, whole.error);
        ASSERT_EQ(pieces.rows.size(), whole.rows.size()) << piece;
        for (std::size_t i = 0; i < whole.rows.size(); ++i) {
            EXPECT_EQ(pieces.rows[i].fields, whole.rows[i].fields);
            EXPECT_EQ(pieces.rows[i].line, whole.rows[i].line);
        }
    }
}

TEST(AppendRow, QuotesWhereItMust) {
    struct Case {
        Fields fields;
        const char* text;
    };
    for (const auto& [fields, text] : {
             Case{{"a", "b"}, "a,b\r\n"},
             Case{{"", ""}, ",\r\n"},
             Case{{""}, "\"\"\r\n"},
             Case{{"a,b", "say \"hi\"", " x ", "1\n2", "\r"},
                  "\"a,b\",\"say \"\"hi\"\"\", x ,\"1\n2\",\"\r\"\r\n"},
             Case{{"\xEF\xBB\xBFx"}, "\"\xEF\xBB\xBFx\"\r\n"},
         }) {
        std::string out;
        append_row(fields, out);
        EXPECT_EQ(out, text);
        EXPECT_THAT(rows(out), ElementsAre(fields));
    }
}

}  // namespace
}  // namespace meridian::csv
