#include "aws/service_client.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <system_error>

#include "aws/encoding.h"
#include "aws/timestamp.h"
#include "base/deadline.h"
#include "base/log.h"
#include "net/checksum.h"

namespace meridian::aws {
namespace {

using std::chrono::ceil;
using std::chrono::floor;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// DynamoDB's answers end at 1 MB of items, BatchGetItem's at 16; JSON and base64 on top.
constexpr std::size_t kResponseBytesMax = std::size_t{48} * 1024 * 1024;

// A signature is good for five minutes either way.
constexpr std::chrono::minutes kClockDifferenceMax{4};

std::string_view header(const net::Response& response, std::string_view name) {
    const auto found = std::ranges::find_if(response.headers, [name](const auto& header) {
        return std::ranges::equal(header.first, name, {}, to_lower, to_lower);
    });
    return found == response.headers.end() ? std::string_view() : std::string_view(found->second);
}

template <typename Number>
std::optional<Number> number_in(std::string_view text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size() && !text.empty()
               ? std::optional(number)
               : std::nullopt;
}

bool is_intact(const net::Response& response) {
    const auto told = number_in<std::uint32_t>(header(response, "x-amz-crc32"));
    return !told || *told == net::crc32(response.body);
}

// Why an attempt came to nothing.
struct Failure {
    ServiceError error;
    Fault fault = Fault::kFinal;
    bool may_be_done = false;
    std::optional<milliseconds> wish = {};  // when to come again
    std::optional<Instant> service_time = {};
};

}  // namespace

// One call, from its first attempt to its last.
class ServiceCall {
  public:
    ServiceCall(ServiceClient& client, const ServiceRequest& request)
        : client_(client), request_(request), deadline_(client.limits_.call_timeout) {}

    std::expected<std::string, ServiceError> run() {
        for (;;) {
            auto answer = attempt();
            if (answer) {
                client_.retry_.succeeded(course_);
                return std::move(answer->body);
            }
            auto& failure = answer.error();
            is_repeated_ = is_repeated_ || may_be_done_before_;
            may_be_done_before_ = may_be_done_before_ || failure.may_be_done;
            if (!corrects(failure) && !waits(failure)) {
                return std::unexpected(conclude(std::move(failure)));
            }
        }
    }

  private:
    using Attempt = std::expected<net::Response, Failure>;

    [[nodiscard]] const ServiceIdentity& identity() const { return client_.identity_; }

    // "DynamoDB GetItem in eu-west-1 (dynamodb.eu-west-1.amazonaws.com)".
    [[nodiscard]] std::string subject() const {
        return fmt::format("{} {} in {} ({})", identity().title, request_.operation,
                           identity().region, client_.route_.endpoint.host);
    }
    [[nodiscard]] Failure failed(ErrorCode code, std::string_view what) const {
        return {.error = {.error = {code, fmt::format("{}: {}", subject(), what)}}};
    }

    Attempt attempt() {
        const auto& credentials = client_.route_.credentials;
        if (credentials) {
            auto got = credentials->get();
            if (!got) {
                return std::unexpected(failed(got.error().code, got.error().message));
            }
            credentials_ = *std::move(got);
        }
        const auto left = floor<milliseconds>(*current_deadline() - steady_clock::now());
        if (left <= milliseconds{0}) {
            return std::unexpected(failed(ErrorCode::kUnavailable, "no time was left to ask"));
        }
        auto outcome = client_.pool_.send(prepare(std::min(left, client_.limits_.attempt_timeout)));
        return outcome.response ? judge(*std::move(outcome.response)) : unreachable(outcome);
    }

    net::ClientRequest prepare(milliseconds timeout) const {
        const auto& [endpoint, ca_file, provider] = client_.route_;
        net::ClientRequest request;
        request.host = endpoint.host;
        request.port = endpoint.port;
        request.method = "POST";
        request.target = endpoint.path;
        request.headers = request_.headers;
        request.body = request_.body;
        request.timeout = timeout;
        request.response_bytes_max = kResponseBytesMax;
        request.connect_timeout = client_.limits_.connect_timeout;
        if (endpoint.tls) {
            request.tls = net::ClientTls{ca_file};
        }
        if (credentials_) {
            sign_request(request);
        }
        return request;
    }

    void sign_request(net::ClientRequest& request) const {
        const auto host = net::host_header(request);
        std::vector<std::pair<std::string_view, std::string_view>> headers{{"host", host}};
        headers.insert(headers.end(), request.headers.begin(), request.headers.end());
        SigningOptions options;
        options.region = identity().region;
        options.service = identity().signing_name;
        options.at = client_.tools_.clock.now() + milliseconds(client_.clock_offset_ms_.load());
        for (auto& added : sign({request.method, request.target, headers, request.body},
                                *credentials_, options)) {
            request.headers.push_back(std::move(added));
        }
    }

    Attempt unreachable(const net::ClientPool::Outcome& outcome) const {
        const auto& error = outcome.response.error();
        const bool is_late = error.code == ErrorCode::kTimeout;
        const bool may_be_done = outcome.was_sent;
        auto failure = failed(error.code, error.message);
        if (is_late || error.code == ErrorCode::kUnavailable) {
            failure.fault = is_late ? Fault::kTimeout : Fault::kTransient;
            failure.error.error.code = may_be_done ? ErrorCode::kTimeout : ErrorCode::kUnavailable;
        }
        failure.may_be_done = may_be_done;
        return std::unexpected(std::move(failure));
    }

    Attempt judge(net::Response response) const {
        if (!is_intact(response)) {
            auto failure = failed(ErrorCode::kTimeout,
                                  "the answer was damaged on the way (its CRC-32 is another)");
            failure.fault = Fault::kTransient;
            failure.may_be_done = true;
            return std::unexpected(std::move(failure));
        }
        if (response.status >= 200 && response.status < 300) {
            return response;
        }
        return std::unexpected(refused(std::move(response)));
    }

    Failure refused(net::Response response) const {
        const auto fault = identity().read_fault(response);
        const auto code = code_of(fault, response.status);
        const auto words = words_of(fault);
        const auto mend =
            mend_of(fault, code, {identity().signing_name, request_.operation, identity().region});
        auto failure = failed(
            code, fmt::format("{}{}{}{}{}",
                              fault.type.empty() ? fmt::format("HTTP status {}", response.status)
                                                 : fault.type,
                              words.empty() ? "" : ": ", words, mend.empty() ? "" : "; ", mend));
        failure.fault = classify(response.status, fault.type);
        failure.may_be_done = code == ErrorCode::kTimeout;
        failure.wish = wish_of(response);
        failure.service_time = parse_http_date(header(response, "Date"));
        failure.error.type = fault.type;
        // Errors of signatures repeat the request with its session token.
        failure.error.body = blames_the_clock(fault) ? std::string() : std::move(response.body);
        return failure;
    }

    static std::optional<milliseconds> wish_of(const net::Response& response) {
        const auto wish = number_in<std::uint32_t>(header(response, "x-amz-retry-after"));
        return wish ? std::optional(milliseconds(*wish)) : std::nullopt;
    }

    // Whether what was refused is worth another attempt at once, with what was wrong put right.
    bool corrects(const Failure& failure) {
        const ServiceFault fault{.type = failure.error.type, .message = {}};
        if (blames_the_clock(fault) && !has_set_clock_ && failure.service_time) {
            has_set_clock_ = true;
            return set_clock(*failure.service_time);
        }
        if (blames_the_credentials(fault) && !has_renewed_ && client_.route_.credentials) {
            has_renewed_ = true;
            return client_.route_.credentials->renew(credentials_);
        }
        return false;
    }

    bool set_clock(Instant service_time) {
        const auto offset = service_time - client_.tools_.clock.now();
        const auto before = milliseconds(client_.clock_offset_ms_.load());
        if (std::chrono::abs(offset - before) < kClockDifferenceMax) {
            return false;
        }
        client_.clock_offset_ms_ = offset.count();
        log(LogLevel::kWarn, "aws",
            "{}: this machine's clock is {} s {}; requests are signed with the service's time",
            subject(), std::chrono::abs(floor<std::chrono::seconds>(offset)).count(),
            offset.count() > 0 ? "behind" : "ahead");
        return true;
    }

    // Whether there is to be another attempt; if so, the time for it has come.
    bool waits(const Failure& failure) {
        if (failure.fault == Fault::kFinal) {
            return false;
        }
        const auto delay = client_.retry_.next(course_, failure.fault, failure.wish);
        if (!delay || steady_clock::now() + *delay >= *current_deadline()) {
            return false;
        }
        client_.tools_.sleep(*delay);
        return true;
    }

    ServiceError conclude(Failure failure) const {
        auto& [code, message] = failure.error.error;
        const bool was_nothing_done =
            code == ErrorCode::kUnavailable || code == ErrorCode::kOverloaded;
        if (is_repeated_ && was_nothing_done) {
            code = ErrorCode::kTimeout;
        }
        failure.error.is_repeated = is_repeated_;
        if (course_.attempts > 1) {
            message += fmt::format(" ({} attempts)", course_.attempts);
        }
        return std::move(failure.error);
    }

    ServiceClient& client_;
    const ServiceRequest& request_;
    const ScopedDeadline deadline_;
    RetryPolicy::Course course_;
    SharedCredentials credentials_;  // of the last attempt
    bool may_be_done_before_ = false;
    bool is_repeated_ = false;  // an attempt before the last one may have been carried out
    bool has_set_clock_ = false;
    bool has_renewed_ = false;
};

ServiceClient::ServiceClient(ServiceIdentity identity, Route route, ServiceTools tools,
                             ServiceLimits limits)
    : identity_(std::move(identity)),
      route_(std::move(route)),
      tools_(std::move(tools)),
      limits_(std::move(limits)),
      retry_(limits_.retry, tools_.random),
      pool_(limits_.pool) {}

std::expected<std::string, ServiceError> ServiceClient::call(const ServiceRequest& request) {
    return ServiceCall(*this, request).run();
}

}  // namespace meridian::aws
