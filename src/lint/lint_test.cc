#include "lint/lint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "lint/world_for_tests.h"

namespace meridian::lint {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

// A week from nine to five, and what goes with it.
const std::string kOffice =
    R"("timezone":"Europe/Dublin","schedule":{"monday":{"isOpen":true,"hours":[{"open":"09:00","close":"17:00"}]}})";

std::string arn(const std::string& region, const std::string& what,
                const std::string& instance = "i1", const std::string& account = "123456789012") {
    return "\"arn:aws:connect:" + region + ":" + account + ":instance/" + instance + "/" + what +
           "\"";
}

std::string ten_rules(const std::string& prefix, const std::string& skipped = "") {
    std::string rules;
    for (char digit = '0'; digit <= '9'; ++digit) {
        const std::string number = prefix + digit;
        if (number != skipped) {
            rules += R"(,{"phoneNumber":")" + number + R"(","region":"us-east-1","queueId":"q"})";
        }
    }
    return rules;
}

std::string hours(const std::string& id, const std::string& attributes) {
    return R"({"regionId":")" + id + R"(","name":")" + id + R"(",)" + attributes + "}";
}

std::string day(const std::string& name, const std::string& periods) {
    return R"({"regionId":"H","timezone":"UTC","schedule":{")" + name + R"(":)" + periods + "}}";
}

const std::string kUser =
    R"({"phoneNumber":"+1800","region":"us-east-1","businessHoursId":"H","afterHoursContactFlowId":"a"})";

// What is wrong, how the finding reads, and what is no longer found once it is mended.
struct Sample {
    const char* finding;
    World wrong;
    World mended;
    const char* says;
};

const std::vector<Sample>& rule_samples() {
    static const std::vector<Sample> samples{
        {"rule-never-wins routing/+18005551234/mars-1 > routing/+18005551234/us-east-1",
         {.rules = R"({"phoneNumber":"+18005551234","region":"mars-1"},
                      {"phoneNumber":"+18005551234","region":"us-east-1"})"},
         {.rules = R"({"phoneNumber":"+18005551234","region":"us-east-1"})"},
         "go first to the rule in 'us-east-1'"},
        {"rule-never-wins routing/+18005551234/mars-2 > routing/+18005551234/mars-1",
         {.rules = R"({"phoneNumber":"+18005551234","region":"mars-2"},
                      {"phoneNumber":"+18005551234","region":"mars-1"})"},
         {.rules = R"({"phoneNumber":"+18005551234","region":"mars-2"})"},
         "go first to the rule in 'mars-1'"},
        {"rule-never-wins routing/+18005551234/mars-1",
         {.rules = R"({"phoneNumber":"+18005551234","region":"mars-1"},
                      {"phoneNumber":"+1800","region":"us-east-1"},
                      {"phoneNumber":"+1","region":"eu-west-1"})"},
         {.rules = R"({"phoneNumber":"+18005551234","region":"mars-1"},
                      {"phoneNumber":"+1800","region":"us-east-1"},
                      {"phoneNumber":"+2","region":"eu-west-1"})"},
         "each region of the deployment has a rule for a prefix of this number"},
        {"region-misspelt routing/+1800/US-East-1  > routing/+1800/us-east-1",
         {.rules = R"({"phoneNumber":"+1800","region":"US-East-1 "},
                      {"phoneNumber":"+1800","region":"us-east-1"})"},
         {.rules = R"({"phoneNumber":"+1800","region":"us-east-1"})"},
         "no call arrives there, and the rule in 'us-east-1' serves"},
        {"region-misspelt routing/+1800/us_east_1",
         {.rules = R"({"phoneNumber":"+1800","region":"us_east_1"})", .regions = {}},
         {.rules = R"({"phoneNumber":"+1800","region":"us-east-1"})", .regions = {}},
         "'us_east_1' is not how a region is written"},
        {"fallback-unknown routing/+1800/us-east-1",
         {.rules = R"({"phoneNumber":"+1800","region":"us-east-1","fallbackRegions":["mars-1"]})"},
         {.rules =
              R"({"phoneNumber":"+1800","region":"us-east-1","fallbackRegions":["eu-west-1"]})"},
         "'mars-1' is among the fallback regions and none of the deployment's"},
        {"fallback-own-region routing/+1800/us-east-1",
         {.rules =
              R"({"phoneNumber":"+1800","region":"us-east-1","fallbackRegions":["us-east-1"]})"},
         {.rules = R"({"phoneNumber":"+1800","region":"us-east-1"})"},
         "'us-east-1' is the rule's own region"},
        {"fallback-twice routing/+1800/us-east-1",
         {.rules =
              R"({"phoneNumber":"+1800","region":"us-east-1","fallbackRegions":["eu-west-1","eu-west-1"]})"},
         {.rules =
              R"({"phoneNumber":"+1800","region":"us-east-1","fallbackRegions":["eu-west-1"]})"},
         "'eu-west-1' stands more than once"},
        {"arn-of-other-region routing/+1800/us-east-1",
         {.rules = R"({"phoneNumber":"+1800","region":"us-east-1","queueId":)" +
                   arn("eu-west-1", "queue/q") + "}"},
         {.rules = R"({"phoneNumber":"+1800","region":"us-east-1","queueId":)" +
                   arn("us-east-1", "queue/q") + "}"},
         "queueId is of an instance in 'eu-west-1'"},
        {"arn-copied routing/+1800/us-east-1 > routing/+1800/eu-west-1",
         {.rules = R"({"phoneNumber":"+1800","region":"us-east-1","contactFlowId":)" +
                   arn("eu-west-1", "contact-flow/f") +
                   R"(},{"phoneNumber":"+1800","region":"eu-west-1","contactFlowId":)" +
                   arn("eu-west-1", "contact-flow/f") + "}"},
         {.rules = R"({"phoneNumber":"+1800","region":"us-east-1","contactFlowId":)" +
                   arn("us-east-1", "contact-flow/f") +
                   R"(},{"phoneNumber":"+1800","region":"eu-west-1","contactFlowId":)" +
                   arn("eu-west-1", "contact-flow/f") + "}"},
         "contactFlowId is the one of the rule in 'eu-west-1'"},
        {"arn-instances-differ routing/+1800/us-east-1",
         {.rules = R"({"phoneNumber":"+1800","region":"us-east-1","contactFlowId":)" +
                   arn("us-east-1", "contact-flow/f", "i1") + R"(,"queueId":)" +
                   arn("us-east-1", "queue/q", "i2") + "}"},
         {.rules = R"({"phoneNumber":"+1800","region":"us-east-1","contactFlowId":)" +
                   arn("us-east-1", "contact-flow/f", "i1") + R"(,"queueId":)" +
                   arn("us-east-1", "queue/q", "i1") + "}"},
         "are of different instances, 'i1' and 'i2'"},
        {"arn-instances-differ routing/+1800/us-east-1",
         {.rules = R"({"phoneNumber":"+1800","region":"us-east-1","contactFlowId":)" +
                   arn("us-east-1", "contact-flow/f", "i1", "111111111111") + R"(,"queueId":)" +
                   arn("us-east-1", "queue/q", "i1", "222222222222") + "}"},
         {.rules = R"({"phoneNumber":"+1800","region":"us-east-1","contactFlowId":)" +
                   arn("us-east-1", "contact-flow/f") + R"(,"queueId":"q"})"},
         "are of different accounts"},
        {"arn-of-wrong-kind routing/+1800/us-east-1",
         {.rules = R"({"phoneNumber":"+1800","region":"us-east-1","queueId":)" +
                   arn("us-east-1", "contact-flow/f") + "}"},
         {.rules = R"({"phoneNumber":"+1800","region":"us-east-1","queueId":)" +
                   arn("us-east-1", "queue/q") + "}"},
         "queueId is the ARN of a contact-flow"},
        {"hours-unknown routing/+1800/us-east-1 > business-hours/H",
         {.rules = kUser},
         {.rules = kUser, .hours = hours("H", kOffice)},
         "no business hours 'H', so its calls count as open at all times"},
        {"number-not-dialled routing/18005551234/us-east-1",
         {.rules = R"({"phoneNumber":"18005551234","region":"us-east-1"})"},
         {.rules = R"({"phoneNumber":"+18005551234","region":"us-east-1"})"},
         "'+' and digits"},
        {"number-not-dialled routing/+1 800/us-east-1",
         {.rules = R"({"phoneNumber":"+1 800","region":"us-east-1"})"},
         {.rules = R"({"phoneNumber":"+1800","region":"us-east-1"})"},
         "No telephone number begins with this"},
        {"number-not-dialled routing/+1234567890123456/us-east-1",
         {.rules = R"({"phoneNumber":"+1234567890123456","region":"us-east-1"})"},
         {.rules = R"({"phoneNumber":"+123456789012345","region":"us-east-1"})"},
         "up to 15 digits"},
        {"prefix-covered routing/+1800/us-east-1 > routing/+18000/us-east-1",
         {.rules = R"({"phoneNumber":"+1800","region":"us-east-1"})" + ten_rules("+1800")},
         {.rules =
              R"({"phoneNumber":"+1800","region":"us-east-1"})" + ten_rules("+1800", "+18007")},
         "so this one serves no telephone call"},
        {"prefix-covered routing/+1800555/us-east-1 > routing/+18005550/us-east-1",
         {.rules = R"({"phoneNumber":"+1800555","region":"us-east-1"})" + ten_rules("+1800555")},
         {.rules = R"({"phoneNumber":"+1800555","region":"us-east-1"})"},
         "so this one serves only calls to exactly its number"},
        {"region-not-deployed routing/+18005551234/mars-1",
         {.rules = R"({"phoneNumber":"+18005551234","region":"mars-1"})"},
         {.rules = R"({"phoneNumber":"+18005551234","region":"eu-west-1"})"},
         "only calls to exactly this number"},
        {"region-not-deployed routing/+1800/mars-1",
         {.rules = R"({"phoneNumber":"+1800","region":"mars-1"})"},
         {.rules = R"({"phoneNumber":"+1800","region":"mars-1"})", .regions = {}},
         "no telephone call"},
        {"rule-without-destination routing/+1800/us-east-1",
         {.rules = R"({"phoneNumber":"+1800","region":"us-east-1","contactFlowId":""})"},
         {.rules = R"({"phoneNumber":"+1800","region":"us-east-1","contactFlowId":"f"})"},
         "its calls go to the defaults"},
        {"prefix-overlap routing/+1/us-east-1 > routing/+1800/us-east-1",
         {.rules = R"({"phoneNumber":"+1","region":"us-east-1"},
                      {"phoneNumber":"+1800","region":"us-east-1","queueId":"q"},
                      {"phoneNumber":"+1900","region":"us-east-1","queueId":"q"})"},
         {.rules = R"({"phoneNumber":"+1","region":"us-east-1"},
                      {"phoneNumber":"+1800","region":"eu-west-1","queueId":"q"})"},
         "2 longer rules of 'us-east-1' take calls from this prefix"},
        {"rule-redundant routing/+1800/us-east-1 > routing/+1/us-east-1",
         {.rules = R"({"phoneNumber":"+1","region":"us-east-1"},
                      {"phoneNumber":"+1800","region":"us-east-1"})"},
         {.rules = R"({"phoneNumber":"+1","region":"us-east-1"},
                      {"phoneNumber":"+1800","region":"us-east-1","queueId":"q"})"},
         "so calls go the same way without this one"},
        // Other regions' calls to a whole number look for exactly it.
        {"rule-redundant routing/+18005551234/us-east-1 > routing/+1/us-east-1",
         {.rules = R"({"phoneNumber":"+1","region":"us-east-1"},
                      {"phoneNumber":"+1","region":"eu-west-1"},
                      {"phoneNumber":"+18005551234","region":"us-east-1"})"},
         {.rules = R"({"phoneNumber":"+1","region":"us-east-1"},
                      {"phoneNumber":"+18005551234","region":"us-east-1"})"},
         "'+1' in 'us-east-1' answers the same"},
        {"hours-differ-by-region routing/+1800/us-east-1 > routing/+1800/eu-west-1",
         {.rules = kUser + R"(,{"phoneNumber":"+1800","region":"eu-west-1","businessHoursId":"G"})",
          .hours = hours("H", kOffice) + "," + hours("G", R"("timezone":"UTC")")},
         {.rules = kUser + R"(,{"phoneNumber":"+1800","region":"eu-west-1","businessHoursId":"G"})",
          .hours = hours("H", kOffice) + "," + hours("G", kOffice)},
         "open in one region and closed in the other"},
        {"after-hours-missing routing/+1800/us-east-1 > business-hours/H",
         {.rules = R"({"phoneNumber":"+1800","region":"us-east-1","businessHoursId":"H"})",
          .hours = hours("H", kOffice)},
         {.rules = kUser, .hours = hours("H", kOffice)},
         "When 'H' are closed"},
    };
    return samples;
}

const std::vector<Sample>& hours_samples() {
    const std::string always =
        R"("timezone":"UTC","schedule":{"monday":{"isOpen":true,"hours":[{"open":"00:00","close":"24:00"}]},
        "tuesday":{"isOpen":true,"hours":[{"open":"00:00","close":"00:00"}]},
        "wednesday":{"isOpen":true,"hours":[{"open":"00:00","close":"12:00"},{"open":"12:00","close":"24:00"}]},
        "thursday":{"isOpen":true,"hours":[{"open":"00:00","close":"24:00"}]},
        "friday":{"isOpen":true,"hours":[{"open":"00:00","close":"24:00"}]},
        "saturday":{"isOpen":true,"hours":[{"open":"00:00","close":"24:00"}]},
        "sunday":{"isOpen":true,"hours":[{"open":"00:00","close":"24:00"}]}})";
    static const std::vector<Sample> samples{
        {"hours-unusable business-hours/H",
         {.rules = kUser, .hours = hours("H", R"("timezone":"Mars/Olympus")")},
         {.rules = kUser, .hours = hours("H", R"("timezone":"UTC")")},
         "'Mars/Olympus' is no time zone, so rules that use these hours are open at all times"},
        {"hours-misshapen business-hours/H",
         {.rules = kUser, .hours = hours("H", R"("holidays":"2025-12-25",)" + kOffice)},
         {.rules = kUser, .hours = hours("H", kOffice)},
         "holidays is not a list, and counts as not given"},
        {"hours-without-zone business-hours/H",
         {.rules = kUser, .hours = hours("H", R"("schedule":{})")},
         {.rules = kUser, .hours = hours("H", R"("timezone":"UTC","schedule":{})")},
         "read as UTC"},
        {"weekday-unknown business-hours/H",
         {.rules = kUser, .hours = day("Monday", R"({"isOpen":true,"hours":[]})")},
         {.rules = kUser, .hours = day("monday", R"({"isOpen":true,"hours":[]})")},
         "'Monday' is no weekday"},
        {"day-open-without-hours business-hours/H",
         {.rules = kUser, .hours = day("monday", R"({"isOpen":true,"hours":[]})")},
         {.rules = kUser, .hours = day("monday", R"({"isOpen":false,"hours":[]})")},
         "On monday isOpen is true and there are no readable hours"},
        {"day-closed-with-hours business-hours/H",
         {.rules = kUser,
          .hours = day("monday", R"({"isOpen":false,"hours":[{"open":"09:00","close":"17:00"}]})")},
         {.rules = kUser,
          .hours = day("monday", R"({"isOpen":true,"hours":[{"open":"09:00","close":"17:00"}]})")},
         "On monday there are hours and isOpen is not true"},
        {"periods-overlap business-hours/H",
         {.rules = kUser,
          .hours = day(
              "monday",
              R"({"isOpen":true,"hours":[{"open":"09:00","close":"13:00"},{"open":"12:00","close":"17:00"}]})")},
         {.rules = kUser,
          .hours = day(
              "monday",
              R"({"isOpen":true,"hours":[{"open":"09:00","close":"12:00"},{"open":"12:00","close":"17:00"}]})")},
         "monday 09:00–13:00 and monday 12:00–17:00 overlap"},
        {"periods-overlap business-hours/H",
         {.rules = kUser, .hours = hours("H", R"("timezone":"UTC","schedule":{
              "saturday":{"isOpen":true,"hours":[{"open":"22:00","close":"06:00"}]},
              "sunday":{"isOpen":true,"hours":[{"open":"05:00:30","close":"09:00"}]}})")},
         {.rules = kUser, .hours = hours("H", R"("timezone":"UTC","schedule":{
              "saturday":{"isOpen":true,"hours":[{"open":"22:00","close":"06:00"}]},
              "sunday":{"isOpen":true,"hours":[{"open":"06:00","close":"09:00"}]}})")},
         "saturday 22:00–06:00 and sunday 05:00:30–09:00 overlap"},
        {"period-very-long business-hours/H",
         {.rules = kUser,
          .hours = day("monday", R"({"isOpen":true,"hours":[{"open":"09:00","close":"05:00"}]})")},
         {.rules = kUser,
          .hours = day("monday", R"({"isOpen":true,"hours":[{"open":"09:00","close":"17:00"}]})")},
         "monday 09:00–05:00 closes on the next day, so it lasts 20 hours"},
        {"holiday-twice business-hours/H",
         {.rules = kUser,
          .hours = hours("H", R"("holidays":[{"date":"2025-12-25","name":"Christmas"},
              {"date":"2025-12-25","name":"Yule"}],)" +
                                  kOffice)},
         {.rules = kUser,
          .hours = hours("H", R"("holidays":[{"date":"2025-12-25","name":"Christmas"},
              {"date":"2025-12-25","name":"Christmas"},{"date":"2025-12-26","name":"Yule"}],)" +
                                  kOffice)},
         "2025-12-25 is both 'Christmas' and 'Yule'"},
        {"hours-never-open business-hours/H",
         {.rules = kUser, .hours = hours("H", R"("timezone":"UTC")")},
         {.rules = kUser, .hours = hours("H", kOffice)},
         "never open"},
        {"hours-name-twice business-hours/H2 > business-hours/H",
         {.rules = kUser,
          .hours = R"({"regionId":"H","name":"Office",)" + kOffice +
                   R"(},{"regionId":"H2","name":"Office","timezone":"UTC"})"},
         {.rules = kUser,
          .hours = R"({"regionId":"H","name":"Office",)" + kOffice +
                   R"(},{"regionId":"H2","name":"Office",)" + kOffice + "}"},
         "are called 'Office' too"},
        {"hours-always-open business-hours/H",
         {.rules = kUser,
          .hours =
              hours("H", R"("holidays":[{"date":"2025-12-25","name":"Christmas"}],)" + always)},
         {.rules = kUser, .hours = hours("H", always)},
         "at all times but for 1 holiday"},
        {"hours-unused business-hours/G",
         {.rules = kUser, .hours = hours("H", kOffice) + "," + hours("G", kOffice)},
         {.rules = kUser, .hours = hours("H", kOffice)},
         "No rule uses these"},
        {"emergency-active business-hours/H",
         {.rules = kUser, .hours = hours("H", R"("emergencyClose":{"isActive":true},)" + kOffice)},
         {.rules = kUser, .hours = hours("H", R"("emergencyClose":{"isActive":false},)" + kOffice)},
         "all calls are treated as after hours"},
    };
    return samples;
}

std::vector<Sample> all_samples() {
    std::vector<Sample> samples = rule_samples();
    samples.insert(samples.end(), hours_samples().begin(), hours_samples().end());
    return samples;
}

TEST(Lint, FindsEachFaultAndNotItsMend) {
    for (const auto& [finding, wrong, mended, says] : all_samples()) {
        SCOPED_TRACE(finding);
        EXPECT_THAT(found(wrong), Contains(finding));
        EXPECT_THAT(found(mended), Not(Contains(finding)));
    }
}

TEST(Lint, SaysWhatFollowsAndWhatToDo) {
    for (const auto& [text, wrong, mended, says] : all_samples()) {
        SCOPED_TRACE(text);
        const Report report = lint(wrong);
        const auto finding = std::ranges::find(report.findings, text, text_of);
        ASSERT_NE(finding, report.findings.end());
        EXPECT_THAT(finding->message + " | " + finding->mend, HasSubstr(says));
        EXPECT_FALSE(finding->mend.empty());
        EXPECT_FALSE(finding->message.ends_with('.'));
    }
}

TEST(Lint, EachCodeHasASample) {
    std::set<std::string, std::less<>> codes;
    for (const auto& sample : all_samples()) {
        const std::string_view finding = sample.finding;
        codes.emplace(finding.substr(0, finding.find(' ')));
    }
    for (const auto& info : all_codes()) {
        EXPECT_THAT(codes, Contains(info.code));
    }
    EXPECT_EQ(codes.size(), all_codes().size()) << "codes are different";
}

TEST(Lint, ASoundRuleHasNoFaultsButANote) {
    const World sample{
        .rules = R"({"phoneNumber":"+18005551234","region":"us-east-1","businessHoursId":"H",
            "fallbackRegions":["eu-west-1"],"contactFlowId":)" +
                 arn("us-east-1", "contact-flow/f") + R"(,"queueId":)" +
                 arn("us-east-1", "queue/q") + "}",
        .hours = hours("H", kOffice + R"(,"holidays":[{"date":"2025-12-25","name":"C"}])")};
    EXPECT_THAT(found(sample), ElementsAre("after-hours-missing routing/+18005551234/us-east-1 > "
                                           "business-hours/H"));
}

TEST(Lint, NothingHasNoFaults) {
    const Report report = lint(World{.rules = "", .hours = "", .regions = {}});
    EXPECT_THAT(report.findings, IsEmpty());
    EXPECT_THAT(report.counts, IsEmpty());
}

// Addresses of other channels, and of SIP, are anything.
TEST(Lint, AddressesThatAreNoTelephoneNumbersAreNotJudged) {
    EXPECT_THAT(found({.rules = R"({"phoneNumber":"support@example.com","region":"us-east-1"},
                                   {"phoneNumber":"anonymous","region":"us-east-1"},
                                   {"phoneNumber":"+","region":"us-east-1"})"}),
                IsEmpty());
}

TEST(Lint, UnknownRegionsAreOnlyJudgedWhereRegionsAreKnown) {
    const std::string rules =
        R"({"phoneNumber":"+18005551234","region":"mars-1","fallbackRegions":["mars-2"]},
           {"phoneNumber":"+18005551234","region":"mars-2"})";
    EXPECT_THAT(found({.rules = rules, .regions = {}}), IsEmpty());
    EXPECT_EQ(found({.rules = rules}).size(), 3U);
}

// However they are written, and whatever the holidays are called.
TEST(HoursDifferByRegion, TheSameTimesDoNotDiffer) {
    const std::string rules =
        kUser + R"(,{"phoneNumber":"+1800","region":"eu-west-1","businessHoursId":"G"})";
    const auto monday = [](const std::string& periods, const std::string& holiday) {
        return R"("timezone":"UTC","schedule":{"monday":{"isOpen":true,"hours":[)" + periods +
               R"(]}},"holidays":[{"date":"2025-12-25","name":")" + holiday + "\"}]";
    };
    const std::string whole = R"({"open":"09:00","close":"17:00"})";
    const std::string halves =
        R"({"open":"12:00","close":"17:00"},{"open":"9:00","close":"12:00"})";
    const std::string other = R"({"open":"09:00","close":"17:01"})";
    const auto differ = Contains(StartsWith("hours-differ-by-region"));
    const auto both = [&](const std::string& h, const std::string& g) {
        return found({.rules = rules, .hours = hours("H", h) + "," + hours("G", g)});
    };
    EXPECT_THAT(both(monday(whole, "Christmas"), monday(halves, "Noël")), Not(differ));
    EXPECT_THAT(both(monday(whole, "Christmas"), monday(other, "Christmas")), differ);
}

// "+180" is left to the prefix, so it serves the numbers that begin with it.
TEST(PrefixCovered, CoverMayHaveSeveralLevels) {
    const std::string rules = R"({"phoneNumber":"+18","region":"us-east-1"})" +
                              ten_rules("+18", "+180") + ten_rules("+180");
    EXPECT_THAT(found({.rules = rules}), Contains(StartsWith("prefix-covered routing/+18/")));
    const std::string gap = R"({"phoneNumber":"+18","region":"us-east-1"})" +
                            ten_rules("+18", "+180") + ten_rules("+180", "+1801");
    EXPECT_THAT(found({.rules = gap}), Not(Contains(StartsWith("prefix-covered"))));
}

// All eight-digit numbers have rules, and "+1800556", which is a number itself, has none.
TEST(PrefixCovered, ANumberBetweenIsAGap) {
    const std::string rules = R"({"phoneNumber":"+180055","region":"us-east-1"})" +
                              ten_rules("+180055", "+1800556") + ten_rules("+1800556");
    EXPECT_THAT(found({.rules = rules}), Not(Contains(StartsWith("prefix-covered"))));
}

TEST(PrefixCovered, RulesOfOtherRegionsCoverNothing) {
    std::string rules = R"({"phoneNumber":"+1800","region":"eu-west-1"})" + ten_rules("+1800");
    EXPECT_THAT(found({.rules = rules}), Not(Contains(StartsWith("prefix-covered"))));
}

TEST(PrefixCovered, NoNumberBeginsWithZero) {
    std::string rules = R"({"phoneNumber":"+","region":"us-east-1"})" + ten_rules("+", "+0");
    EXPECT_THAT(found({.rules = rules}),
                Contains("prefix-covered routing/+/us-east-1 > routing/+1/us-east-1"));
}

// ---- The report.

TEST(Report, ErrorsComeFirstAndThenEntities) {
    const Report report =
        lint({.rules = R"({"phoneNumber":"+2","region":"us-east-1","businessHoursId":"none"},
                          {"phoneNumber":"+1","region":"us-east-1","contactFlowId":""},
                          {"phoneNumber":"+1","region":"eu-west-1","fallbackRegions":["x"]})",
              .hours = hours("H", R"("timezone":"no")")});
    std::vector<std::string> texts;
    std::ranges::transform(report.findings, std::back_inserter(texts), text_of);
    EXPECT_THAT(texts, ElementsAre("fallback-unknown routing/+1/eu-west-1",
                                   "hours-unknown routing/+2/us-east-1 > business-hours/none",
                                   "hours-unusable business-hours/H",
                                   "rule-without-destination routing/+1/us-east-1",
                                   "hours-unused business-hours/H"));
    EXPECT_EQ(report.rules, 3U);
    EXPECT_EQ(report.hours, 1U);
}

TEST(Report, CountsWhatItDoesNotList) {
    World world{.rules = R"({"phoneNumber":"+3","region":"us-east-1","contactFlowId":""})"};
    for (const char* number : {"+4", "+5", "+2", "+1"}) {
        world.rules += R"(,{"phoneNumber":")" + std::string(number) +
                       R"(","region":"us-east-1","businessHoursId":"none"})";
    }
    for (const std::size_t most : {0U, 1U, 2U, 4U, 5U, 6U}) {
        const Report report = lint(world, {.findings_max = most});
        const Report whole = lint(world);
        ASSERT_EQ(report.findings.size(), std::min<std::size_t>(most, 5));
        for (std::size_t i = 0; i < report.findings.size(); ++i) {
            EXPECT_EQ(text_of(report.findings[i]), text_of(whole.findings[i]));
        }
        EXPECT_EQ(report.counts, whole.counts);
        EXPECT_EQ(report.counts.at("hours-unknown"), 4U);
        EXPECT_EQ(report.counts.at("rule-without-destination"), 1U);
    }
}

TEST(Report, SeveritiesAreThoseOfTheCodes) {
    for (const auto& sample : all_samples()) {
        for (const auto& finding : lint(sample.wrong).findings) {
            const auto info = std::ranges::find(all_codes(), finding.code, &CodeInfo::code);
            ASSERT_NE(info, all_codes().end());
            EXPECT_EQ(finding.severity, info->severity);
        }
    }
}

TEST(Report, LongTextsAreNotRepeatedAtLength) {
    const std::string region(500, 'x');
    const Report report =
        lint({.rules = R"({"phoneNumber":"+1","region":"us-east-1","fallbackRegions":[")" + region +
                       R"("],"businessHoursId":")" + region + "\"}"});
    EXPECT_EQ(report.findings.size(), 2U);
    for (const auto& finding : report.findings) {
        EXPECT_LT(finding.message.size(), 250U);
    }
}

}  // namespace
}  // namespace meridian::lint
