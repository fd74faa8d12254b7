// What a signed request costs: RouteCall verifies one for every call.
#include "aws/sigv4.h"

#include <benchmark/benchmark.h>

#include "aws/hash.h"
#include "base/clock.h"

namespace meridian::aws {
namespace {

struct Request {
    std::string body;
    std::vector<std::pair<std::string, std::string>> owned;
    std::vector<std::pair<std::string_view, std::string_view>> headers;
    RequestView view;
};

const Credentials kCredentials{.access_key_id = "MRDN0123456789ABCDEF",
                               .secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                               .session_token = "",
                               .expires = {}};
const auto kKnown = std::make_shared<const Credentials>(kCredentials);

// As the AWS command line and its SDKs send an Invoke.
void make_request(Request& request, Instant at, std::size_t body_bytes) {
    request.body.assign(body_bytes, 'x');
    request.headers = {{"Host", "127.0.0.1:7401"},
                       {"Accept-Encoding", "identity"},
                       {"User-Agent", "aws-cli/2.9.19 Python/3.11.2 Linux/6.1 source/x86_64"},
                       {"Content-Type", "application/json"},
                       {"X-Amz-Invocation-Type", "RequestResponse"},
                       {"amz-sdk-invocation-id", "7a1ddc2c-7a4f-4a0e-9d10-0f7a3a2b7c11"},
                       {"Content-Length", "1024"},
                       {"Connection", "keep-alive"}};
    request.view = {.method = "POST",
                    .target = "/2015-03-31/functions/RouteCall/invocations",
                    .headers = request.headers,
                    .body = request.body};
    request.owned =
        sign(request.view, kCredentials, {.region = "us-east-1", .service = "lambda", .at = at});
    request.headers.insert(request.headers.end(), request.owned.begin(), request.owned.end());
    request.view.headers = request.headers;
}

void BM_Verify(benchmark::State& state) {
    const SystemClock clock;
    Request request;
    make_request(request, clock.now(), static_cast<std::size_t>(state.range(0)));
    const Verifier verifier([](std::string_view) { return kKnown; },
                            {.region = "us-east-1", .services = {"lambda", "dynamodb"}}, clock);
    for (auto _ : state) {
        benchmark::DoNotOptimize(verifier.verify(request.view).has_value());
    }
    if (!verifier.verify(request.view)) {
        state.SkipWithError("the request is not accepted");
    }
}
BENCHMARK(BM_Verify)->Arg(0)->Arg(1024)->Arg(65536);

void BM_VerifyOnTwoThreads(benchmark::State& state) {
    static const SystemClock clock;
    static const Verifier verifier([](std::string_view) { return kKnown; },
                                   {.region = "us-east-1", .services = {"lambda"}}, clock);
    Request request;
    make_request(request, clock.now(), 1024);
    for (auto _ : state) {
        benchmark::DoNotOptimize(verifier.verify(request.view).has_value());
    }
}
BENCHMARK(BM_VerifyOnTwoThreads)->Threads(2)->UseRealTime();

// An unknown key must not be told from a known one by its time.
void BM_VerifyUnknownKey(benchmark::State& state) {
    const SystemClock clock;
    Request request;
    make_request(request, clock.now(), 1024);
    const Verifier verifier([](std::string_view) { return nullptr; },
                            {.region = "us-east-1", .services = {"lambda"}}, clock);
    for (auto _ : state) {
        benchmark::DoNotOptimize(verifier.verify(request.view).has_value());
    }
}
BENCHMARK(BM_VerifyUnknownKey);

void BM_Sign(benchmark::State& state) {
    Request request;
    make_request(request, SystemClock().now(), 1024);
    request.view.headers = std::span(request.headers).first(8);
    const SigningOptions options{
        .region = "us-east-1", .service = "lambda", .at = SystemClock().now()};
    for (auto _ : state) {
        benchmark::DoNotOptimize(sign(request.view, kCredentials, options));
    }
}
BENCHMARK(BM_Sign);

void BM_Sha256(benchmark::State& state) {
    const std::string text(static_cast<std::size_t>(state.range(0)), 'x');
    for (auto _ : state) {
        benchmark::DoNotOptimize(sha256(text));
    }
}
BENCHMARK(BM_Sha256)->Arg(0)->Arg(1024);

void BM_Hmac(benchmark::State& state) {
    const HmacKey key("secret");
    const std::string text(140, 'x');
    for (auto _ : state) {
        benchmark::DoNotOptimize(key.sign(text));
    }
}
BENCHMARK(BM_Hmac);

}  // namespace
}  // namespace meridian::aws

BENCHMARK_MAIN();
