#include "api/endpoint.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "api/credentials_folder_for_tests.h"
#include "aws/credentials.h"
#include "base/clock.h"
#include "base/random.h"
#include "catalog/live_catalog.h"
#include "catalog/tables.h"
#include "connect/contact_event.h"
#include "functions/route_call.h"
#include "item/json.h"
#include "management/editor.h"
#include "net/gzip.h"
#include "rest/management_api.h"
#include "store/memory/memory_store.h"

namespace meridian::api {
namespace {

using testing::HasSubstr;

constexpr const char* kInvoke = "/2015-03-31/functions/RouteCall/invocations";

// A function that may wait, says who called it, and fails.
class FailingFunction final : public functions::Function {
  public:
    [[nodiscard]] std::string_view name() const override { return "Failing"; }
    [[nodiscard]] functions::Duration duration() const override {
        return functions::Duration::kMayWait;
    }
    [[nodiscard]] functions::FunctionResult call(std::string_view /*payload*/,
                                                 const management::Caller& caller) override {
        return {fmt::format(R"({{"errorType":"Broken","errorMessage":"{} {} {} {} {}"}})",
                            caller.name, caller.access_key_id, management::to_string(caller.role),
                            caller.address, caller.request_id),
                "Unhandled"};
    }
};

// An endpoint over sample data in memory; ask() sends one request, signed unless told otherwise.
struct Fixture {
    ManualClock clock{*parse_instant("2025-02-26T15:00:00Z")};
    SeededRandom random{1};
    CredentialsFolder folder;
    std::unique_ptr<store::ReplicaStore> store = store::open_memory_store(clock);
    std::unique_ptr<catalog::LiveCatalog> live;
    std::unique_ptr<Principals> principals;
    std::unique_ptr<AccessLog> access_log;
    std::optional<functions::RouteCall> route_call;
    std::optional<management::Editor> editor;
    std::optional<rest::ManagementApi> management;
    std::optional<EventHub> events;
    FailingFunction failing;
    Metrics metrics{"us-east-1"};
    std::optional<Workers> workers;  // after what its jobs use: they end before that goes
    std::optional<Endpoint> endpoint;

    explicit Fixture(std::size_t jobs_max = 10) {
        EXPECT_TRUE(catalog::create_tables(*store));
        EXPECT_TRUE(*catalog::fill_with_sample_data(*store));
        live = *catalog::LiveCatalog::start(*store, clock);
        principals = *Principals::open(folder.path / "credentials", clock);
        access_log = *AccessLog::open(folder.path / "access.log", clock);
        routing::Policy policy;
        policy.default_contact_flow_id = "default-flow";
        policy.default_queue_id = "default-queue";
        route_call.emplace(*live, policy, clock,
                           [this](const functions::Routed& r) { metrics.count_call(r); });
        editor.emplace(*store, management::EditorOptions{}, clock, random);
        management.emplace(management_parts());
        events.emplace(*store, EventHubOptions{.listeners_max = 2}, clock);
        workers.emplace(1, jobs_max);
        endpoint.emplace(EndpointParts{.region = "us-east-1",
                                       .principals = *principals,
                                       .functions = {&*route_call, &failing},
                                       .management = *management,
                                       .workers = *workers,
                                       .metrics = metrics,
                                       .gauges = [] { return Gauges{.rules = 1}; },
                                       .clock = clock,
                                       .cors = *Cors::of({"https://console.example.com"}),
                                       .events = &*events,
                                       .access_log = access_log.get()});
    }

    [[nodiscard]] rest::ManagementParts management_parts() {
        return {.region = "us-east-1",
                .regions = {"us-east-1", "eu-west-1"},
                .editor = *editor,
                .store = *store,
                .clock = clock,
                .snapshot = [this] { return live->snapshot(); },
                .explain =
                    [this](std::string_view event, std::optional<Instant> at) {
                        return route_call->explain(event, at.value_or(route_call->now()));
                    },
                .health = [] { return rest::Health{}; },
                .list_regions = [] { return item::List{}; },
                .on_import =
                    [this](const rest::ImportCounts& counts) { metrics.count_import(counts); }};
    }

    struct Ask {
        std::string method = "POST";
        std::string target = kInvoke;
        std::string body = {};
        std::vector<std::pair<std::string, std::string>> headers = {};
        std::string service = "lambda";
        bool sign = true;
        bool from_loopback = true;
        std::string as = "admin";
    };

    // A request that may be answered later.
    struct Asked {
        std::vector<std::pair<std::string, std::string>> headers;
        Ask ask;
        net::Request request;
        std::promise<net::Response> answered;
    };

    std::shared_ptr<Asked> send(const Ask& ask) {
        auto asked = std::make_shared<Asked>(
            Asked{{{"Host", "127.0.0.1:7401"}, {"User-Agent", "test"}}, ask, {}, {}});
        auto& headers = asked->headers;
        headers.insert(headers.end(), ask.headers.begin(), ask.headers.end());
        if (ask.sign) {
            std::vector<net::Header> views(headers.begin(), headers.end());
            aws::SigningOptions options;
            options.region = "us-east-1";
            options.service = ask.service;
            options.at = clock.now();
            for (auto& header : aws::sign({ask.method, ask.target, views, ask.body},
                                          CredentialsFolder::credentials_of(ask.as), options)) {
                headers.push_back(std::move(header));
            }
        }
        auto& request = asked->request;
        request.method = asked->ask.method;
        request.target = asked->ask.target;
        request.headers.assign(headers.begin(), headers.end());
        request.body = asked->ask.body;
        request.peer = "127.0.0.1:5";
        request.peer_is_loopback = ask.from_loopback;
        request.id = "0b9f1d5e-0000-4000-8000-000000000001";
        endpoint->handle(request, [asked](net::Response response) {
            asked->answered.set_value(std::move(response));
        });
        return asked;
    }

    net::Response ask(const Ask& ask) { return send(ask)->answered.get_future().get(); }

    net::Response manage(std::string method, std::string target, std::string body = {},
                         std::string as = "admin") {
        return ask({.method = std::move(method),
                    .target = std::move(target),
                    .body = std::move(body),
                    .service = "execute-api",
                    .as = std::move(as)});
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

TEST(Invoke, AFunctionLearnsWhoCalls) {
    Fixture fixture;
    const auto response =
        fixture.ask({.target = "/2015-03-31/functions/Failing/invocations", .as = "viewer"});
    EXPECT_THAT(response.body, HasSubstr("viewer MRDNEXAMPLEviewer viewer 127.0.0.1:5 "
                                         "0b9f1d5e-0000-4000-8000-000000000001"));
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
    EXPECT_EQ(fixture.manage("GET", "/nowhere").status, 404);
    EXPECT_THAT(fixture.metrics.render({}),
                HasSubstr(R"(meridian_refused_requests_total{cause="signature",)"
                          R"(error="MissingAuthenticationTokenException",region="us-east-1"} 5)"));
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

TEST(Management, IsAnsweredUnderAnyStageAndSpelling) {
    Fixture fixture;
    for (const char* target :
         {"/routing/%2B18005551234/us-east-1", "/prod/routing/+18005551234/us-east-1",
          "/x/..//routing/./+18005551234/us-east-1"}) {
        const auto response = fixture.manage("GET", target);
        EXPECT_EQ(response.status, 200) << target << response.body;
        EXPECT_THAT(response.body, HasSubstr("+18005551234")) << target;
    }
    const auto explained = fixture.manage("POST", "/explain", R"({"phoneNumber":"+18005551234"})");
    EXPECT_THAT(explained.body, HasSubstr(R"("hours":"open")"));
    EXPECT_EQ(fixture.manage("OPTIONS", "/routing").status, 204);
    EXPECT_THAT(header(fixture.manage("OPTIONS", "/routing"), "Allow"), HasSubstr("GET"));
}

TEST(Management, EachRoleDoesWhatItMay) {
    Fixture fixture;
    struct Row {
        const char* method;
        const char* target;
        const char* body;
        int as_viewer;
        int as_editor;
    };
    constexpr const char* kRule = "/routing/%2B18005550000/us-east-1";
    for (const auto& [method, target, body, as_viewer, as_editor] : {
             Row{"PUT", kRule, R"({"queueId":"q"})", 403, 200},
             Row{"GET", kRule, "", 200, 200},
             Row{"PATCH", kRule, R"({"queueId":"r","version":1})", 403, 200},
             Row{"DELETE", kRule, "", 403, 200},
             Row{"POST", "/routing/import", "[]", 403, 200},
             Row{"GET", "/routing", "", 200, 200},
             Row{"GET", "/history/routing%2F%2B18005550000%2Fus-east-1", "", 200, 200},
             Row{"POST", "/explain", R"({"phoneNumber":"+18005551234"})", 200, 200},
         }) {
        // The editor first, so that there is something to read.
        const auto editor = fixture.manage(method, target, body, "editor");
        EXPECT_EQ(editor.status, as_editor) << method << " " << target << editor.body;
        const auto viewer = fixture.manage(method, target, body, "viewer");
        if (as_viewer == 403) {
            EXPECT_EQ(viewer.status, 403) << method << " " << target << viewer.body;
            EXPECT_EQ(header(viewer, "X-Amzn-ErrorType"), "AccessDeniedException");
        }
    }
    EXPECT_EQ(fixture.ask({.as = "viewer"}).status, 200) << "routing a call";
}

TEST(Management, HistorySaysWhoMadeAChange) {
    Fixture fixture;
    ASSERT_EQ(
        fixture.manage("PUT", "/routing/%2B1800/us-east-1", R"({"queueId":"q"})", "editor").status,
        200);
    const auto history = fixture.manage("GET", "/history/routing/%2B1800/us-east-1");
    EXPECT_THAT(history.body,
                testing::AllOf(HasSubstr(R"("name":"editor")"), HasSubstr(R"("role":"editor")"),
                               HasSubstr("MRDNEXAMPLEeditor"), HasSubstr("127.0.0.1:5"),
                               HasSubstr("0b9f1d5e-0000-4000-8000-000000000001")));
}

TEST(Management, ADeniedWriteIsNamedInTheLogWithoutItsNumber) {
    Fixture fixture;
    testing::internal::CaptureStderr();
    fixture.manage("DELETE", "/routing/%2B18005551234/us-east-1", "", "viewer");
    const auto log = testing::internal::GetCapturedStderr();
    EXPECT_THAT(log,
                HasSubstr("DELETE /routing/%2B180*******4/us-east-1 by viewer from 127.0.0.1:5 "
                          "refused: the role is viewer"));
    EXPECT_THAT(log, testing::Not(HasSubstr("18005551234")));
}

TEST(Management, RefusalsAreCountedByCause) {
    Fixture fixture;
    fixture.manage("DELETE", "/routing/+1/us-east-1", "", "viewer");
    fixture.manage("PUT", "/routing/+18005551234/us-east-1", R"({"queueId":"q","version":9})");
    fixture.manage("PUT", "/routing/+18005551234/us-east-1", R"({"queueId":5,"version":1})");
    fixture.manage("PUT", "/agents/a", "{");
    fixture.manage("PUT", "/agents/a",
                   R"({"name":")" + std::string(item::kItemBytesMax, 'x') + R"("})");
    const auto text = fixture.metrics.render({});
    for (const char* counted :
         {R"({cause="role",error="AccessDeniedException",region="us-east-1"} 1)",
          R"({cause="conflict",error="ConflictException",region="us-east-1"} 1)",
          R"({cause="validation",error="ValidationException",region="us-east-1"} 1)",
          R"({cause="validation",error="InvalidRequestContentException",region="us-east-1"} 1)",
          R"({cause="too_large",error="RequestTooLargeException",region="us-east-1"} 1)"}) {
        EXPECT_THAT(text, HasSubstr("meridian_refused_requests_total" + std::string(counted)));
    }
}

TEST(Management, OperationsAndWritesAreCounted) {
    Fixture fixture;
    fixture.manage("PUT", "/routing/+1800/us-east-1", R"({"queueId":"q"})");
    fixture.manage("PUT", "/routing/+1800/us-east-1?dryRun=true", R"({"queueId":"r","version":1})");
    fixture.manage("GET", "/prod/routing/+1800/us-east-1");
    fixture.manage("POST", "/routing/import",
                   R"([{"phoneNumber":"+1801","region":"us-east-1","queueId":"q"},
                       {"phoneNumber":"+1800","region":"us-east-1","queueId":"q"},{}])");
    fixture.manage("POST", "/routing/import?dryRun=true",
                   R"([{"phoneNumber":"+1802","region":"us-east-1","queueId":"q"}])");
    const auto text = fixture.metrics.render({});
    for (const char* counted :
         {R"(meridian_requests_total{operation="putRule",region="us-east-1",status="200"} 2)",
          R"(meridian_requests_total{operation="getRule",region="us-east-1",status="200"} 1)",
          R"(meridian_requests_total{operation="importRules",region="us-east-1",status="200"} 2)",
          R"(meridian_write_seconds_count{region="us-east-1"} 1)",
          R"(meridian_import_items_total{outcome="created",region="us-east-1"} 1)",
          R"(meridian_import_items_total{outcome="unchanged",region="us-east-1"} 1)",
          R"(meridian_import_items_total{outcome="failed",region="us-east-1"} 1)"}) {
        EXPECT_THAT(text, HasSubstr(counted));
    }
}

TEST(Management, TooManyRequestsAreToldToComeBack) {
    Fixture fixture(1);
    std::promise<void> running;
    std::promise<void> let_go;
    ASSERT_TRUE(fixture.workers->post([&] {
        running.set_value();
        let_go.get_future().wait();
    }));
    running.get_future().wait();
    const Fixture::Ask list{.method = "GET", .target = "/routing", .service = "execute-api"};
    const auto waiting = fixture.send(list);
    const auto refused = fixture.ask(list);
    EXPECT_EQ(refused.status, 503);
    EXPECT_EQ(header(refused, "X-Amzn-ErrorType"), "ServiceUnavailableException");
    EXPECT_EQ(header(refused, "Retry-After"), "1");
    let_go.set_value();
    EXPECT_EQ(waiting->answered.get_future().get().status, 200);
}

TEST(Management, LongAnswersAreGzipForWhoTakesIt) {
    Fixture fixture;
    const auto ask = [&fixture](const char* target, const char* accepted) {
        return fixture.ask({.method = "GET",
                            .target = target,
                            .headers = {{"Accept-Encoding", accepted}},
                            .service = "execute-api"});
    };
    const auto plain = ask("/openapi.json", "identity");
    EXPECT_EQ(header(plain, "Content-Encoding"), "");
    EXPECT_EQ(header(plain, "Vary"), "Accept-Encoding") << "a cache must not give one the other's";
    const auto gzip = ask("/openapi.json", "br, gzip;q=0.5");
    EXPECT_EQ(header(gzip, "Content-Encoding"), "gzip");
    EXPECT_EQ(header(gzip, "Vary"), "Accept-Encoding");
    EXPECT_LT(gzip.body.size(), plain.body.size() / 4);
    EXPECT_EQ(net::gunzip(gzip.body, plain.body.size()), plain.body);
    for (const auto& [target, accepted] :
         {std::pair{"/openapi.json", "gzip;q=0"}, std::pair{"/agents/nobody", "gzip"},
          std::pair{"/events", "gzip"}}) {
        EXPECT_EQ(header(ask(target, accepted), "Content-Encoding"), "") << target << accepted;
    }
}

TEST(Management, ARemovedProfileStopsWorking) {
    Fixture fixture;
    EXPECT_EQ(fixture.manage("GET", "/routing", "", "editor").status, 200);
    ASSERT_TRUE(aws::remove_profile(fixture.folder.path / "credentials", "editor"));
    fixture.clock.advance(std::chrono::seconds{1});
    const auto refused = fixture.manage("GET", "/routing", "", "editor");
    EXPECT_EQ(refused.status, 403);
    EXPECT_EQ(header(refused, "X-Amzn-ErrorType"), "UnrecognizedClientException");
    EXPECT_EQ(fixture.manage("GET", "/routing").status, 200);
}

TEST(Events, AreAStreamForWhoMayRead) {
    Fixture fixture;
    const auto listening = fixture.manage("GET", "/prod/events?kind=routing", "", "viewer");
    EXPECT_EQ(listening.status, 200);
    EXPECT_EQ(header(listening, "Content-Type"), "text/event-stream");
    ASSERT_TRUE(listening.stream);
    fixture.manage("PUT", "/routing/+1800/us-east-1", R"({"queueId":"q"})", "editor");
    fixture.events->step();
    const auto told = listening.stream->take(10'000).bytes;
    EXPECT_THAT(told, HasSubstr("event: change\n"));
    EXPECT_THAT(told,
                HasSubstr(R"("entity":"routing/+1800/us-east-1","operation":"put","version":1)"));
    EXPECT_EQ(fixture.manage("GET", "/events?kind=rules").status, 400);
    EXPECT_EQ(fixture.manage("GET", "/events").status, 200);
    const auto refused = fixture.manage("GET", "/events");
    EXPECT_EQ(refused.status, 503);
    EXPECT_EQ(header(refused, "Retry-After"), "1");
    EXPECT_EQ(fixture.ask({.method = "GET", .target = "/events", .sign = false}).status, 403);
}

TEST(Events, EndForAProfileThatIsRemoved) {
    Fixture fixture;
    const auto listening = fixture.manage("GET", "/events", "", "viewer");
    ASSERT_TRUE(aws::remove_profile(fixture.folder.path / "credentials", "viewer"));
    fixture.clock.advance(std::chrono::seconds{1});
    fixture.events->step();
    EXPECT_TRUE(listening.stream->take(10'000).is_last);
}

TEST(Endpoint, PagesOfAllowedOriginsMayAskAndRead) {
    Fixture fixture;
    const Fixture::Ask preflight{.method = "OPTIONS",
                                 .target = "/routing",
                                 .headers = {{"Origin", "https://console.example.com"},
                                             {"Access-Control-Request-Method", "PUT"}},
                                 .sign = false};
    const auto allowed = fixture.ask(preflight);
    EXPECT_EQ(allowed.status, 204);
    EXPECT_EQ(std::ranges::count(allowed.headers, "Access-Control-Allow-Origin",
                                 &std::pair<std::string, std::string>::first),
              1)
        << "browsers refuse two";
    EXPECT_EQ(header(allowed, "Access-Control-Allow-Origin"), "https://console.example.com");
    auto other = preflight;
    other.headers[0].second = "https://evil.example.com";
    const auto refused = fixture.ask(other);
    EXPECT_EQ(refused.status, 403);
    EXPECT_EQ(header(refused, "Access-Control-Allow-Origin"), "");
    // Also an error is for the page to read.
    for (const bool sign : {true, false}) {
        const auto answer = fixture.ask({.method = "GET",
                                         .target = "/routing",
                                         .headers = {{"Origin", "https://console.example.com"}},
                                         .service = "execute-api",
                                         .sign = sign});
        EXPECT_EQ(answer.status, sign ? 200 : 403);
        EXPECT_EQ(header(answer, "Access-Control-Allow-Origin"), "https://console.example.com");
    }
}

TEST(Endpoint, EachRequestIsALineOfTheAccessLog) {
    Fixture fixture;
    fixture.ask({});
    fixture.manage("DELETE", "/routing/%2B18005551234/us-east-1?x=secret", "", "viewer");
    fixture.ask({.method = "GET", .target = "/healthz", .sign = false});
    fixture.access_log->reopen();
    std::ifstream stream(fixture.folder.path / "access.log");
    std::vector<std::string> lines;
    for (std::string line; std::getline(stream, line);) {
        lines.push_back(line);
        EXPECT_TRUE(item::parse_plain_json(line)) << line;
    }
    ASSERT_EQ(lines.size(), 3U);
    EXPECT_THAT(lines[0], HasSubstr(R"("principal":"admin","method":"POST")"));
    EXPECT_THAT(
        lines[1],
        testing::AllOf(HasSubstr(R"("requestId":"0b9f1d5e-0000-4000-8000-000000000001")"),
                       HasSubstr(R"("peer":"127.0.0.1:5","principal":"viewer","method":"DELETE")"),
                       HasSubstr(R"("path":"/routing/%2B180*******4/us-east-1","status":403)"),
                       HasSubstr(R"("userAgent":"test","error":"AccessDeniedException")")));
    EXPECT_THAT(lines[2], HasSubstr(R"("principal":null,"method":"GET","path":"/healthz")"));
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
