#include "fault/fault_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace meridian::app {
namespace {

using std::chrono::milliseconds;

TEST(FaultWords, Durations) {
    struct Case {
        const char* text;
        std::int64_t ms;
    };
    for (const auto& [text, ms] :
         {Case{"200ms", 200}, Case{"30s", 30'000}, Case{"1.5s", 1'500}, Case{"10m", 600'000},
          Case{"2h", 7'200'000}, Case{"+10m", 600'000}, Case{"-10m", -600'000}, Case{"0s", 0}}) {
        EXPECT_EQ(parse_duration(text), milliseconds{ms}) << text;
    }
    for (const auto* text : {"", "10", "ms", "10 s", "10d", "--10s", "+-1s", "1e3s", "infs", "nans",
                             "9999999999999h", "10sec", "s10"}) {
        EXPECT_FALSE(parse_duration(text)) << text;
    }
}

TEST(FaultWords, Rates) {
    EXPECT_EQ(parse_rate("64KB/s"), 65'536);
    EXPECT_EQ(parse_rate("1.5MB/s"), 1'572'864);
    EXPECT_EQ(parse_rate("500B"), 500);
    for (const auto* text : {"", "64", "64kb/s", "0KB/s", "-1KB/s", "64KB/m", "/s"}) {
        EXPECT_FALSE(parse_rate(text)) << text;
    }
}

TEST(FaultWords, DurationsAsTheyAreRead) {
    EXPECT_EQ(duration_text(milliseconds{0}), "0 ms");
    EXPECT_EQ(duration_text(milliseconds{999}), "999 ms");
    EXPECT_EQ(duration_text(milliseconds{1'000}), "1 s");
    EXPECT_EQ(duration_text(milliseconds{1'540}), "1.5 s");
    EXPECT_EQ(duration_text(milliseconds{60'000}), "1 min");
    EXPECT_EQ(duration_text(milliseconds{61'000}), "61 s");
}

TEST(FaultWords, EveryFaultIsALine) {
    const faults::Faults faults{.links = {{"a", {.cut = faults::Cut::kQuestions}},
                                          {"b",
                                           {.cut = faults::Cut::kAnswers,
                                            .delay = milliseconds{200},
                                            .jitter = milliseconds{50},
                                            .bytes_per_second = 65'536,
                                            .reorder = true,
                                            .lasts = milliseconds{29'000}}}},
                                .clock = {.offset = milliseconds{-600'000}},
                                .disk = {.full = true, .lasts = milliseconds{5}}};
    std::vector<std::string> lines;
    for (const auto& line : fault_lines(faults)) {
        lines.push_back(line.what + " | " + line.lasts);
    }
    EXPECT_THAT(lines,
                testing::ElementsAre(
                    "hears nothing of a | until healed",
                    "loses the answers of b; hears b 200 ms late, and up to 50 ms more; hears b at "
                    "64 KB/s; hears the answers of b out of order | 29 s",
                    "its clock is 10 min behind | until healed", "its disk is full | 5 ms"));
    EXPECT_TRUE(fault_lines({}).empty());
}

}  // namespace
}  // namespace meridian::app
