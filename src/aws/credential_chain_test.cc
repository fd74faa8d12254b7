#include "aws/credential_chain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aws/container_credentials.h"
#include "aws/dynamodb_service.h"
#include "aws/fake_service_for_tests.h"
#include "aws/instance_credentials.h"
#include "aws/sts.h"
#include "aws/temporary_folder_for_tests.h"
#include "base/deadline.h"
#include "net/rude_peer_for_tests.h"

namespace meridian::aws {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::steady_clock;
using ::testing::AllOf;
using testing::environment_of;
using testing::FakeService;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::ok;
using testing::Received;

constexpr std::string_view kSecret = "verySecret+Key/42";
constexpr std::string_view kToken = "verySecretToken==";

// What an endpoint gives.
std::string endpoint_json(std::string_view id) {
    return fmt::format(R"({{"Code":"Success","AccessKeyId":"{}","SecretAccessKey":"{}",)"
                       R"("Token":"{}","Expiration":"2026-02-26T21:00:00Z"}})",
                       id, kSecret, kToken);
}

std::string sts_xml(std::string_view action, std::string_view id) {
    return fmt::format(
        "<{0}Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><{0}Result>"
        "<Credentials><AccessKeyId>{1}</AccessKeyId><SecretAccessKey>{2}</SecretAccessKey>"
        "<SessionToken>{3}</SessionToken><Expiration>2026-02-26T16:00:00Z</Expiration>"
        "</Credentials></{0}Result></{0}Response>",
        action, id, kSecret, kToken);
}

// An empty home, an IMDS that is switched off, and a clock; all that was said is searched for
// secrets at the end.
class CredentialChain : public ::testing::Test {
  protected:
    using Variables = std::map<std::string, std::string, std::less<>>;

    CredentialChain() { ::testing::internal::CaptureStderr(); }
    ~CredentialChain() override {
        said_ += ::testing::internal::GetCapturedStderr();
        EXPECT_THAT(said_, AllOf(Not(HasSubstr(std::string(kSecret))),
                                 Not(HasSubstr(std::string(kToken)))));
    }

    ServiceTools tools() {
        return {.clock = clock_, .random = random_, .sleep = [](nanoseconds) {}};
    }
    AwsSettings settings(Variables variables, const SettingsChoice& choice = {}) {
        variables.emplace("HOME", home_.path().string());
        variables.emplace("AWS_REGION", "eu-west-1");
        variables.emplace("AWS_EC2_METADATA_DISABLED", "true");
        auto read = read_aws_settings(environment_of(std::move(variables)), choice);
        EXPECT_TRUE(read) << read.error().message;
        return *std::move(read);
    }
    // The key's id, or the message.
    std::string find(const Variables& variables, const SettingsChoice& choice = {}) {
        const auto provider = default_credentials(settings(variables, choice), tools());
        const auto credentials = provider->get();
        if (!credentials) {
            said_ += credentials.error().message;
            return credentials.error().message;
        }
        EXPECT_EQ((*credentials)->secret_access_key, kSecret);
        return (*credentials)->access_key_id;
    }
    void put_config(std::string_view text) const { home_.put(".aws/config", text); }
    void put_credentials(std::string_view text) const { home_.put(".aws/credentials", text); }
    // Of a profile.
    static std::string keys(std::string_view id) {
        return fmt::format("aws_access_key_id = {}\naws_secret_access_key = {}\n", id, kSecret);
    }

    testing::TemporaryFolder home_;
    ManualClock clock_{*parse_instant("2026-02-26T15:00:00Z")};
    SeededRandom random_{1};
    std::string said_;
};

const std::map<std::string, std::string, std::less<>> kEnvironmentKeys = {
    {"AWS_ACCESS_KEY_ID", "AENV"}, {"AWS_SECRET_ACCESS_KEY", std::string(kSecret)}};

TEST_F(CredentialChain, TheEnvironmentComesFirst) {
    put_credentials("[default]\n" + keys("AFILE"));
    EXPECT_EQ(find(kEnvironmentKeys), "AENV");
    EXPECT_EQ(find({}), "AFILE");
    EXPECT_EQ(find(kEnvironmentKeys, {.profile = "default"}), "AFILE")
        << "whoever names a profile on the command line means it";
    EXPECT_THAT(find({{"AWS_ACCESS_KEY_ID", "A"}}), HasSubstr("AWS_SECRET_ACCESS_KEY is not"));
}

TEST_F(CredentialChain, WithoutAnyItNamesWhatWasTried) {
    const auto provider = default_credentials(settings({}), tools());
    const auto none = provider->get();
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, ErrorCode::kConfiguration);
    EXPECT_THAT(none.error().message,
                AllOf(HasSubstr("AWS_ACCESS_KEY_ID is not set"), HasSubstr("the profile 'default'"),
                      HasSubstr("AWS_WEB_IDENTITY_TOKEN_FILE is not set"),
                      HasSubstr("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not set"),
                      HasSubstr("AWS_EC2_METADATA_DISABLED"), HasSubstr("AWS_PROFILE")));
}

TEST_F(CredentialChain, AProfileMayRunAProgram) {
    const auto file = home_.put(
        "out",
        fmt::format(R"({{"Version":1,"AccessKeyId":"APROC","SecretAccessKey":"{}"}})", kSecret));
    put_config("[default]\ncredential_process = cat " + file + "\n");
    EXPECT_EQ(find({}), "APROC");
}

TEST_F(CredentialChain, AProfileMayAssumeARole) {
    FakeService sts({ok(sts_xml("AssumeRole", "AROLE"))});
    put_config(
        "[profile ops]\nrole_arn = arn:aws:iam::123456789012:role/ops\nsource_profile = base\n"
        "role_session_name = me&you\nexternal_id = x y\nduration_seconds = 900\n");
    put_credentials("[base]\n" + keys("ABASE"));
    EXPECT_EQ(find({{"AWS_PROFILE", "ops"}, {"AWS_ENDPOINT_URL_STS", sts.url()}}), "AROLE");
    const auto request = sts.received().at(0);
    EXPECT_EQ(
        request.body,
        "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole"
        "%2Fops&RoleSessionName=me%26you&ExternalId=x%20y&DurationSeconds=900");
    EXPECT_THAT(request.header("Authorization"),
                AllOf(HasSubstr("Credential=ABASE/"), HasSubstr("/eu-west-1/sts/aws4_request")));
}

TEST_F(CredentialChain, ARoleMayHaveTheEnvironmentForItsSource) {
    FakeService sts({ok(sts_xml("AssumeRole", "AROLE"))});
    put_config("[default]\nrole_arn = arn:x\ncredential_source = Environment\n");
    auto variables = kEnvironmentKeys;
    variables["AWS_ENDPOINT_URL_STS"] = sts.url();
    EXPECT_EQ(find(variables, {.profile = "default"}), "AROLE");
    EXPECT_THAT(sts.received().at(0).header("Authorization"), HasSubstr("Credential=AENV/"));
}

TEST_F(CredentialChain, RolesMayBeChainedButNotInACircle) {
    FakeService sts({ok(sts_xml("AssumeRole", "AONE")), ok(sts_xml("AssumeRole", "ATWO"))});
    put_config(
        "[profile a]\nrole_arn = arn:a\nsource_profile = b\n"
        "[profile b]\nrole_arn = arn:b\nsource_profile = c\n"
        "[profile c]\n" +
        keys("ACCC") + "[profile self]\nrole_arn = arn:s\nsource_profile = self\n" + keys("ASELF") +
        "[profile round]\nrole_arn = arn:r\nsource_profile = trip\n"
        "[profile trip]\nrole_arn = arn:t\nsource_profile = round\n");
    const auto of = [&](const char* profile) {
        return find({{"AWS_PROFILE", profile}, {"AWS_ENDPOINT_URL_STS", sts.url()}});
    };
    EXPECT_EQ(of("a"), "ATWO");
    EXPECT_THAT(sts.received().at(1).header("Authorization"), HasSubstr("Credential=AONE/"));
    EXPECT_EQ(of("self"), "ATWO");
    EXPECT_THAT(sts.received().at(2).header("Authorization"), HasSubstr("Credential=ASELF/"));
    EXPECT_THAT(of("round"), HasSubstr("leads back"));
}

TEST_F(CredentialChain, AProfileThatCannotBeMeantIsAnError) {
    const std::pair<const char*, const char*> rows[] = {
        {"role_arn = arn:x\n", "source_profile or a credential_source"},
        {"role_arn = arn:x\nsource_profile = a\ncredential_source = Environment\n", "either"},
        {"role_arn = arn:x\nsource_profile = absent\n", "no source_profile 'absent'"},
        {"role_arn = arn:x\ncredential_source = Moon\n", "credential_source must be"},
        {"role_arn = arn:x\ncredential_source = Environment\n", "AWS_ACCESS_KEY_ID is not set"},
        {"role_arn = arn:x\nsource_profile = a\nmfa_serial = arn:y\n", "mfa_serial"},
        {"sso_session = s\n", "export-credentials --profile default"},
    };
    for (const auto& [text, fault] : rows) {
        put_config(fmt::format("[default]\n{}", text));
        EXPECT_THAT(find({}), AllOf(HasSubstr(fault), HasSubstr("default")));
    }
}

TEST_F(CredentialChain, StsRefusalsAreTold) {
    FakeService sts({net::Response{
        .status = 403,
        .body =
            "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>User x is "
            "not authorized to perform: sts:AssumeRole</Message></Error></ErrorResponse>"}});
    put_config("[default]\nrole_arn = arn:x\nsource_profile = base\n");
    put_credentials("[base]\n" + keys("ABASE"));
    EXPECT_THAT(find({{"AWS_ENDPOINT_URL_STS", sts.url()}}),
                AllOf(HasSubstr("STS AssumeRole in eu-west-1"), HasSubstr("AccessDenied"),
                      HasSubstr("allow sts:AssumeRole")));
    for (const std::string& body :
         {std::string(), std::string("{}"), sts_xml("Other", "A"), sts_xml("AssumeRole", "")}) {
        FakeService odd({ok(body)});
        EXPECT_THAT(find({{"AWS_ENDPOINT_URL_STS", odd.url()}}), HasSubstr("STS's answer"));
    }
}

TEST_F(CredentialChain, AWebIdentityBecomesARole) {
    const auto file = home_.put("token", std::string(kToken) + "\n");
    FakeService sts({ok(sts_xml("AssumeRoleWithWebIdentity", "AWEB"))});
    const Variables variables = {{"AWS_WEB_IDENTITY_TOKEN_FILE", file},
                                 {"AWS_ROLE_ARN", "arn:r"},
                                 {"AWS_ENDPOINT_URL_STS", sts.url()}};
    EXPECT_EQ(find(variables), "AWEB");
    const auto request = sts.received().at(0);
    EXPECT_EQ(request.header("Authorization"), "") << "the token is who asks";
    EXPECT_THAT(request.body,
                AllOf(HasSubstr("RoleArn=arn%3Ar"), HasSubstr("RoleSessionName=meridian-1772"),
                      HasSubstr("WebIdentityToken=verySecretToken%3D%3D")));
    put_config("[default]\nrole_arn = arn:p\nweb_identity_token_file = " + file + "\n");
    EXPECT_EQ(find({{"AWS_ENDPOINT_URL_STS", sts.url()}}), "AWEB") << "in a profile";
    put_config("");
    EXPECT_THAT(find({{"AWS_WEB_IDENTITY_TOKEN_FILE", file}}), HasSubstr("AWS_ROLE_ARN is not"));
    EXPECT_THAT(find({{"AWS_WEB_IDENTITY_TOKEN_FILE", "/nowhere"}, {"AWS_ROLE_ARN", "arn:r"}}),
                HasSubstr("/nowhere"));
    EXPECT_THAT(find({{"AWS_WEB_IDENTITY_TOKEN_FILE", home_.put("empty", "\n")},
                      {"AWS_ROLE_ARN", "arn:r"}}),
                HasSubstr("empty"));
}

TEST_F(CredentialChain, AContainersEndpointGivesThem) {
    FakeService fake({ok(endpoint_json("ACONT"))});
    const auto file = home_.put("token", "fromFile\n");
    EXPECT_EQ(find({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", fake.url() + "/creds?x=1"},
                    {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "plain"}}),
              "ACONT");
    EXPECT_EQ(find({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", fake.url()},
                    {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "plain"},
                    {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", file}}),
              "ACONT");
    EXPECT_EQ(fake.received().at(0).target, "/creds?x=1");
    EXPECT_EQ(fake.received().at(0).header("Authorization"), "plain");
    EXPECT_EQ(fake.received().at(1).header("Authorization"), "fromFile");
    const auto relative = find_container_credentials(
        settings({{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/creds/1"},
                  {"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://example.org/"}}),
        tools(), {.host = "127.0.0.1", .port = fake.port(), .tls = false});
    ASSERT_TRUE(relative) << relative.error().message;
    EXPECT_EQ(relative->credentials->session_token, kToken);
    EXPECT_EQ(fake.received().at(2).target, "/v2/creds/1");
}

TEST_F(CredentialChain, AContainersEndpointMustBeOneToTrust) {
    for (const char* uri :
         {"http://example.org/x", "http://169.254.169.254/x", "http://10.0.0.1/",
          "http://127.0.0.1.example.org/", "http://128.0.0.1/", "http://[::2]/"}) {
        EXPECT_THAT(find({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", uri}}),
                    HasSubstr("without TLS the host must be"));
    }
    for (const char* uri : {"x", "ftp://localhost/", "http://u:p@localhost/"}) {
        EXPECT_THAT(find({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", uri}}),
                    HasSubstr("AWS_CONTAINER_CREDENTIALS_FULL_URI"));
    }
    for (const char* uri : {"no-slash", "/a b", "/a\r\nX: y"}) {
        EXPECT_THAT(find({{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", uri}}),
                    HasSubstr("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI must be"));
    }
    EXPECT_THAT(find({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://localhost:1/"},
                      {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "a\r\nX: verySecretToken=="}}),
                HasSubstr("line break"));
}

TEST_F(CredentialChain, AContainersEndpointIsAskedAgainAfterAFailure) {
    FakeService fake({net::Response{.status = 500}, ok(endpoint_json("ACONT"))});
    EXPECT_EQ(find({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", fake.url()}}), "ACONT");
    FakeService refuses({net::Response{.status = 403, .body = std::string(kSecret)}});
    EXPECT_THAT(find({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", refuses.url()}}),
                HasSubstr("status 403"));
    EXPECT_EQ(refuses.received().size(), 1U);
    for (const std::string& body :
         {std::string("no json"), std::string("{}"),
          std::string(R"({"Code":"AssumeRoleUnauthorizedAccess"})"),
          fmt::format(R"({{"AccessKeyId":"A\n","SecretAccessKey":"{}"}})", kSecret)}) {
        FakeService odd({ok(body)});
        EXPECT_THAT(find({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", odd.url()}}),
                    HasSubstr("the container's endpoint: 127.0.0.1: the answer"));
    }
}

// IMDSv2 as it is: a token first, then the role's name, then its credentials.
net::Response imds(const Received& request) {
    if (request.target == "/latest/api/token") {
        const bool is_right = request.method == "PUT" &&
                              request.header("X-aws-ec2-metadata-token-ttl-seconds") == "21600";
        return is_right ? ok("imds-token") : net::Response{.status = 400};
    }
    if (request.header("X-aws-ec2-metadata-token") != "imds-token") {
        return {.status = 401};
    }
    constexpr std::string_view kRoles = "/latest/meta-data/iam/security-credentials/";
    if (request.target == kRoles) {
        return ok("my-role\n");
    }
    return request.target == std::string(kRoles) + "my-role" ? ok(endpoint_json("AIMDS"))
                                                             : net::Response{.status = 404};
}

TEST_F(CredentialChain, AnInstanceHasThoseOfItsRole) {
    FakeService fake(&imds);
    EXPECT_EQ(find({{"AWS_EC2_METADATA_DISABLED", "false"},
                    {"AWS_EC2_METADATA_SERVICE_ENDPOINT", fake.url()}}),
              "AIMDS");
    EXPECT_EQ(fake.received().size(), 3U);
    EXPECT_THAT(find({{"AWS_EC2_METADATA_SERVICE_ENDPOINT", fake.url()}}), HasSubstr("is true"));
}

TEST_F(CredentialChain, AnInstancesFailuresAreTold) {
    const auto with = [&](const FakeService& fake) {
        return find({{"AWS_EC2_METADATA_DISABLED", "false"},
                     {"AWS_EC2_METADATA_SERVICE_ENDPOINT", fake.url()}});
    };
    FakeService no_token({net::Response{.status = 403}});
    EXPECT_THAT(with(no_token), HasSubstr("gives no token (status 403)"));
    FakeService no_role({ok("t"), net::Response{.status = 404}});
    EXPECT_THAT(with(no_role), HasSubstr("the instance has no role"));
    FakeService odd_role({ok("t"), ok("../../user-data")});
    EXPECT_THAT(with(odd_role), HasSubstr("did not give the name"));
    FakeService no_credentials({ok("t"), ok("role"), net::Response{.status = 404}});
    EXPECT_THAT(with(no_credentials), HasSubstr("did not give the credentials"));
    FakeService code({ok("t"), ok("role"), ok(R"({"Code":"AssumeRoleUnauthorizedAccess"})")});
    EXPECT_THAT(with(code), HasSubstr("the code AssumeRoleUnauthorizedAccess"));
    FakeService broken(
        {ok("t"), ok("role"), net::Response{.status = 500}, ok(endpoint_json("A2"))});
    EXPECT_EQ(with(broken), "A2") << "asked again";
    std::uint16_t port = 0;
    {
        port = FakeService({ok()}).port();
    }
    EXPECT_THAT(
        find({{"AWS_EC2_METADATA_DISABLED", "false"},
              {"AWS_EC2_METADATA_SERVICE_ENDPOINT", fmt::format("http://127.0.0.1:{}", port)}}),
        AllOf(HasSubstr("no answer at 127.0.0.1"), HasSubstr("two hops")));
}

TEST_F(CredentialChain, ASilentInstanceIsLeftAfterASecond) {
    net::RudePeer silent("");
    const auto start = steady_clock::now();
    EXPECT_THAT(find({{"AWS_EC2_METADATA_DISABLED", "false"},
                      {"AWS_EC2_METADATA_SERVICE_ENDPOINT",
                       fmt::format("http://127.0.0.1:{}", silent.port())}}),
                HasSubstr("no answer"));
    EXPECT_LT(steady_clock::now() - start, milliseconds{5'000});
}

TEST_F(CredentialChain, NobodyWaitsLongerThanHisDeadline) {
    net::RudePeer silent("");
    const auto provider =
        default_credentials(settings({{"AWS_EC2_METADATA_DISABLED", "false"},
                                      {"AWS_EC2_METADATA_SERVICE_ENDPOINT",
                                       fmt::format("http://127.0.0.1:{}", silent.port())}}),
                            tools());
    const auto start = steady_clock::now();
    const ScopedDeadline deadline(milliseconds{50});
    EXPECT_FALSE(provider->get());
    EXPECT_LT(steady_clock::now() - start, milliseconds{900});
}

// From the endpoint to the signature, and again when they are refused.
TEST_F(CredentialChain, RefusedCredentialsAreFetchedAnewForTheSameCall) {
    FakeService container({ok(endpoint_json("AOLD")), ok(endpoint_json("ANEW"))});
    FakeService dynamo([](const Received& request) {
        return request.header("Authorization").contains("ANEW")
                   ? ok(R"({"ok":1})")
                   : testing::refusal(400, "ExpiredTokenException", "expired");
    });
    const auto read = settings({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", container.url()},
                                {"AWS_ENDPOINT_URL_DYNAMODB", dynamo.url()}});
    const auto service =
        make_dynamodb_service(read, "eu-west-1", default_credentials(read, tools()), tools());
    ASSERT_TRUE(service) << service.error().message;
    const auto answer = (*service)->call("GetItem", "{}");
    EXPECT_TRUE(answer) << answer.error().error.message;
    EXPECT_EQ(dynamo.received().size(), 2U);
    EXPECT_EQ(dynamo.received().at(1).header("X-Amz-Security-Token"), kToken);
}

}  // namespace
}  // namespace meridian::aws
