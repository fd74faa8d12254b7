// HTTP messages as plain values: what handlers see of a request, and what they answer.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace meridian::net {

using Header = std::pair<std::string_view, std::string_view>;

// Views into the connection's buffer. The request and what it views live until the handler's Reply
// is called (or dropped).
struct Request {
    std::string_view method;
    std::string_view target;  // path and query as sent
    std::vector<Header> headers;
    std::string_view body;  // as sent: undoing a Content-Encoding is the handler's (net/gzip.h)
    std::string_view peer;  // "127.0.0.1:50312"
    bool peer_is_loopback = false;
    std::string_view id;  // the request's own: a UUID, answered as x-amzn-RequestId

    // The first header of that name (any case), or nothing but an empty view.
    [[nodiscard]] std::string_view header(std::string_view name) const;
};

class BodyStream;

struct Response {
    int status = 200;
    std::vector<std::pair<std::string, std::string>> headers =
        {};  // not Content-Length, Date, Connection or x-amzn-RequestId: the server's
    std::string body = {};
    // The rest of the body, sent as it is written; none: `body` is all. See body_stream.h.
    std::shared_ptr<BodyStream> stream = nullptr;
};

// Sends the response. Call it once, from any thread, now or later; dropped without a call, the
// client gets a 500.
using Reply = std::move_only_function<void(Response)>;

// Called on one of the server's threads; must not block.
using Handler = std::function<void(const Request&, Reply)>;

}  // namespace meridian::net
