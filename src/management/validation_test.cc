#include "management/validation.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "management/editing_for_tests.h"

namespace meridian::management {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

const ValidationOptions kOptions{.regions = {"us-east-1", "eu-west-1"},
                                 .strict = false,
                                 .hours_exist = [](std::string_view id) { return id == "US"; }};

// "/region /queueId ~/priority": errors, then warnings with a '~'.
std::string faults(Kind kind, const std::string& json,
                   const ValidationOptions& options = kOptions) {
    const auto findings = validate(kind, item_of(json), options);
    std::string text;
    for (const auto& error : findings.errors) {
        text += (text.empty() ? "" : " ") + error.pointer;
        EXPECT_THAT(error.message, Not(IsEmpty()));
        EXPECT_TRUE(error.example.empty() || item::parse_plain_json(error.example))
            << error.example;
    }
    for (const auto& warning : findings.warnings) {
        text += (text.empty() ? "~" : " ~") + warning.pointer;
    }
    return text;
}

struct Case {
    std::string field;
    std::string faults;
};

// Each field in a body that is fine without it.
void expect_faults(Kind kind, const std::string& body, const std::vector<Case>& cases) {
    for (const auto& [field, expected] : cases) {
        EXPECT_EQ(faults(kind, fmt::format("{{{}{}{}}}", body, field.empty() ? "" : ",", field)),
                  expected)
            << field;
    }
}

std::string arn(const std::string& region, const std::string& type) {
    return fmt::format("arn:aws:connect:{}:123456789012:instance/instance-id/{}/an-id", region,
                       type);
}

// ---- Rules

TEST(ValidateRule, KeyFields) {
    const std::vector<Case> cases{
        {R"("phoneNumber":"+18005551234","region":"us-east-1")", ""},
        {R"("phoneNumber":"+1","region":"us-east-1")", ""},
        {R"("phoneNumber":"+123456789012345","region":"us-east-1")", ""},
        {R"("phoneNumber":"+1234567890123456","region":"us-east-1")", "/phoneNumber"},
        {R"("phoneNumber":"+","region":"us-east-1")", "/phoneNumber"},
        {R"("phoneNumber":"+0800","region":"us-east-1")", "/phoneNumber"},
        {R"("phoneNumber":"18005551234","region":"us-east-1")", "/phoneNumber"},
        {R"("phoneNumber":"+1 800","region":"us-east-1")", "/phoneNumber"},
        {R"("phoneNumber":"+1800x","region":"us-east-1")", "/phoneNumber"},
        {R"("phoneNumber":"+٣","region":"us-east-1")", "/phoneNumber"},
        {R"("phoneNumber":"default","region":"us-east-1")", "/phoneNumber"},
        {R"("phoneNumber":"","region":"us-east-1")", "/phoneNumber"},
        {R"("phoneNumber":null,"region":"us-east-1")", "/phoneNumber"},
        {R"("phoneNumber":18005551234,"region":"us-east-1")", "/phoneNumber"},
        {R"("phoneNumber":["+1"],"region":{})", "/phoneNumber /region"},
        {R"("phoneNumber":"+1","region":"eu-west-1")", ""},
        {R"("phoneNumber":"+1","region":"ap-southeast-1")", "~/region"},
        {R"("phoneNumber":"+1","region":"us-gov-west-1")", "~/region"},
        {R"("phoneNumber":"+1","region":"us-east-9")", "/region"},
        {R"("phoneNumber":"+1","region":"US-EAST-1")", "/region"},
        {R"("phoneNumber":"+1","region":" us-east-1")", "/region"},
        {R"("phoneNumber":"+1","region":"a b/c")", "/region"},
        {R"("phoneNumber":"+1","region":"")", "/region"},
        {R"("phoneNumber":"+1","region":5)", "/region"},
        {R"("phoneNumber":"+1")", "/region"},
        {R"("region":"us-east-1")", "/phoneNumber"},
    };
    expect_faults(Kind::kRule, R"("queueId":"q")", cases);
}

TEST(ValidateRule, RegionsAreTheDeploymentsWhateverTheirNames) {
    const std::string body = R"({"phoneNumber":"+1","region":"lab-1","queueId":"q"})";
    EXPECT_EQ(faults(Kind::kRule, body, {.regions = {"lab-1"}}), "");
    EXPECT_EQ(faults(Kind::kRule, body, {}), "/region");
    EXPECT_EQ(
        faults(Kind::kRule, R"({"phoneNumber":"+1","region":"mx-central-1","queueId":"q"})", {}),
        "");
}

TEST(ValidateRule, Destinations) {
    const auto field = [](const char* name, const std::string& value) {
        return fmt::format(R"("{}":"{}")", name, value);
    };
    const std::string wrong_account = "arn:aws:connect:us-east-1:12345:instance/i/queue/q";
    const std::vector<Case> cases{
        {"", "/contactFlowId /queueId"},
        {R"("contactFlowId":null,"queueId":null)", "/contactFlowId /queueId"},
        {R"("afterHoursQueueId":"q")", "/contactFlowId /queueId"},
        {field("contactFlowId", "flow-a"), ""},
        {field("queueId", "Sales: gold"), ""},
        {field("contactFlowId", ""), "/contactFlowId"},
        {R"("queueId":7,"contactFlowId":[])", "/contactFlowId /queueId"},
        {field("queueId", "queue:sales"), ""},
        {field("contactFlowId", "flow:welcome"), ""},
        {field("queueId", "flow:welcome"), "/queueId"},
        {field("contactFlowId", "queue:sales"), "/contactFlowId"},
        {field("queueId", "queue:"), "/queueId"},
        {field("contactFlowId", arn("us-east-1", "contact-flow")), ""},
        {field("queueId", arn("us-east-1", "queue")), ""},
        {field("queueId", arn("us-east-1", "queue/agent")), ""},
        {field("queueId", "arn:aws-us-gov:connect:us-east-1:123456789012:instance/i/queue/q"), ""},
        {field("queueId", arn("us-east-1", "contact-flow")), "/queueId"},
        {field("contactFlowId", arn("us-east-1", "queue")), "/contactFlowId"},
        {field("queueId", arn("eu-west-1", "queue")), "~/queueId"},
        {field("queueId", arn("us-east-9", "queue")), "/queueId"},
        {field("queueId", wrong_account), "/queueId"},
        {field("queueId", "arn:"), "/queueId"},
        {field("queueId", "arn:aws:lambda:us-east-1:123456789012:function:f"), "/queueId"},
        {field("queueId", "arn:aws:connect:us-east-1:123456789012:instance/i/queue/"), "/queueId"},
        {field("queueId", "arn:aws:connect:us-east-1:123456789012:instance/i"), "/queueId"},
        {field("queueId", "arn:aws:connect:us-east-1:123456789012:instance//queue/q"), "/queueId"},
        {field("queueId", "arn:evil:connect:us-east-1:123456789012:instance/i/queue/q"),
         "/queueId"},
        {field("queueId", "q") + "," +
             field("afterHoursQueueId", arn("us-east-1", "contact-flow")) + "," +
             field("afterHoursContactFlowId", ""),
         "/afterHoursContactFlowId /afterHoursQueueId"},
        {field("queueId", std::string(1024, 'q')), ""},
        {field("queueId", std::string(1025, 'q')), "/queueId"},
    };
    for (const auto& [fields, expected] : cases) {
        EXPECT_EQ(faults(Kind::kRule, R"({"phoneNumber":"+1","region":"us-east-1")" +
                                          (fields.empty() ? "" : "," + fields) + "}"),
                  expected)
            << fields;
    }
}

const std::string kRuleFields = R"("phoneNumber":"+1","region":"us-east-1","queueId":"q")";

TEST(ValidateRule, OtherFields) {
    const std::vector<Case> cases{
        {R"("routingProfile":"sales","priority":1,"businessHoursId":"US")", ""},
        {R"("routingProfile":null,"priority":null,"businessHoursId":null,"fallbackRegions":null,"attributes":null)",
         ""},
        {R"("routingProfile":7)", "/routingProfile"},
        {R"("priority":-5)", ""},
        {R"("priority":1.0)", ""},
        {R"("priority":1.5)", "/priority"},
        {R"("priority":1e30)", "/priority"},
        {R"("priority":"1")", "/priority"},
        {R"("businessHoursId":"EU")", "~/businessHoursId"},
        {R"("businessHoursId":"")", "/businessHoursId"},
        {R"("businessHoursId":5)", "/businessHoursId"},
        {R"("businessHoursId":")" + std::string(2033, 'h') + "\"", "~/businessHoursId"},
        {R"("businessHoursId":")" + std::string(2034, 'h') + "\"", "/businessHoursId"},
        {R"("fallbackRegions":[])", ""},
        {R"("fallbackRegions":["eu-west-1"])", ""},
        {R"("fallbackRegions":["eu-west-1","eu-west-1"])", "~/fallbackRegions/1"},
        {R"("fallbackRegions":["us-east-1"])", "~/fallbackRegions/0"},
        {R"("fallbackRegions":["sa-east-1","eu-west-1"])", "~/fallbackRegions/0"},
        {R"("fallbackRegions":["eu-west-1","mars-1",null,"",7])",
         "/fallbackRegions/1 /fallbackRegions/2 /fallbackRegions/3 /fallbackRegions/4"},
        {R"("fallbackRegions":"eu-west-1")", "/fallbackRegions"},
        {R"("version":0)", ""},
        {R"("version":1.0)", ""},
        {R"("version":9007199254740992)", ""},
        {R"("version":9007199254740993)", "/version"},
        {R"("version":-5)", "/version"},
        {R"("version":1.5)", "/version"},
        {R"("version":"1")", "/version"},
        {R"("version":true)", "/version"},
        {R"("version":{})", "/version"},
        {R"("lastUpdated":{"anything":[1]})", ""},
        {R"("colour":"red","x":{"y":[null,{"z":1e10}]})", ""},
    };
    expect_faults(Kind::kRule, kRuleFields, cases);
}

TEST(ValidateRule, Attributes) {
    const auto of_bytes = [](std::size_t bytes) {
        return R"("attributes":{"a":")" + std::string(bytes, 'x') + "\"}";
    };
    const std::vector<Case> cases{
        {R"("attributes":{})", ""},
        {R"("attributes":{"department":"sales","Tier-1_x":""})", ""},
        {R"("attributes":{"a":{"b":1}})", "/attributes/a"},
        {R"("attributes":{"a":1,"b":true,"c":null,"d":["x"]})",
         "/attributes/a /attributes/b /attributes/c /attributes/d"},
        {R"("attributes":{"":"x"})", "/attributes/"},
        {R"("attributes":{"my name":"x"})", "/attributes/my name"},
        {R"("attributes":{"größe":"x"})", "/attributes/größe"},
        {R"("attributes":{"a/b~c":"x"})", "/attributes/a~1b~0c"},
        {R"("attributes":["a"])", "/attributes"},
        {R"("attributes":"a")", "/attributes"},
        {of_bytes(32'000), ""},
        {of_bytes(32'768), "/attributes"},
        {R"("attributes":{"a":")" + std::string(5'000, '\x7f') + "\"}", ""},
    };
    expect_faults(Kind::kRule, kRuleFields, cases);
}

// What a flow is answered may have 32 KB, names, quotes and escapes included.
TEST(ValidateRule, AttributesMayFillAnAnswerToTheByte) {
    const auto fits = [](std::size_t bytes) {
        return faults(Kind::kRule, "{" + kRuleFields + R"(,"attributes":{"a":")" +
                                       std::string(bytes, 'x') + "\"}}")
            .empty();
    };
    std::size_t low = 30'000;
    std::size_t high = 33'000;
    while (low + 1 < high) {
        (fits((low + high) / 2) ? low : high) = (low + high) / 2;
    }
    // {"contactFlowId":"","queueId":"q","attributes_a":"…", …}, in a closed hour, of any number.
    EXPECT_GT(low, 32'767U - 400);
    EXPECT_LT(low, 32'767U - 200);
    const std::string escaped = R"("attributes":{"a":")" + std::string(low / 2, 'x');
    EXPECT_EQ(faults(Kind::kRule, "{" + kRuleFields + "," + escaped + std::string(low / 2, 'y') +
                                      R"(\u0001"}})"),
              "/attributes");
}

// ---- Business hours

TEST(ValidateHours, Fields) {
    const std::vector<Case> cases{
        {R"("regionId":"US","schedule":{},"timezone":"UTC")", ""},
        {R"("regionId":"US","schedule":{},"timezone":"America/New_York","name":"US hours")", ""},
        {R"("schedule":{},"timezone":"UTC")", "/regionId"},
        {R"("regionId":"","schedule":{},"timezone":"UTC")", "/regionId"},
        {R"("regionId":7,"schedule":{},"timezone":"UTC")", "/regionId"},
        {R"("regionId":")" + std::string(2033, 'h') + R"(","schedule":{},"timezone":"UTC")", ""},
        {R"("regionId":")" + std::string(2034, 'h') + R"(","schedule":{},"timezone":"UTC")",
         "/regionId"},
        {R"("regionId":"US","schedule":{})", "~/timezone"},
        {R"("regionId":"US")", "~/schedule"},
        {R"("regionId":"US","schedule":[],"timezone":"UTC")", "/schedule"},
        {R"("regionId":"US","schedule":{},"timezone":"Mars/Olympus")", "/timezone"},
        {R"("regionId":"US","schedule":{},"timezone":"../etc/passwd")", "/timezone"},
        {R"("regionId":"US","schedule":{},"timezone":"america/new_york")", "/timezone"},
        {R"("regionId":"US","schedule":{},"timezone":"")", "/timezone"},
        {R"("regionId":"US","schedule":{},"timezone":-5)", "/timezone"},
        {R"("regionId":"US","schedule":{},"timezone":"UTC","name":5)", "/name"},
    };
    for (const auto& [fields, expected] : cases) {
        EXPECT_EQ(faults(Kind::kHours, "{" + fields + "}"), expected) << fields;
    }
}

TEST(ValidateHours, Week) {
    const std::vector<Case> cases{
        {R"("monday":{"isOpen":true,"hours":[{"open":"09:00","close":"17:00"}]})", ""},
        {R"("monday":{"isOpen":true,"hours":[{"open":"9:00","close":"17:30:15"}]})", ""},
        {R"("monday":{"isOpen":false,"hours":[]},"sunday":{"isOpen":false},"friday":null,"tuesday":{})",
         ""},
        {R"("Monday":{"isOpen":true})", "/schedule/Monday"},
        {R"("mon":{"isOpen":false},"holiday":1)", "/schedule/holiday /schedule/mon"},
        {R"("monday":[])", "/schedule/monday"},
        {R"("monday":{"isOpen":"true","hours":[{"open":"09:00","close":"17:00"}]})",
         "/schedule/monday/isOpen"},
        {R"("monday":{"hours":[{"open":"09:00","close":"17:00"}]})", "/schedule/monday/isOpen"},
        {R"("monday":{"isOpen":1,"hours":{}})", "/schedule/monday/hours /schedule/monday/isOpen"},
        {R"("monday":{"isOpen":true,"hours":[]})", "~/schedule/monday/hours"},
        {R"("monday":{"isOpen":true})", "~/schedule/monday/hours"},
        {R"("monday":{"isOpen":true,"hours":["09:00-17:00",{"open":"25:00","close":"17:60"},{},{"open":9,"close":""}]})",
         "/schedule/monday/hours/0 /schedule/monday/hours/1/close /schedule/monday/hours/1/open "
         "/schedule/monday/hours/2/close /schedule/monday/hours/2/open "
         "/schedule/monday/hours/3/close /schedule/monday/hours/3/open"},
        {R"("monday":{"isOpen":false,"hours":[{"open":"nine","close":"17:00"}]})",
         "/schedule/monday/hours/0/open"},
        {R"("monday":{"isOpen":true,"note":[],"hours":[{"open":"09:00","close":"24:00","by":"me"}]},"tuesday":
           {"isOpen":true,"hours":[{"open":"00:00","close":"01:00"}]})",
         ""},
    };
    for (const auto& [week, expected] : cases) {
        EXPECT_EQ(
            faults(Kind::kHours, R"({"regionId":"US","timezone":"UTC","schedule":{)" + week + "}}"),
            expected)
            << week;
    }
}

// "mon 09:00-12:00 12:00-17:00 tue …", closed days with a '!'.
std::string week_of(const std::string& text) {
    std::string json;
    std::istringstream words(text);
    for (std::string word; words >> word;) {
        const auto dash = word.find('-');
        if (dash == std::string::npos) {
            const bool is_open = word.front() != '!';
            json += (json.empty() ? "\"" : "]},\"") + word.substr(is_open ? 0 : 1) +
                    "\":{\"isOpen\":" + (is_open ? "true" : "false") + ",\"hours\":[";
        } else {
            json += (json.back() == '[' ? "" : ",") + std::string("{\"open\":\"") +
                    word.substr(0, dash) + "\",\"close\":\"" + word.substr(dash + 1) + "\"}";
        }
    }
    return json.empty() ? json : json + "]}";
}

TEST(ValidateHours, OverlapsAreToldAtTheLaterPeriod) {
    const std::vector<Case> cases{
        {"monday 09:00-12:00 12:00-17:00", ""},
        {"monday 13:00-17:00 09:00-12:00", ""},
        {"monday 09:00-12:00 11:59-17:00", "/schedule/monday/hours/1"},
        {"monday 11:00-17:00 09:00-12:00", "/schedule/monday/hours/0"},
        {"monday 09:00-17:00 10:00-11:00 12:00-13:00",
         "/schedule/monday/hours/1 /schedule/monday/hours/2"},
        {"monday 09:00-17:00 09:00-17:00", "/schedule/monday/hours/1"},
        {"monday 22:00-06:00 tuesday 06:00-09:00", ""},
        {"monday 22:00-06:00 tuesday 05:00-09:00", "/schedule/tuesday/hours/0"},
        {"monday 22:00-06:00 !tuesday 05:00-09:00", ""},
        {"!monday 22:00-06:00 tuesday 05:00-09:00", ""},
        {"!monday 09:00-12:00 10:00-11:00", "/schedule/monday/hours/1"},
        {"monday 22:00-06:00 23:00-23:30", "/schedule/monday/hours/1"},
        {"saturday 22:00-06:00 sunday 06:00-09:00", ""},
        {"saturday 22:00-06:00 sunday 05:59-09:00", "/schedule/sunday/hours/0"},
        {"monday 00:00-00:00 tuesday 00:00-24:00 wednesday 00:00-00:00", ""},
        {"monday 00:00-00:00 12:00-13:00", "/schedule/monday/hours/1"},
        {"monday 00:00-24:00 23:00-01:00", "/schedule/monday/hours/1"},
        {"monday 09:00-09:00 tuesday 08:00-08:30", "/schedule/tuesday/hours/0"},
        {"monday 09:00-09:00 tuesday 09:00-17:00", ""},
        {"sunday 00:00-00:00 monday 00:00-00:00 tuesday 00:00-00:00 wednesday 00:00-00:00 thursday "
         "00:00-00:00 "
         "friday 00:00-00:00 saturday 00:00-00:00",
         ""},
    };
    for (const auto& [week, expected] : cases) {
        EXPECT_EQ(faults(Kind::kHours, R"({"regionId":"US","timezone":"UTC","schedule":{)" +
                                           week_of(week) + "}}"),
                  expected)
            << week;
    }
    const auto findings =
        validate(Kind::kHours,
                 item_of(R"({"regionId":"US","timezone":"UTC","schedule":{)" +
                         week_of("monday 22:00-06:00 tuesday 05:00-09:00") + "}}"),
                 kOptions);
    EXPECT_EQ(findings.errors.front().message, "overlaps /schedule/monday/hours/0");
}

TEST(ValidateHours, HolidaysAndEmergencies) {
    const std::vector<Case> cases{
        {R"("holidays":[{"date":"2025-12-25","name":"Christmas Day"},{"date":"2024-02-29"}])", ""},
        {R"("holidays":[{"date":"2025-12-25","name":""}])", ""},
        {R"("holidays":[{"date":"2025-02-29"}])", "/holidays/0/date"},
        {R"("holidays":[{"date":"2025-2-1"},{"date":"25.12.2025"},{"date":20251225}])",
         "/holidays/0/date /holidays/1/date /holidays/2/date"},
        {R"("holidays":[{"name":"X"},"2025-12-25"])", "/holidays/0/date /holidays/1"},
        {R"("holidays":[{"date":"2025-12-25"},{"date":"2025-12-26"},{"date":"2025-12-25","name":"again"}])",
         "/holidays/2/date"},
        {R"("holidays":[{"date":"2025-12-25","name":5}])", "/holidays/0/name"},
        {R"("holidays":{})", "/holidays"},
        {R"("emergencyClose":{"isActive":false,"message":"closed"})", ""},
        {R"("emergencyClose":{"isActive":true})", ""},
        {R"("emergencyClose":{"isActive":"false"})", "/emergencyClose/isActive"},
        {R"("emergencyClose":{"isActive":0,"message":[]})",
         "/emergencyClose/isActive /emergencyClose/message"},
        {R"("emergencyClose":{"message":"closed"})", "/emergencyClose/isActive"},
        {R"("emergencyClose":true)", "/emergencyClose"},
        {R"("emergencyClose":null,"holidays":null)", ""},
    };
    expect_faults(Kind::kHours, R"("regionId":"US","timezone":"UTC","schedule":{})", cases);
}

// ---- Agents

TEST(ValidateAgent, Fields) {
    const std::vector<Case> cases{
        {R"("name":"John Doe","skills":["english","sales"],"level":{"sales":5,"technical":3.5},"regions":["us-east-1"],
            "schedule":{"timezone":"America/New_York","shifts":[{"day":"monday","start":"09:00","end":"17:00"}]},
            "maxConcurrentChats":3)",
         ""},
        {R"("name":7)", "/name"},
        {R"("skills":"english")", "/skills"},
        {R"("skills":["english","",5,"english"])", "/skills/1 /skills/2 ~/skills/3"},
        {R"("level":{"a":"5","b":0,"c":6,"d":1,"e":5})", "/level/a ~/level/b ~/level/c"},
        {R"("level":[5])", "/level"},
        {R"("regions":["eu-west-1","mars-1","sa-east-1"])", "/regions/1 ~/regions/2"},
        {R"("regions":"us-east-1")", "/regions"},
        {R"("schedule":[])", "/schedule"},
        {R"("schedule":{"timezone":"Nowhere","shifts":{}})", "/schedule/shifts /schedule/timezone"},
        {R"("schedule":{"shifts":[{"day":"Monday","start":"9","end":"24:01"},{},5]})",
         "/schedule/shifts/0/day /schedule/shifts/0/end /schedule/shifts/0/start "
         "/schedule/shifts/1/day /schedule/shifts/1/end /schedule/shifts/1/start "
         "/schedule/shifts/2"},
        {R"("maxConcurrentChats":0)", ""},
        {R"("maxConcurrentChats":-1)", "/maxConcurrentChats"},
        {R"("maxConcurrentChats":2.5)", "/maxConcurrentChats"},
        {R"("maxConcurrentChats":"3")", "/maxConcurrentChats"},
    };
    expect_faults(Kind::kAgent, R"("agentId":"agent123")", cases);
    EXPECT_EQ(faults(Kind::kAgent, "{}"), "/agentId");
    EXPECT_EQ(faults(Kind::kAgent, R"({"agentId":")" + std::string(2042, 'a') + "\"}"), "/agentId");
    EXPECT_EQ(faults(Kind::kAgent, R"({"agentId":")" + std::string(2041, 'a') + "\"}"), "");
}

// Items that were not written as JSON may have sets where JSON has lists.
TEST(ValidateAgent, SetsOfTextsAreLists) {
    const item::Map agent{{"agentId", "a"},
                          {"skills", item::StringSet{"english", "sales"}},
                          {"regions", item::StringSet{"eu-west-1", "mars-1"}}};
    EXPECT_THAT(pointers(validate(Kind::kAgent, agent, kOptions).errors),
                ElementsAre("/regions/1"));
}

// ---- Any body

TEST(Validate, TheOriginalsSamplesAreFine) {
    EXPECT_EQ(faults(Kind::kRule,
                     R"({"phoneNumber":"+18005551234","region":"us-east-1","routingProfile":"sales",
        "priority":1,"fallbackRegions":["eu-west-1"],"businessHoursId":"US","contactFlowId":
        "arn:aws:connect:us-east-1:123456789012:instance/instance-id/contact-flow/contact-flow-id","queueId":
        "arn:aws:connect:us-east-1:123456789012:instance/instance-id/queue/queue-id","attributes":{"department":"sales",
        "priority":"high","language":"en-US"},"lastUpdated":"2025-02-26T12:00:00Z","version":1})"),
              "");
}

TEST(Validate, AllFaultsAreToldAtOnceInTheOrderOfTheBody) {
    EXPECT_EQ(
        faults(Kind::kRule, R"({"region":5,"attributes":{"b":1,"a":2},"priority":"x","version":"1",
        "fallbackRegions":[0,1,2,3,4,5,6,7,8,9,10]})"),
        "/attributes/a /attributes/b /contactFlowId /fallbackRegions/0 /fallbackRegions/1 "
        "/fallbackRegions/2 "
        "/fallbackRegions/3 /fallbackRegions/4 /fallbackRegions/5 /fallbackRegions/6 "
        "/fallbackRegions/7 "
        "/fallbackRegions/8 /fallbackRegions/9 /fallbackRegions/10 /phoneNumber /priority /queueId "
        "/region "
        "/version");
}

TEST(Validate, AtMostAHundredFaultsAreToldTheFirstOnes) {
    std::string list;
    for (int i = 0; i < 2000; ++i) {
        list += i == 0 ? "0" : ",0";
    }
    const auto findings = validate(
        Kind::kRule, item_of(R"({"attributes":5,"fallbackRegions":[)" + list + "]}"), kOptions);
    ASSERT_THAT(findings.errors, SizeIs(100));
    EXPECT_EQ(findings.errors[0].pointer, "/attributes");
    EXPECT_EQ(findings.errors[1].pointer, "/contactFlowId");
    EXPECT_EQ(findings.errors[99].pointer, "/fallbackRegions/97");
}

TEST(Validate, NamesThatNoItemMayHaveAreFoundHoweverDeep) {
    const std::vector<Case> cases{
        {R"("__proto__":{"x":1})", "/__proto__"},
        {R"("notes":[{"a":{"__proto__":1}}])", "/notes/0/a/__proto__"},
        {R"("":1)", "/"},
        {R"("notes":{"a":[{"":[]}]})", "/notes/a/0/"},
        {R"("proto":{"__proto":1,"constructor":2})", ""},
        {"\"notes\":{\"" + std::string(65'535, 'n') + "\":1}", ""},
        {"\"notes\":{\"" + std::string(65'536, 'n') + "\":1}", "/notes"},
    };
    expect_faults(Kind::kRule, kRuleFields, cases);
}

TEST(Validate, NestingHasALimit) {
    const auto nested = [](int levels) {
        item::Value value = true;
        for (int level = 1; level < levels; ++level) {
            value = item::Map{{"a", std::move(value)}};
        }
        auto rule = item_of("{" + kRuleFields + "}");
        rule["notes"] = std::move(value);
        return pointers(validate(Kind::kRule, rule, kOptions).errors);
    };
    EXPECT_THAT(nested(32), IsEmpty());
    EXPECT_THAT(nested(33), ElementsAre("/notes"));
}

TEST(Validate, SizeHasALimit) {
    auto rule = item_of("{" + kRuleFields + "}");
    rule["notes"] = "";
    rule["notes"] = std::string(item::kItemBytesMax - item::size_bytes(rule), 'n');
    EXPECT_TRUE(validate(Kind::kRule, rule, kOptions).is_valid());
    rule["more"] = item::Null{};
    EXPECT_THAT(pointers(validate(Kind::kRule, rule, kOptions).errors), ElementsAre(""));
}

TEST(Validate, StrictlyWarningsAreErrors) {
    auto options = kOptions;
    options.strict = true;
    const std::string body = "{" + kRuleFields + R"(,"businessHoursId":"EU","priority":"x"})";
    EXPECT_EQ(faults(Kind::kRule, body), "/priority ~/businessHoursId");
    EXPECT_EQ(faults(Kind::kRule, body, options), "/businessHoursId /priority");
}

TEST(Validate, MessagesSayTheMendAndNotWhatWasSent) {
    const auto findings =
        validate(Kind::kRule, item_of(R"({"phoneNumber":"18005551234","region":"nowhere",
        "queueId":"arn:18005551234"})"),
                 kOptions);
    ASSERT_THAT(findings.errors, SizeIs(3));
    EXPECT_THAT(findings.errors[0].message, HasSubstr("E.164"));
    EXPECT_EQ(findings.errors[0].example, "\"+18005551234\"");
    for (const auto& error : findings.errors) {
        EXPECT_THAT(error.message, Not(HasSubstr("18005551234")));
        EXPECT_THAT(error.message, Not(HasSubstr("nowhere")));
    }
}

}  // namespace
}  // namespace meridian::management
