#include "aws/metadata_http.h"

#include <algorithm>

#include "base/deadline.h"
#include "net/client.h"

namespace meridian::aws {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

MetadataHttp::MetadataHttp(Endpoint endpoint, std::string ca_file, ServiceTools tools)
    : endpoint_(std::move(endpoint)), ca_file_(std::move(ca_file)), tools_(std::move(tools)) {}

Result<net::Response> MetadataHttp::send(const MetadataRequest& request, const Patience& patience) {
    constexpr std::size_t kResponseBytesMax = std::size_t{256} * 1024;
    RetryPolicy retry({.attempts_max = patience.attempts_max}, tools_.random);
    RetryPolicy::Course course;
    for (;;) {
        net::ClientRequest asked;
        asked.host = endpoint_.host;
        asked.port = endpoint_.port;
        asked.method = request.method;
        asked.target = request.target;
        asked.headers = request.headers;
        asked.timeout =
            std::max(milliseconds{1}, std::chrono::floor<milliseconds>(
                                          deadline_within(patience.timeout) - steady_clock::now()));
        asked.response_bytes_max = kResponseBytesMax;
        if (endpoint_.tls) {
            asked.tls = net::ClientTls{ca_file_};
        }
        auto response = net::send(asked);
        if (response && response->status < 500) {
            return response;
        }
        const auto delay = retry.next(course, Fault::kTransient);
        const auto deadline = current_deadline();
        if (!delay || (deadline && steady_clock::now() + *delay >= *deadline)) {
            return response ? std::move(response)
                            : fail(ErrorCode::kUnavailable, response.error().message);
        }
        tools_.sleep(*delay);
    }
}

}  // namespace meridian::aws
