#include "connect/contact_event.h"

#include <gtest/gtest.h>

#include <string>

#include "connect/answer.h"
#include "item/json.h"

namespace meridian::connect {
namespace {

std::string event(
    const std::string& system, const std::string& customer,
    const std::string& arn = R"("arn:aws:connect:us-east-1:123456789012:instance/i")") {
    return R"({"Details":{"ContactData":{"ContactId":"c","SystemEndpoint":)" + system +
           R"(,"CustomerEndpoint":)" + customer + R"(,"InstanceARN":)" + arn +
           R"(}},"Name":"ContactFlowEvent"})";
}

TEST(ContactEvent, TheDialledNumberGoesBeforeTheCallers) {
    struct Row {
        const char* system;
        const char* customer;
        const char* number;  // empty: refused
    };
    for (const auto& [system, customer, number] : {
             Row{R"({"Address":"+1"})", R"({"Address":"+2"})", "+1"},
             Row{"null", R"({"Address":"+2"})", "+2"},
             Row{"{}", R"({"Address":"+2"})", "+2"},
             Row{R"({"Address":null})", R"({"Address":"+2"})", "+2"},
             Row{R"({"Address":"+1"})", "null", "+1"},
             Row{"null", "null", ""},
             Row{R"({"Address":""})", R"({"Address":"+2"})",
                 ""},  // given, and not a number: not the caller's instead
             Row{R"({"Address":5})", R"({"Address":"+2"})", ""},
         }) {
        const auto contact = parse_contact_event(event(system, customer)).contact;
        EXPECT_EQ(contact ? contact->number : "", number) << system << customer;
    }
}

TEST(ContactEvent, TheRegionIsTheFourthFieldOfTheInstancesArn) {
    const auto region = [](const std::string& arn) {
        const auto contact = parse_contact_event(event(R"({"Address":"+1"})", "null", arn)).contact;
        return contact ? contact->region : "";
    };
    EXPECT_EQ(region(R"("arn:aws:connect:eu-west-1:123456789012:instance/i")"), "eu-west-1");
    EXPECT_EQ(region(R"("arn:aws-us-gov:connect:us-gov-west-1:1:instance/i")"), "us-gov-west-1");
    EXPECT_EQ(region(R"("arn:aws:connect:us-east-1")"), "us-east-1");
    for (const char* wrong :
         {"null", "5", R"("")", R"("foo")", R"("arn:aws:connect")", R"("arn:aws:connect::1:i")",
          R"("a:b:c:us-east-1:1:i")", R"("arn:aws:connect:US EAST:1:i")",
          R"("arn:aws:connect:\u0000:1:i")"}) {
        EXPECT_EQ(region(wrong), "") << wrong;
    }
}

// It becomes a folder's name, and a word of a shell's command.
TEST(ContactEvent, ARegionsNameIsNoPath) {
    EXPECT_TRUE(is_region_name("us-gov-west-1"));
    EXPECT_TRUE(is_region_name(std::string(64, 'r')));
    for (const auto* wrong : {"", ".", "..", "../x", "/tmp", "a b", "a;id", "US", "é", "a\n"}) {
        EXPECT_FALSE(is_region_name(wrong)) << wrong;
    }
    EXPECT_FALSE(is_region_name(std::string(65, 'r')));
}

TEST(ContactEvent, TheLongestAddressIsAPartitionKeys) {
    const auto of_length = [](std::size_t length) {
        return event(R"({"Address":"+)" + std::string(length - 1, '1') + R"("})", "null");
    };
    EXPECT_TRUE(parse_contact_event(of_length(2048)).contact);
    EXPECT_FALSE(parse_contact_event(of_length(2049)).contact);
}

TEST(ContactEvent, ErrorsNeverHoldTheNumber) {
    const auto refused =
        parse_contact_event(event(R"({"Address":"+18005551234"})", "null", "null")).contact;
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message.find("800"), std::string::npos);
}

TEST(ContactEvent, AMadeEventIsReadBack) {
    const auto contact =
        parse_contact_event(make_contact_event("+1\"\\\n800", "us-east-1")).contact;
    ASSERT_TRUE(contact);
    EXPECT_EQ(contact->number, "+1\"\\\n800");
    EXPECT_EQ(contact->region, "us-east-1");
}

TEST(Answer, AnErrorMessageStandsAloneInTheAttributes) {
    // Beside a rule's own errorMessage there would be two members of one name.
    Answer answer;
    answer.attributes = R"({"a":"b","errorMessage":"the rule's"})";
    answer.error_message = "x";
    EXPECT_NE(
        render_answer(answer, ResponseType::kJson).find(R"("attributes":{"errorMessage":"x"},)"),
        std::string::npos);
    const auto flat = render_answer(answer, ResponseType::kStringMap);
    EXPECT_NE(flat.find(R"("attributes_errorMessage":"x")"), std::string::npos);
    EXPECT_EQ(flat.find("attributes_a"), std::string::npos);
}

}  // namespace
}  // namespace meridian::connect
