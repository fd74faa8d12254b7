#include "lambda/runtime.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "base/deadline.h"
#include "lambda/runtime_stub_for_tests.h"

namespace meridian::lambda {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;

const std::string kInvocation = "/2018-06-01/runtime/invocation/";

// A function made of a lambda.
class Fake final : public functions::Function {
  public:
    using Body =
        std::function<functions::FunctionResult(std::string_view, const management::Caller&)>;
    explicit Fake(Body body) : body_(std::move(body)) {}

    [[nodiscard]] std::string_view name() const override { return "Fake"; }
    [[nodiscard]] functions::Duration duration() const override {
        return functions::Duration::kBrief;
    }
    [[nodiscard]] functions::FunctionResult call(std::string_view payload,
                                                 const management::Caller& caller) override {
        return body_(payload, caller);
    }

  private:
    Body body_;
};

functions::FunctionResult echo(std::string_view payload, const management::Caller& /*caller*/) {
    return {std::string(payload), std::nullopt};
}

// What the API answers, one after the other; afterwards 500, with which a run ends. Nothing: it
// hangs up.
class Script {
  public:
    using Answers = std::deque<std::optional<std::string>>;

    explicit Script(Answers answers, Fake::Body body = echo)
        : answers_(std::move(answers)), function_(std::move(body)) {}

    RuntimeFailure go() {
        RuntimeApi api({"127.0.0.1", stub_.port()}, clock_, [this](milliseconds time) {
            pauses.push_back(time);
            clock_.advance(time);
        });
        RuntimeParts parts{.api = api, .function = function_, .clock = clock_};
        parts.on_start = [this](const Invocation& invocation) {
            started.push_back(invocation.request_id);
        };
        parts.on_end = [this](const Invocation& invocation, std::chrono::nanoseconds) {
            posts_at_end.push_back(posts().size());
            ended.push_back(invocation.request_id);
        };
        return run_invocations(parts);
    }

    // All that was no GET /next.
    std::vector<StubRequest> posts() {
        auto all = stub_.requests();
        std::erase_if(all, [](const StubRequest& request) { return request.is_next(); });
        return all;
    }
    std::vector<std::string> post_lines() {
        std::vector<std::string> lines;
        for (const auto& post : posts()) {
            lines.push_back(post.line);
        }
        return lines;
    }

    std::vector<milliseconds> pauses;
    std::vector<std::string> started;
    std::vector<std::string> ended;
    std::vector<std::size_t> posts_at_end;  // that the API had when on_end was called

  private:
    Answers answers_;  // the stub's thread's
    ManualClock clock_{*parse_instant("2025-02-26T15:00:00Z")};
    Fake function_;
    RuntimeStub stub_{[this](const StubRequest&) -> std::optional<std::string> {
        if (answers_.empty()) {
            return response(500);
        }
        auto answer = std::move(answers_.front());
        answers_.pop_front();
        return answer;
    }};
};

TEST(Runtime, AnswersOneEventAfterTheOther) {
    Script run({event("id-1", "one"), response(202), event("id-2", "two"), response(202)});
    const auto end = run.go();
    EXPECT_EQ(end.kind, RuntimeFailure::Kind::kOver);
    const auto posts = run.posts();
    ASSERT_EQ(posts.size(), 2);
    EXPECT_EQ(posts[0].line, "POST " + kInvocation + "id-1/response");
    EXPECT_EQ(posts[0].body, "one");
    EXPECT_EQ(posts[1].line, "POST " + kInvocation + "id-2/response");
    EXPECT_EQ(posts[1].body, "two");
    EXPECT_THAT(run.started, ElementsAre("id-1", "id-2"));
    EXPECT_THAT(run.ended, ElementsAre("id-1", "id-2"));
    EXPECT_THAT(run.posts_at_end, ElementsAre(1, 2)) << "the answer goes out before metrics do";
}

TEST(Runtime, ReportsAFunctionsError) {
    Script run({event("id-1", "x"), response(202)}, [](auto, const auto&) {
        return functions::FunctionResult{R"({"errorType":"Overloaded","errorMessage":"m"})",
                                         "Unhandled"};
    });
    static_cast<void>(run.go());
    const auto posts = run.posts();
    ASSERT_EQ(posts.size(), 1);
    EXPECT_EQ(posts[0].line, "POST " + kInvocation + "id-1/error");
    EXPECT_THAT(posts[0].head,
                HasSubstr("Lambda-Runtime-Function-Error-Type: Function.Overloaded"));
    EXPECT_EQ(posts[0].body, R"({"errorType":"Overloaded","errorMessage":"m"})");
}

// The text of an exception may hold anything, so only the log has it.
TEST(Runtime, OutlivesAFunctionThatThrows) {
    Script run({event("id-1", "x"), response(202), event("id-2", "x"), response(202)},
               [](auto, const auto&) -> functions::FunctionResult {
                   throw std::runtime_error("+18005551234");
               });
    static_cast<void>(run.go());
    const auto posts = run.posts();
    ASSERT_EQ(posts.size(), 2);
    EXPECT_EQ(posts[1].line, "POST " + kInvocation + "id-2/error");
    EXPECT_THAT(posts[1].body, Not(HasSubstr("+1800")));
}

TEST(Runtime, PassesEventsAndAnswersOfSixMegabytes) {
    const std::string large(kAnswerBytesMax, 'x');
    Script run({event("id-1", large), response(202)});
    static_cast<void>(run.go());
    const auto posts = run.posts();
    ASSERT_EQ(posts.size(), 1);
    EXPECT_EQ(posts[0].line, "POST " + kInvocation + "id-1/response");
    EXPECT_EQ(posts[0].body, large);
}

TEST(Runtime, MakesAnErrorOfAnAnswerThatIsTooLarge) {
    struct Case {
        std::size_t bytes;
        std::vector<std::string> lines;
    };
    const std::string report = "POST " + kInvocation + "id-1/error";
    const Case cases[] = {
        {kAnswerBytesMax + 1, {report}},
        {10, {"POST " + kInvocation + "id-1/response", report}},  // the API says so: 413
    };
    for (const auto& c : cases) {
        Script::Answers answers{event("id-1", "x")};
        if (c.lines.size() == 2) {
            answers.emplace_back(response(413));
        }
        answers.emplace_back(response(202));
        Script run(answers, [&c](auto, const auto&) {
            return functions::FunctionResult{std::string(c.bytes, 'x'), std::nullopt};
        });
        static_cast<void>(run.go());
        EXPECT_EQ(run.post_lines(), c.lines);
        EXPECT_THAT(run.posts().back().head, HasSubstr("Function.ResponseSizeTooLarge"));
        EXPECT_THAT(run.posts().back().body, HasSubstr(std::to_string(c.bytes) + " bytes"));
    }
}

// An invocation that Lambda has given up is refused; the next one is another matter.
TEST(Runtime, GoesOnAfterARefusal) {
    for (const int status : {400, 403, 404, 302}) {
        Script run({event("id-1", "x"), response(status), event("id-2", "x"), response(202)});
        EXPECT_EQ(run.go().kind, RuntimeFailure::Kind::kOver);
        EXPECT_THAT(run.ended, ElementsAre("id-1", "id-2")) << status;
    }
}

TEST(Runtime, EndsWhenTheContainerIsBroken) {
    Script run({event("id-1", "x"), response(500), event("id-2", "x"), response(202)});
    const auto end = run.go();
    EXPECT_EQ(end.kind, RuntimeFailure::Kind::kOver);
    EXPECT_THAT(end.message, HasSubstr("500"));
    EXPECT_EQ(run.posts().size(), 1);
}

TEST(Runtime, OpensAConnectionAgainThatWasCutWhileWaiting) {
    Script run({std::nullopt, std::nullopt, response(403), event("id-1", "x"), response(202)});
    static_cast<void>(run.go());
    EXPECT_THAT(run.ended, ElementsAre("id-1"));
    EXPECT_THAT(run.pauses, ElementsAre(milliseconds(10), milliseconds(20), milliseconds(40)));
}

TEST(Runtime, EndsWhenTheApiIsGone) {
    Script run(Script::Answers(40, std::nullopt));
    const auto end = run.go();
    EXPECT_EQ(end.kind, RuntimeFailure::Kind::kOver);
    EXPECT_EQ(run.pauses.size(), 19);
    EXPECT_EQ(std::ranges::max(run.pauses), milliseconds(1'000));
}

// Whether it was taken nobody knows; the API refuses what it has already.
TEST(Runtime, SendsAnAnswerAgainWhoseConnectionWasCut) {
    Script run(
        {event("id-1", "x"), std::nullopt, response(202), event("id-2", "x"), response(202)});
    static_cast<void>(run.go());
    const auto line = "POST " + kInvocation + "id-1/response";
    EXPECT_THAT(run.post_lines(), ElementsAre(line, line, "POST " + kInvocation + "id-2/response"));
}

TEST(Runtime, TakesNoEventWithoutAnIdThatItCouldAnswer) {
    for (const char* id : {"", "../../x", "a b", "a/b"}) {
        Script run({event(id, "x"), event("id-2", "x"), response(202)});
        static_cast<void>(run.go());
        EXPECT_THAT(run.ended, ElementsAre("id-2")) << id;
    }
}

TEST(Runtime, TellsWhoAsksAndWhatTheTraceIs) {
    std::vector<std::string> traces;
    std::vector<std::string> ids;
    Script run({event("id-1", "x", "Lambda-Runtime-Trace-Id: Root=1-5bef\r\n"), response(202),
                event("id-2", "x"), response(202)},
               [&](auto, const management::Caller& caller) {
                   // NOLINTNEXTLINE(concurrency-mt-unsafe): the thread that sets it
                   traces.emplace_back(std::getenv("_X_AMZN_TRACE_ID"));
                   ids.push_back(caller.request_id);
                   return functions::FunctionResult{"{}", std::nullopt};
               });
    static_cast<void>(run.go());
    EXPECT_THAT(traces, ElementsAre("Root=1-5bef", ""));
    EXPECT_THAT(ids, ElementsAre("id-1", "id-2"));
}

// The injected clock says 2025-02-26T15:00:00Z, which is 1740582000000.
TEST(Runtime, GivesTheFunctionTheInvocationsDeadline) {
    struct Case {
        std::string header;
        std::optional<milliseconds> time;
    };
    const Case cases[] = {
        {"Lambda-Runtime-Deadline-Ms: 1740582003000\r\n", milliseconds(2'900)},
        {"Lambda-Runtime-Deadline-Ms: 1740582000500\r\n", milliseconds(450)},
        {"Lambda-Runtime-Deadline-Ms: 1740581000000\r\n", milliseconds(0)},  // gone already
        {"Lambda-Runtime-Deadline-Ms: soon\r\n", std::nullopt},
        {"", std::nullopt},
    };
    for (const auto& c : cases) {
        std::optional<Deadline> seen;
        const auto before = std::chrono::steady_clock::now();
        Script run({event("id-1", "x", c.header), response(202)}, [&seen](auto, const auto&) {
            seen = current_deadline();
            return functions::FunctionResult{"{}", std::nullopt};
        });
        static_cast<void>(run.go());
        const auto after = std::chrono::steady_clock::now();
        ASSERT_EQ(seen.has_value(), c.time.has_value()) << c.header;
        if (c.time) {
            EXPECT_GE(*seen, before + *c.time) << c.header;
            EXPECT_LE(*seen, after + *c.time) << c.header;
        }
    }
    EXPECT_FALSE(current_deadline()) << "it ends with the invocation";
}

TEST(RuntimeApi, ReportsAStartThatFailed) {
    RuntimeStub stub([](const StubRequest&) { return response(202); });
    ManualClock clock{Instant{}};
    RuntimeApi api({"127.0.0.1", stub.port()}, clock);
    ASSERT_TRUE(api.report_start({"Runtime.Configuration", "X is \"not\" set"}));
    const auto requests = stub.requests();
    ASSERT_EQ(requests.size(), 1);
    EXPECT_EQ(requests[0].line, "POST /2018-06-01/runtime/init/error");
    EXPECT_THAT(requests[0].head,
                HasSubstr("Lambda-Runtime-Function-Error-Type: Runtime.Configuration"));
    EXPECT_EQ(requests[0].body,
              R"({"errorMessage":"X is \"not\" set","errorType":"Runtime.Configuration",)"
              R"("stackTrace":[]})");
}

TEST(RuntimeAddress, IsAHostAndAPort) {
    const auto good = parse_runtime_address("169.254.100.1:9001");
    ASSERT_TRUE(good);
    EXPECT_EQ(good->host, "169.254.100.1");
    EXPECT_EQ(good->port, 9001);
    EXPECT_EQ(parse_runtime_address("localhost")->port, 80);
    for (const char* bad : {"", ":9001", "host:", "host:x", "host:0", "host:70000", "http://h:1"}) {
        const auto result = parse_runtime_address(bad);
        ASSERT_FALSE(result) << bad;
        EXPECT_EQ(result.error().code, ErrorCode::kConfiguration);
        EXPECT_THAT(result.error().message, HasSubstr("AWS_LAMBDA_RUNTIME_API"));
    }
}

}  // namespace
}  // namespace meridian::lambda
