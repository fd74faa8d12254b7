// curl before 8.3 signs the path and the query as it sends them.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "aws/sigv4_testing.h"

namespace meridian::aws {
namespace {

using testing::Message;
using testing::Viewed;

const Instant kAt = *parse_timestamp("20150830T123600Z");
const Credentials kCredentials{.access_key_id = "AKIDEXAMPLE",
                               .secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                               .session_token = "",
                               .expires = {}};

// `signed_target` goes into the canonical request as it is; `sent` is the target of the message.
Message signed_as_sent(const std::string& signed_target, const std::string& sent,
                       const std::string& service = "execute-api") {
    Message message{.method = "GET",
                    .target = sent,
                    .headers = {{"Host", "127.0.0.1:7401"}, {"X-Amz-Date", "20150830T123600Z"}},
                    .body = ""};
    const Viewed viewed(message);
    const RequestView& view = viewed;
    const HeaderIndex index(view.headers);
    const auto chosen = select_headers_to_sign(index);
    const auto [path, query] = split_target(signed_target);
    const auto canonical = render({.method = message.method,
                                   .path = path,
                                   .path_style = PathStyle::kAsSent,
                                   .query = query,
                                   .headers = chosen,
                                   .payload_hash = hex(sha256(""))});
    const CredentialScope scope{kCredentials.access_key_id, "20150830", "us-east-1", service};
    const auto scope_text = fmt::format("20150830/us-east-1/{}/aws4_request", service);
    const auto key = derive_signing_key(kCredentials.secret_access_key, scope);
    message.headers.emplace_back(
        "Authorization",
        fmt::format("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/{}, SignedHeaders={}, Signature={}",
                    scope_text, chosen.names,
                    hex(key.sign(string_to_sign("20150830T123600Z", scope_text, canonical)))));
    return message;
}

bool is_accepted(const Message& message) {
    const ManualClock clock(kAt);
    const Verifier verifier(
        [](std::string_view) { return std::make_shared<const Credentials>(kCredentials); }, {},
        clock);
    return verifier.verify(Viewed(message)).has_value();
}

TEST(AsSent, PathsAndQueriesThatMeanThemselvesAreTaken) {
    for (const std::string target :
         {"/routing/+18005551235/us-east-1", "/routing/%2B18005551235/us-east-1",
          "/business-hours/B%C3%BCro/status", "/routing?prefix=+1800&limit=5",
          "/business-hours/X/status?at=2026-12-25T15:00:00Z", "/routing/+1/us-east-1?dryRun",
          "/history/%2B1%23us-east-1?order=oldest&limit=3"}) {
        EXPECT_TRUE(is_accepted(signed_as_sent(target, target))) << target;
    }
}

TEST(AsSent, ASignatureIsGoodForNoOtherTarget) {
    // Each pair: what was signed, what is sent. Where a signed path could be the canonical form of
    // another path, a path encoded twice is the one that would mean something else.
    for (const auto& [signed_target, sent] :
         {std::pair<std::string, std::string>{"/a/%252B1", "/a/%252B1"},
          {"/a/+1", "/a/+2"},
          {"/a/+1?x=1", "/a/+1?x=2"},
          {"/a/+1?x=1", "/a/+1"},
          {"/a/+1", "/a/+1?x=1"},
          {"/a/../b", "/a/../b"},
          {"//a", "//a"}}) {
        EXPECT_FALSE(is_accepted(signed_as_sent(signed_target, sent))) << sent;
    }
}

TEST(AsSent, IsNotForS3) {
    EXPECT_FALSE(is_accepted(signed_as_sent("/a/+1", "/a/+1", "s3")));
}

}  // namespace
}  // namespace meridian::aws
