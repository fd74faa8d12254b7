#include "api/endpoint.h"

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "catalog/live_catalog.h"
#include "catalog/tables.h"
#include "connect/contact_event.h"
#include "functions/route_call.h"
#include "item/json.h"
#include "store/memory/memory_store.h"

namespace meridian::api {
namespace {

using testing::HasSubstr;

constexpr const char* kInvoke = "/2015-03-31/functions/RouteCall/invocations";

// A function that may wait, and fails.
class FailingFunction final : public functions::Function {
  public:
    [[nodiscard]] std::string_view name() const override { return "Failing"; }
    [[nodiscard]] functions::Duration duration() const override {
        return functions::Duration::kMayWait;
    }
    [[nodiscard]] functions::FunctionResult call(std::string_view /*payload*/,
                                                 const management::Caller& /*caller*/) override {
        return {R"({"errorType":"Broken","errorMessage":"it is"})", "Unhandled"};
    }
};

// An endpoint over sample data in memory; ask() sends one request, signed unless told otherwise.
struct Fixture {
    ManualClock clock{*parse_instant("2025-02-26T15:00:00Z")};
    aws::Credentials credentials{"MRDNEXAMPLE000000000", "secret", "", std::nullopt};
    std::unique_ptr<store::TableStore> store = store::open_memory_store(clock);
    std::unique_ptr<catalog::LiveCatalog> live;
    std::optional<functions::RouteCall> route_call;
    FailingFunction failing;
    Metrics metrics{"us-east-1"};
    Workers workers{1, 10};  // after what its jobs use: they end before that goes
    std::optional<aws::Verifier> verifier;
    std::optional<Endpoint> endpoint;

    Fixture() {
        EXPECT_TRUE(catalog::create_tables(*store));
        EXPECT_TRUE(*catalog::fill_with_sample_data(*store));
        live = *catalog::LiveCatalog::start(*store, clock);
        routing::Policy policy;
        policy.default_contact_flow_id = "default-flow";
        policy.default_queue_id = "default-queue";
        route_call.emplace(*live, policy, clock,
                           [this](const functions::Routed& r) { metrics.count_call(r); });
        verifier.emplace(
            [this](std::string_view id) {
                return id == credentials.access_key_id
                           ? std::make_shared<const aws::Credentials>(credentials)
                           : nullptr;
            },
            aws::VerifierOptions{.region = "us-east-1", .services = {"lambda", "execute-api"}},
            clock);
        endpoint.emplace(EndpointParts{"us-east-1",
                                       *verifier,
                                       *route_call,
                                       {&*route_call, &failing},
                                       workers,
                                       metrics,
                                       [] { return Gauges{.rules = 1}; },
                                       clock});
    }

    struct Ask {
        std::string method = "POST";
        std::string target = kInvoke;
        std::string body = {};
        std::vector<std::pair<std::string, std::string>> headers = {};
        std::string service = "lambda";
        bool sign = true;
        bool from_loopback = true;
    };

    net::Response ask(const Ask& ask) {
        std::vector<std::pair<std::string, std::string>> headers{{"Host", "127.0.0.1:7401"}};
        headers.insert(headers.end(), ask.headers.begin(), ask.headers.end());
        if (ask.sign) {
            std::vector<net::Header> views(headers.begin(), headers.end());
            aws::SigningOptions options;
            options.region = "us-east-1";
            options.service = ask.service;
            options.at = clock.now();
            for (auto& header :
                 aws::sign({ask.method, ask.target, views, ask.body}, credentials, options)) {
                headers.push_back(std::move(header));
            }
        }
        net::Request request;
        request.method = ask.method;
        request.target = ask.target;
        request.headers.assign(headers.begin(), headers.end());
        request.body = ask.body;
        request.peer = "127.0.0.1:5";
        request.peer_is_loopback = ask.from_loopback;
        auto answered = std::make_shared<std::promise<net::Response>>();
        auto future = answered->get_future();
        endpoint->handle(request, [answered](net::Response response) {
            answered->set_value(std::move(response));
        });
        return future.get();
    }
};

std::string header(const net::Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
        if (key == name) {
            return value;
        }
    }
    return "";
}

TEST(Invoke, RequestResponseAnswersWhatTheFunctionAnswers) {
    Fixture fixture;
    const auto event = connect::make_contact_event("+18005551234", "us-east-1");
    const auto response = fixture.ask({.body = event});
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(header(response, "X-Amz-Executed-Version"), "$LATEST");
    EXPECT_EQ(header(response, "X-Amz-Function-Error"), "");
    EXPECT_EQ(response.body, fixture.route_call->route(event, fixture.clock.now()).answer);
}

TEST(Invoke, NamesAFunctionInEveryFormThatLambdaTakes) {
    Fixture fixture;
    struct Row {
        const char* name;
        int status;
    };
    for (const auto& [name, status] : {
             Row{"RouteCall", 200},
             Row{"RouteCall:$LATEST", 200},
             Row{"RouteCall%3A%24LATEST", 200},
             Row{"123456789012:function:RouteCall", 200},
             Row{"arn:aws:lambda:us-east-1:123456789012:function:RouteCall", 200},
             Row{"arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Afunction%3ARouteCall%3A%24LATEST",
                 200},
             Row{"arn:aws-us-gov:lambda:us-east-1:123456789012:function:RouteCall", 200},
             Row{"arn:aws:lambda:eu-west-1:123456789012:function:RouteCall", 404},
             Row{"RouteCall:prod", 404},
             Row{"routecall", 404},
             Row{"NoSuchFunction", 404},
             Row{"Route Call", 400},
             Row{"a:b:c:d", 400},
         }) {
        const auto response =
            fixture.ask({.target = "/2015-03-31/functions/" + std::string(name) + "/invocations"});
        EXPECT_EQ(response.status, status) << name;
        EXPECT_EQ(header(response, "X-Amzn-ErrorType"), status == 200 ? ""
                                                        : status == 404
                                                            ? "ResourceNotFoundException"
                                                            : "ValidationException")
            << name;
    }
    EXPECT_EQ(fixture.ask({.target = std::string(kInvoke) + "?Qualifier=%24LATEST"}).status, 200);
    EXPECT_EQ(fixture.ask({.target = std::string(kInvoke) + "?Qualifier=7"}).status, 404);
}

TEST(Invoke, TypesOfInvocation) {
    Fixture fixture;
    const auto with = [](const char* type) {
        return Fixture::Ask{.headers = {{"X-Amz-Invocation-Type", type}}};
    };
    EXPECT_EQ(fixture.ask(with("Event")).status, 202);
    EXPECT_EQ(fixture.ask(with("Event")).body, "");
    EXPECT_EQ(fixture.ask(with("DryRun")).status, 204);
    EXPECT_EQ(fixture.ask(with("RequestResponse")).status, 200);
    EXPECT_EQ(fixture.ask(with("Sometimes")).status, 400);
    EXPECT_EQ(fixture.ask({.method = "GET"}).status, 405);
}

TEST(Invoke, QualifiersThatContradictEachOtherAreRefused) {
    Fixture fixture;
    const std::string path = "/2015-03-31/functions/RouteCall:$LATEST/invocations";
    EXPECT_EQ(fixture.ask({.target = path + "?Qualifier=%24LATEST"}).status, 200);
    EXPECT_EQ(fixture.ask({.target = path + "?Qualifier=7"}).status, 400);
}

TEST(Invoke, PayloadsHaveLambdasLimits) {
    Fixture fixture;
    Fixture::Ask ask{.body = std::string(kPayloadBytesMax, ' ')};
    EXPECT_EQ(fixture.ask(ask).status, 200);
    ask.body += ' ';
    const auto refused = fixture.ask(ask);
    EXPECT_EQ(refused.status, 413);
    EXPECT_EQ(header(refused, "X-Amzn-ErrorType"), "RequestTooLargeException");
    ask = {.body = std::string(kEventPayloadBytesMax, ' '),
           .headers = {{"X-Amz-Invocation-Type", "Event"}}};
    EXPECT_EQ(fixture.ask(ask).status, 202);
    ask.body += ' ';
    EXPECT_EQ(fixture.ask(ask).status, 413);
}

TEST(Workers, AFullQueueRefusesAndAJobThatThrowsIsDropped) {
    Workers workers{1, 1};
    std::promise<void> running;
    std::promise<void> let_go;
    ASSERT_TRUE(workers.post([&] {
        running.set_value();
        let_go.get_future().wait();
        throw std::runtime_error("no memory");
    }));
    running.get_future().wait();
    std::promise<void> next;
    ASSERT_TRUE(workers.post([&] { next.set_value(); }));
    EXPECT_FALSE(workers.post([] {}));
    let_go.set_value();
    next.get_future().wait();
}

TEST(Invoke, AFailingHandlerIsA200WithFunctionError) {
    Fixture fixture;
    const auto response = fixture.ask({.target = "/2015-03-31/functions/Failing/invocations"});
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(header(response, "X-Amz-Function-Error"), "Unhandled");
    EXPECT_THAT(response.body, HasSubstr("Broken"));
}

TEST(Endpoint, UnsignedRequestsAreRefusedWhereverTheyGo) {
    Fixture fixture;
    for (const char* target : {kInvoke, "/explain", "/routing", "/",
                               "/2015-03-31/functions/NoSuchFunction/invocations"}) {
        const auto response = fixture.ask({.target = target, .sign = false});
        EXPECT_EQ(response.status, 403) << target;
        EXPECT_EQ(header(response, "X-Amzn-ErrorType"), "MissingAuthenticationTokenException")
            << target;
    }
    EXPECT_EQ(fixture.ask({.target = "/routing", .service = "execute-api"}).status, 404);
    EXPECT_THAT(
        fixture.metrics.render({}),
        HasSubstr(R"(meridian_refused_requests_total{cause="MissingAuthenticationTokenException",)"
                  R"(region="us-east-1"} 5)"));
}

TEST(Endpoint, HealthAndMetricsAreOpenToThisMachineOnly) {
    Fixture fixture;
    for (const char* target : {"/healthz", "/metrics", "/metrics?name=x"}) {
        Fixture::Ask ask{.method = "GET", .target = target, .sign = false};
        EXPECT_EQ(fixture.ask(ask).status, 200) << target;
        ask.from_loopback = false;
        EXPECT_EQ(fixture.ask(ask).status, 403) << target;
        ask.from_loopback = true;
        ask.method = "POST";
        EXPECT_EQ(fixture.ask(ask).status, 405) << target;
    }
}

TEST(Endpoint, ASignatureIsGoodForItsOwnServiceOnly) {
    Fixture fixture;
    struct Row {
        const char* target;
        const char* service;
        int status;
    };
    for (const auto& [target, service, status] : {
             Row{kInvoke, "lambda", 200},
             Row{kInvoke, "execute-api", 403},
             Row{"/2015-03-31/functions/", "lambda", 404},
             Row{"/explain", "execute-api", 200},
             Row{"/explain", "lambda", 403},
         }) {
        const auto response =
            fixture.ask({.target = target, .body = R"({"phoneNumber":"+1"})", .service = service});
        EXPECT_EQ(response.status, status) << target << " for " << service;
        EXPECT_EQ(header(response, "X-Amzn-ErrorType"), status == 403 ? "InvalidSignatureException"
                                                        : status == 404
                                                            ? "ResourceNotFoundException"
                                                            : "")
            << target << " for " << service;
    }
}

TEST(Endpoint, ARequestGoesByThePathThatItsSignatureCovers) {
    Fixture fixture;
    for (const char* target : {"/explain/../2015-03-31//functions/./RouteCall/invocations",
                               "/2015-03-31/functions/x/../RouteCall/invocations"}) {
        EXPECT_EQ(fixture.ask({.target = target}).status, 200) << target;
    }
    EXPECT_EQ(fixture
                  .ask({.target = "/2015-03-31/functions/RouteCall/invocations/../../../../explain",
                        .body = R"({"phoneNumber":"+1"})",
                        .service = "execute-api"})
                  .status,
              200);
    // Open paths are not signed, and have one spelling.
    EXPECT_EQ(fixture.ask({.method = "GET", .target = "/x/../healthz", .sign = false}).status, 403);
}

TEST(Explain, TakesAnEventOrANumberAndAnInstant) {
    Fixture fixture;
    const auto explain = [&fixture](std::string body) {
        return fixture.ask(
            {.target = "/explain", .body = std::move(body), .service = "execute-api"});
    };
    const auto by_number = explain(R"({"phoneNumber":"+18005551234","at":"2025-12-25T17:00:00Z"})");
    EXPECT_EQ(by_number.status, 200);
    EXPECT_THAT(by_number.body, HasSubstr(R"("hours":"holiday")"));
    EXPECT_THAT(by_number.body, HasSubstr("Christmas Day"));
    EXPECT_TRUE(item::parse_plain_json(by_number.body));
    const auto elsewhere = explain(R"({"phoneNumber":"+18005551234","region":"eu-west-1"})");
    EXPECT_THAT(elsewhere.body, HasSubstr(R"("match":"other-region")"));
    EXPECT_EQ(explain(R"({"event":"not even JSON"})").status, 200);
    EXPECT_EQ(explain(R"({"event":{"Details":{}}})").status, 200);
    for (const char* wrong :
         {"", "[]", "{}", R"({"phoneNumber":5})", R"({"phoneNumber":"+1","region":5})",
          R"({"phoneNumber":"+1","at":"noon"})", R"({"phoneNumber":"+1","at":5})"}) {
        EXPECT_EQ(explain(wrong).status, 400) << wrong;
    }
}

TEST(Metrics, CountDecisionsByMatchAndHours) {
    Fixture fixture;
    fixture.ask({.body = connect::make_contact_event("+18005551234", "us-east-1")});
    fixture.ask({.body = connect::make_contact_event("+3531234567", "us-east-1")});
    fixture.ask({.body = "junk"});
    const auto text = fixture.metrics.render({.rules = 7});
    EXPECT_THAT(
        text,
        HasSubstr(R"(meridian_decisions_total{hours="open",match="exact",region="us-east-1"} 1)"));
    EXPECT_THAT(
        text,
        HasSubstr(R"(meridian_decisions_total{hours="open",match="none",region="us-east-1"} 1)"));
    EXPECT_THAT(
        text,
        HasSubstr(R"(meridian_route_call_total{outcome="malformed_event",region="us-east-1"} 1)"));
    EXPECT_THAT(
        text,
        HasSubstr(
            R"(meridian_requests_total{operation="RouteCall",region="us-east-1",status="200"} 3)"));
    EXPECT_THAT(text, HasSubstr(R"(meridian_rules{region="us-east-1"} 7)"));
    EXPECT_THAT(
        text,
        HasSubstr(
            R"(meridian_request_seconds_bucket{operation="RouteCall",region="us-east-1",le="5e-05"} 3)"));
    EXPECT_THAT(
        text,
        HasSubstr(
            R"(meridian_request_seconds_bucket{operation="RouteCall",region="us-east-1",le="+Inf"} 3)"));
}

}  // namespace
}  // namespace meridian::api
