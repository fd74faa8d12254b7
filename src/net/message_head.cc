#include "net/message_head.h"

#include <fmt/core.h>

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <charconv>

#include "net/grammar.h"

namespace meridian::net {
namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;
using BeastView = boost::beast::string_view;

constexpr std::size_t kHeadersMax = 256;
constexpr std::string_view kHeadEnd = "\r\n\r\n";

std::string_view to_view(BeastView text) {
    return {text.data(), text.size()};
}

std::unexpected<Refusal> refuse(int status, std::string message) {
    return std::unexpected(Refusal{status, std::move(message)});
}

std::optional<std::uint64_t> parse_length(std::string_view text) {
    std::uint64_t length = 0;
    const char* const first = text.data();
    const char* const last = first + text.size();
    const auto [end, code] = std::from_chars(first, last, length);
    if (code != std::errc{} || end != last) {
        return std::nullopt;
    }
    return length;
}

// Beast checks the grammar of lines and lists; this adds what Beast leaves to its user. It is given
// one complete head, so its views stay valid and its body states are never entered.
template <bool kIsRequest>
class HeadReader final : public http::basic_parser<kIsRequest> {
  public:
    HeadReader(std::string_view head, std::vector<Header>& headers)
        : head_(head), headers_(headers) {
        headers_.clear();
        this->header_limit(static_cast<std::uint32_t>(head.size() + 1));
        this->body_limit(boost::none);
    }

    // What is wrong with the head, or nothing.
    std::optional<Refusal> read() {
        error_code code;
        const std::size_t used =
            this->put(boost::asio::const_buffer(head_.data(), head_.size()), code);
        if (refusal_) {
            return refusal_;
        }
        if (code || used != head_.size()) {
            return Refusal{400, fmt::format("The message head is malformed: {}.",
                                            code ? code.message() : "it ends early")};
        }
        return std::nullopt;
    }

    std::string_view method;
    std::string_view target;
    std::string_view host;
    bool expects_continue = false;
    int version = 0;
    int status = 0;
    std::size_t hosts = 0;
    Framing framing;

  private:
    void on_request_impl(http::verb, BeastView method_text, BeastView target_text, int http_version,
                         error_code&) override {
        method = to_view(method_text);
        target = to_view(target_text);
        version = http_version;
    }

    void on_response_impl(int code, BeastView, int http_version, error_code&) override {
        status = code;
        version = http_version;
    }

    void on_field_impl(http::field field, BeastView name_text, BeastView value_text,
                       error_code& code) override {
        const std::string_view name = to_view(name_text);
        const std::string_view value = to_view(value_text);
        if (is_folded(name, value)) {
            return fail(code, 400, "A header must not continue on a second line.");
        }
        if (headers_.size() == kHeadersMax) {
            return fail(code, 431, fmt::format("More than {} headers.", kHeadersMax));
        }
        headers_.emplace_back(name, value);
        switch (field) {
            case http::field::host:
                ++hosts;
                host = value;
                break;
            case http::field::expect:
                if (!equal_ignoring_case(value, "100-continue")) {
                    return fail(code, 417, "Only the expectation 100-continue is known.");
                }
                expects_continue = true;
                break;
            case http::field::content_length:
                return on_content_length(value, code);
            case http::field::transfer_encoding:
                return on_transfer_encoding(value, code);
            default:
                break;
        }
    }

    // Beast joins folded lines in memory of its own, or skips an empty first line.
    [[nodiscard]] bool is_folded(std::string_view name, std::string_view value) const {
        const char* const first = name.data() + name.size();
        const char* const last = value.data();
        if (last < first || last > head_.data() + head_.size()) {
            return true;
        }
        return std::string_view(first, last).find('\r') != std::string_view::npos;
    }

    void on_content_length(std::string_view value, error_code& code) {
        const auto length = parse_length(value);
        if (!length || framing.content_length || framing.chunked) {
            return fail(code, 400, "Content-Length must be one number, given once, and alone.");
        }
        framing.content_length = length;
    }

    void on_transfer_encoding(std::string_view value, error_code& code) {
        if (!equal_ignoring_case(value, "chunked") || framing.content_length || framing.chunked ||
            version < 11) {
            return fail(code, 400,
                        "Transfer-Encoding must be \"chunked\", in HTTP/1.1, given once, without "
                        "Content-Length.");
        }
        framing.chunked = true;
    }

    void fail(error_code& code, int status_code, std::string message) {
        refusal_ = Refusal{status_code, std::move(message)};
        code = http::error::bad_field;
    }

    void on_header_impl(error_code&) override {}
    void on_finish_impl(error_code&) override {}
    void on_body_init_impl(boost::optional<std::uint64_t> const&, error_code&) override {}
    std::size_t on_body_impl(BeastView, error_code&) override { return 0; }
    void on_chunk_header_impl(std::uint64_t, BeastView, error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, BeastView, error_code&) override { return 0; }

    std::string_view head_;
    std::vector<Header>& headers_;
    std::optional<Refusal> refusal_;
};

// The path form of a target: "/…" as it is, "*" for OPTIONS, and an absolute "http://host/…" when
// it names the host that the Host header names (RFC 9112, 3.2). Nothing: refused.
std::optional<std::string_view> path_form(std::string_view method, std::string_view target,
                                          std::string_view host) {
    if (!is_target(target)) {
        return std::nullopt;
    }
    if (target.front() == '/') {
        return target;
    }
    if (target == "*") {
        return method == "OPTIONS" ? std::optional(target) : std::nullopt;
    }
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (!equal_ignoring_case(target.substr(0, scheme.size()), scheme)) {
            continue;
        }
        target.remove_prefix(scheme.size());
        const std::size_t path = target.find('/');
        if (path != std::string_view::npos && equal_ignoring_case(target.substr(0, path), host)) {
            return target.substr(path);
        }
        return std::nullopt;
    }
    return std::nullopt;
}

bool is_host(std::string_view host) {
    return host.find_first_of(" \t,/\\@?#\"") == std::string_view::npos;
}

}  // namespace

std::optional<std::size_t> find_head(std::string_view bytes, std::size_t searched) {
    const std::size_t from = searched > kHeadEnd.size() ? searched - kHeadEnd.size() : 0;
    const std::size_t end = bytes.find(kHeadEnd, from);
    return end == std::string_view::npos ? std::nullopt : std::optional(end + kHeadEnd.size());
}

bool may_become_head(std::string_view bytes, std::size_t searched) {
    for (std::size_t i = searched; i < bytes.size(); ++i) {
        const bool stray_newline = bytes[i] == '\n' && (i == 0 || bytes[i - 1] != '\r');
        if (stray_newline || bytes[i] == '\0') {
            return false;
        }
    }
    return bytes.empty() || is_token(bytes.substr(0, 1));
}

std::expected<RequestHead, Refusal> read_request_head(std::string_view head,
                                                      std::vector<Header>& headers) {
    HeadReader<true> reader(head, headers);
    if (auto refusal = reader.read()) {
        return std::unexpected(*std::move(refusal));
    }
    if (reader.hosts > 1 || (reader.hosts == 0 && reader.version == 11) || !is_host(reader.host)) {
        return refuse(400, "One valid Host header is required.");
    }
    const auto target = path_form(reader.method, reader.target, reader.host);
    if (!target) {
        return refuse(400, "The request target must be a path.");
    }
    return RequestHead{.method = reader.method,
                       .target = *target,
                       .is_head = reader.method == "HEAD",
                       .is_http10 = reader.version == 10,
                       .keep_alive = reader.keep_alive(),
                       .expects_continue = reader.expects_continue && reader.version == 11,
                       .framing = reader.framing};
}

std::expected<ResponseHead, Refusal> read_response_head(std::string_view head,
                                                        std::vector<Header>& headers) {
    HeadReader<false> reader(head, headers);
    if (auto refusal = reader.read()) {
        return std::unexpected(*std::move(refusal));
    }
    return ResponseHead{
        .status = reader.status, .keep_alive = reader.keep_alive(), .framing = reader.framing};
}

}  // namespace meridian::net
