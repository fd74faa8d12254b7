#include "api/dynamo_door.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/credentials_folder_for_tests.h"
#include "base/clock.h"
#include "dynamo/world_for_tests.h"

namespace meridian::api {
namespace {

using testing::HasSubstr;

class DynamoDoorTest : public testing::Test {
  protected:
    struct Ask {
        std::string target = "DynamoDB_20120810.GetItem";
        std::string body = R"({"TableName":"Things","Key":{"id":{"S":"a"}}})";
        std::string as = "admin";
        std::string service = "dynamodb";
        bool sign = true;
    };

    DynamoDoorTest() {
        dynamo::TableDescription table;
        table.name = "Things";
        table.key = {{"id", item::KeyType::kString}, std::nullopt};
        world_.add(std::move(table));
    }

    net::Response ask(const Ask& ask) {
        std::vector<std::pair<std::string, std::string>> headers{{"Host", "127.0.0.1:7401"},
                                                                 {"X-Amz-Target", ask.target}};
        if (ask.sign) {
            const std::vector<net::Header> views(headers.begin(), headers.end());
            auto added = aws::sign(
                {"POST", "/", views, ask.body}, CredentialsFolder::credentials_of(ask.as),
                {.region = "us-east-1", .service = ask.service, .at = world_.clock.now()});
            headers.insert(headers.end(), added.begin(), added.end());
        }
        net::Request request;
        request.method = "POST";
        request.target = "/";
        request.headers.assign(headers.begin(), headers.end());
        request.body = ask.body;
        request.peer = "127.0.0.1:5";
        EXPECT_TRUE(is_for_dynamo(request));
        std::promise<net::Response> answered;
        door_.handle(request, Answer(path_, metrics_.operation("test"), request,
                                     [&answered](net::Response response) {
                                         answered.set_value(std::move(response));
                                     }));
        return answered.get_future().get();
    }

    static std::string header(const net::Response& response, std::string_view name) {
        const auto found =
            std::ranges::find(response.headers, name, &std::pair<std::string, std::string>::first);
        return found == response.headers.end() ? std::string() : found->second;
    }

    dynamo::TestService world_;
    CredentialsFolder folder_;
    std::unique_ptr<Principals> principals_ =
        *Principals::open(folder_.path / "credentials", world_.clock);
    Metrics metrics_{"us-east-1"};
    Cors cors_;
    AnswerPath path_{metrics_, nullptr, cors_, world_.clock};
    Gate gate_{"us-east-1", *principals_, world_.clock};
    DynamoDoor door_{world_.service, gate_, metrics_, world_.clock};
};

TEST_F(DynamoDoorTest, AnswersInTheProtocolsTerms) {
    const auto put = ask({.target = "DynamoDB_20120810.PutItem",
                          .body = R"({"TableName":"Things","Item":{"id":{"S":"a"}}})"});
    EXPECT_EQ(put.status, 200);
    EXPECT_EQ(put.body, "{}");
    const auto got = ask({});
    EXPECT_EQ(got.body, R"({"Item":{"id":{"S":"a"}}})");
    EXPECT_EQ(header(got, "Content-Type"), "application/x-amz-json-1.0");
    EXPECT_EQ(header(got, "x-amz-crc32"), "1120732588");
}

// What the service answers with 400, others answer with 403 or 404: its clients look at the type.
TEST_F(DynamoDoorTest, RefusesWith400) {
    struct Row {
        Ask ask;
        std::string type;
    };
    for (const auto& [asked, type] : {
             Row{{.sign = false}, "com.amazon.coral.service#MissingAuthenticationTokenException"},
             Row{{.as = "nobody"}, "com.amazon.coral.service#UnrecognizedClientException"},
             Row{{.service = "lambda"}, "com.amazon.coral.service#InvalidSignatureException"},
             Row{{.target = "DynamoDB_20120810.ExecuteStatement"},
                 "com.amazon.coral.service#UnknownOperationException"},
             Row{{.target = "DynamoDB_20120810."},
                 "com.amazon.coral.service#UnknownOperationException"},
             Row{{.body = R"({"TableName":"Other","Key":{"id":{"S":"a"}}})"},
                 "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException"},
             Row{{.body = "{"}, "com.amazon.coral.service#SerializationException"},
         }) {
        const auto answer = ask(asked);
        EXPECT_EQ(answer.status, 400) << type;
        EXPECT_THAT(answer.body, HasSubstr("\"__type\":\"" + type + "\""));
        EXPECT_EQ(header(answer, "X-Amzn-ErrorType"), type.substr(type.find('#') + 1));
        EXPECT_FALSE(header(answer, "x-amz-crc32").empty());
    }
}

TEST_F(DynamoDoorTest, RolesSayWhatOneMayDo) {
    using management::Role;
    struct Row {
        std::string_view operation;
        Role role;
    };
    for (const auto& [operation, role] : {
             Row{"GetItem", Role::kViewer},
             Row{"Query", Role::kViewer},
             Row{"GetRecords", Role::kViewer},
             Row{"DescribeTable", Role::kViewer},
             Row{"ListBackups", Role::kViewer},
             Row{"PutItem", Role::kEditor},
             Row{"TransactWriteItems", Role::kEditor},
             Row{"CreateBackup", Role::kOperator},
             Row{"CreateTable", Role::kAdmin},
             Row{"RestoreTableFromBackup", Role::kAdmin},
         }) {
        EXPECT_EQ(role_for(operation), role) << operation;
    }
    const Ask put{.target = "DynamoDB_20120810.PutItem",
                  .body = R"({"TableName":"Things","Item":{"id":{"S":"a"}}})",
                  .as = "viewer"};
    const auto refused = ask(put);
    EXPECT_EQ(refused.status, 400);
    EXPECT_THAT(refused.body, HasSubstr("AccessDeniedException"));
    EXPECT_THAT(refused.body, HasSubstr("dynamodb:PutItem"));
    EXPECT_EQ(ask({.as = "viewer"}).body, "{}") << "nothing was written";
}

TEST_F(DynamoDoorTest, RequestsAreCountedByOperation) {
    (void)ask({});
    (void)ask({.target = "DynamoDB_20120810.Junk"});
    const auto text = metrics_.render({});
    EXPECT_THAT(text, HasSubstr(R"(operation="GetItem")"));
    EXPECT_THAT(text, HasSubstr(R"(operation="dynamodb")"));
    EXPECT_THAT(text, testing::Not(HasSubstr("Junk")));
}

}  // namespace
}  // namespace meridian::api
