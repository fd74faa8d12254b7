#include "agreement/certificate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aws/encoding.h"
#include "aws/hash.h"
#include "item/json.h"
#include "manage/text.h"

namespace meridian::app {
namespace {

using testing::HasSubstr;
using testing::Not;

proof::ItemState state(std::uint64_t hash) {
    return {"row", {{"agentId", "a"}}, {HybridTime{hash << 16}, "us-east-1"}, {0, hash, 1}, false};
}

// Two regions that have the same.
Certificate equal() {
    Certificate certificate;
    certificate.regions = {{"us-east-1", std::nullopt, {}}, {"eu-west-1", std::nullopt, {}}};
    certificate.tables = {{"AgentSkills", {{0, 1, 3}, {0, 1, 3}}}};
    certificate.snapshot = Agreement::kEqual;
    return certificate;
}
proof::Difference difference() {
    return {"AgentSkills", "row", {{"agentId", "a"}}, {state(1), std::nullopt}};
}

TEST(Certificate, TheWorstThatWasFoundIsTheResult) {
    EXPECT_EQ(equal().result(), Agreement::kEqual);
    auto moving = equal();
    moving.snapshot = Agreement::kIncomplete;
    EXPECT_EQ(moving.result(), Agreement::kEqual) << "rules are being written, that is all";
    auto unreachable = equal();
    unreachable.regions[1].error = "does not answer";
    EXPECT_EQ(unreachable.result(), Agreement::kIncomplete);
    auto unsettled = equal();
    unsettled.unsettled = {difference()};
    EXPECT_EQ(unsettled.result(), Agreement::kIncomplete);
    auto cut_short = equal();
    cut_short.are_all = false;
    EXPECT_EQ(cut_short.result(), Agreement::kIncomplete);
    auto different = unreachable;
    different.differences = {difference()};
    EXPECT_EQ(different.result(), Agreement::kDifferent);
    auto decided = equal();
    decided.different_decisions = {{{"+1800", "us-east-1"}, {"{}", "[]"}}};
    EXPECT_EQ(decided.result(), Agreement::kDifferent);
    auto snapshots = equal();
    snapshots.snapshot = Agreement::kDifferent;
    EXPECT_EQ(snapshots.result(), Agreement::kDifferent);
}

TEST(Certificate, ItsHashIsOfAllTheRest) {
    auto json = certificate_json(equal());
    const auto hash = text_at(json, "hash");
    json.erase("hash");
    EXPECT_EQ(hash, aws::hex(aws::sha256(item::to_plain_json(json))));
    auto other = equal();
    other.tables[0].content[1].low = 2;
    EXPECT_NE(text_at(certificate_json(other), "hash"), hash);
}

TEST(Certificate, NamesWhatDiffersAndWhatEachRegionHas) {
    auto certificate = equal();
    auto damaged = state(2);
    damaged.damaged = true;
    certificate.tables[0].content[1].low = 2;
    certificate.differences = {difference(),
                               {"AgentSkills", "row2", {{"agentId", "b"}}, {state(1), damaged}}};
    const auto text = certificate_text(certificate, 20);
    EXPECT_THAT(text, HasSubstr(R"(AgentSkills {"agentId":"a"})"));
    EXPECT_THAT(text, HasSubstr("eu-west-1: has no such item"));
    EXPECT_THAT(text, HasSubstr("eu-west-1: damaged"));
    EXPECT_THAT(text, HasSubstr("Result: different"));
    const auto first = certificate_text(certificate, 1);
    EXPECT_THAT(first, Not(HasSubstr(R"({"agentId":"b"})")));
    EXPECT_THAT(first, HasSubstr("2 items in all; --limit shows more"));
    const auto json = item::to_plain_json(certificate_json(certificate));
    EXPECT_THAT(json, HasSubstr(R"("eu-west-1":{"state":"absent"})"));
    EXPECT_THAT(json, HasSubstr(R"("state":"damaged")"));
}

TEST(Certificate, ATableThatIsWrittenIsEqualAllTheSame) {
    auto certificate = equal();
    certificate.tables[0].content[1].low = 2;
    EXPECT_THAT(certificate_text(certificate, 20), HasSubstr("equal, while written"));
}

TEST(Certificate, NoRegionThatAnswersIsNoProof) {
    Certificate certificate;
    certificate.regions = {{"us-east-1", "does not answer", {}}};
    EXPECT_EQ(certificate.result(), Agreement::kIncomplete);
    EXPECT_THAT(certificate_text(certificate, 20), HasSubstr("does not answer"));
}

}  // namespace
}  // namespace meridian::app
