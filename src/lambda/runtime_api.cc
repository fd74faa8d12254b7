#include "lambda/runtime_api.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <thread>
#include <utility>

#include "base/json_text.h"
#include "base/log.h"
#include "net/grammar.h"

namespace meridian::lambda {
namespace {

using std::chrono::milliseconds;

constexpr int kTriesMax = 20;
constexpr int kPostTriesMax = 4;
constexpr milliseconds kPauseFirst{10};
constexpr milliseconds kPauseLongest{1'000};
// An event of 6 MB, with room for what a service puts around it.
constexpr std::size_t kEventBytesMax = std::size_t{8} * 1024 * 1024;

// Growing pauses between tries that fail.
class Backoff {
  public:
    Backoff(const Pause& pause, int tries_max) : pause_(pause), tries_max_(tries_max) {}

    // False: that was the last try.
    bool wait() {
        if (++tries_ >= tries_max_) {
            return false;
        }
        pause_(next_);
        next_ = std::min(next_ * 2, kPauseLongest);
        return true;
    }
    void start_again() {
        tries_ = 0;
        next_ = kPauseFirst;
    }

  private:
    const Pause& pause_;
    const int tries_max_;
    int tries_ = 0;
    milliseconds next_ = kPauseFirst;
};

std::string header(const net::Response& response, std::string_view name) {
    const auto found = std::ranges::find_if(response.headers, [name](const auto& field) {
        return net::equal_ignoring_case(field.first, name);
    });
    return found == response.headers.end() ? std::string() : found->second;
}

std::optional<Instant> deadline_of(const net::Response& response) {
    const auto text = header(response, "Lambda-Runtime-Deadline-Ms");
    std::int64_t ms = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), ms);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return Instant(milliseconds(ms));
}

bool is_request_id(std::string_view text) {
    return !text.empty() && text.size() <= 256 && std::ranges::all_of(text, [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
    });
}

// Nothing: the answer is no invocation.
std::optional<Invocation> invocation_of(net::Response response) {
    auto id = header(response, "Lambda-Runtime-Aws-Request-Id");
    if (response.status != 200 || !is_request_id(id)) {
        return std::nullopt;
    }
    return Invocation{.request_id = std::move(id),
                      .function_arn = header(response, "Lambda-Runtime-Invoked-Function-Arn"),
                      .trace_id = header(response, "Lambda-Runtime-Trace-Id"),
                      .deadline = deadline_of(response),
                      .payload = std::move(response.body)};
}

std::unexpected<RuntimeFailure> over(std::string message) {
    return std::unexpected(RuntimeFailure{RuntimeFailure::Kind::kOver, std::move(message)});
}

}  // namespace

Pause real_pause() {
    return [](milliseconds time) { std::this_thread::sleep_for(time); };
}

std::string to_json(const FunctionError& error) {
    std::string json = R"({"errorMessage":)";
    append_json_text(error.message, json);
    json += R"(,"errorType":)";
    append_json_text(error.type, json);
    return json + R"(,"stackTrace":[]})";
}

Result<RuntimeAddress> parse_runtime_address(std::string_view text) {
    const auto colon = text.rfind(':');
    auto host = text.substr(0, colon);
    std::uint16_t port = 80;
    bool is_good = !host.empty() && host.find_first_of("/ \t\r\n") == std::string_view::npos;
    if (colon != std::string_view::npos) {
        const std::string digits(text.substr(colon + 1));
        const auto* end = digits.data() + digits.size();
        const auto parsed = std::from_chars(digits.data(), end, port);
        is_good = is_good && parsed.ec == std::errc{} && parsed.ptr == end && port != 0;
    }
    if (!is_good) {
        return fail(
            ErrorCode::kConfiguration,
            "AWS_LAMBDA_RUNTIME_API is not set to the runtime API's host:port: this program "
            "is started by AWS Lambda, or by a program that stands in for it");
    }
    return RuntimeAddress{std::string(host), port};
}

RuntimeApi::RuntimeApi(RuntimeAddress address, const Clock& clock, Pause pause)
    : address_(std::move(address)), clock_(clock), pause_(std::move(pause)) {}

net::ClientRequest RuntimeApi::request(std::string method, std::string path) const {
    return {.host = address_.host,
            .port = address_.port,
            .method = std::move(method),
            .target = "/2018-06-01/runtime" + std::move(path),
            .timeout = std::nullopt,
            .response_bytes_max = kEventBytesMax};
}

FromRuntime<Invocation> RuntimeApi::next() {
    const auto wanted = request("GET", "/invocation/next");
    Backoff backoff(pause_, kTriesMax);
    for (;;) {
        const auto began = clock_.monotonic();
        auto answer = client_.send(wanted);
        if (answer && answer->status >= 500) {
            return over(fmt::format("the runtime API answered {} to /next", answer->status));
        }
        std::string why =
            answer ? fmt::format("status {}", answer->status) : answer.error().message;
        if (answer) {
            if (auto invocation = invocation_of(std::move(*answer))) {
                return *std::move(invocation);
            }
        }
        log(LogLevel::kWarn, "runtime", "no invocation from the runtime API: {}", why);
        if (clock_.monotonic() - began > kPauseLongest) {
            backoff.start_again();  // it waited for an event; that is no failing API
        }
        if (!backoff.wait()) {
            return over(fmt::format("the runtime API gives no invocations: {}", why));
        }
    }
}

FromRuntime<void> RuntimeApi::respond(std::string_view request_id, std::string answer) {
    return post(fmt::format("/invocation/{}/response", request_id), {}, std::move(answer));
}

FromRuntime<void> RuntimeApi::report(std::string_view request_id, std::string_view type,
                                     std::string body) {
    return post(fmt::format("/invocation/{}/error", request_id), type, std::move(body));
}

FromRuntime<void> RuntimeApi::report_start(const FunctionError& error) {
    return post("/init/error", error.type, to_json(error));
}

FromRuntime<void> RuntimeApi::post(std::string target, std::string_view error_type,
                                   std::string body) {
    using Kind = RuntimeFailure::Kind;
    auto wanted = request("POST", std::move(target));
    wanted.headers.emplace_back("Content-Type", "application/json");
    if (!error_type.empty()) {
        wanted.headers.emplace_back("Lambda-Runtime-Function-Error-Type", error_type);
    }
    wanted.body = std::move(body);
    Backoff backoff(pause_, kPostTriesMax);
    auto answer = client_.send(wanted);
    while (!answer && answer.error().code == ErrorCode::kUnavailable && backoff.wait()) {
        answer = client_.send(wanted);
    }
    if (!answer) {
        return std::unexpected(RuntimeFailure{Kind::kRefused, answer.error().message});
    }
    if (answer->status < 300) {
        return {};
    }
    auto message = fmt::format("the runtime API answered {} to {}", answer->status, wanted.target);
    return std::unexpected(RuntimeFailure{answer->status >= 500   ? Kind::kOver
                                          : answer->status == 413 ? Kind::kTooLarge
                                                                  : Kind::kRefused,
                                          std::move(message)});
}

}  // namespace meridian::lambda
