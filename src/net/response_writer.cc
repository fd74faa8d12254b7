#include "net/response_writer.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <boost/beast/http/status.hpp>
#include <iterator>

#include "base/result.h"
#include "net/grammar.h"

namespace meridian::net {
namespace {

bool is_servers_own(std::string_view name) {
    constexpr std::string_view kOwn[] = {"Content-Length", "Connection", "Date",
                                         "Transfer-Encoding", "x-amzn-RequestId"};
    return std::ranges::any_of(
        kOwn, [&](std::string_view own) { return equal_ignoring_case(own, name); });
}

void append_number(std::string& out, std::size_t number) {
    const fmt::format_int digits(number);
    out.append(digits.data(), digits.size());
}

void append_status_line(std::string& out, int status) {
    if (status == 200) {
        out += "HTTP/1.1 200 OK\r\n";
        return;
    }
    const auto reason = boost::beast::http::obsolete_reason(
        boost::beast::http::int_to_status(static_cast<unsigned>(status)));
    out += "HTTP/1.1 ";
    append_number(out, static_cast<std::size_t>(status));
    out += ' ';
    out.append(reason.data(), reason.size());
    out += "\r\n";
}

void append_body_end(std::string& out, BodyEnd body_end, std::size_t body_bytes) {
    switch (body_end) {
        case BodyEnd::kLength:
            out += "Content-Length: ";
            append_number(out, body_bytes);
            out += "\r\n";
            break;
        case BodyEnd::kChunked:
            out += "Transfer-Encoding: chunked\r\n";
            break;
        case BodyEnd::kConnection:
            break;
    }
}

// By the names that the same faults have when a handler finds them (base/errors.def).
std::string_view error_type(int status) {
    switch (status) {
        case 408:
            return "RequestTimeoutException";
        case 413:
        case 431:
            return info(ErrorCode::kTooLarge).aws_type;
        case 500:
            return info(ErrorCode::kIo).aws_type;
        case 503:
            return info(ErrorCode::kUnavailable).aws_type;
        case 504:
            return info(ErrorCode::kTimeout).aws_type;
        default:
            return info(ErrorCode::kInvalidInput).aws_type;
    }
}

}  // namespace

bool status_has_body(int status) {
    return status != 204 && status != 304;
}

bool is_sendable(const Response& response) {
    return response.status >= 200 && response.status <= 599 &&
           std::ranges::all_of(response.headers, [](const auto& header) {
               return is_token(header.first) && is_field_value(header.second) &&
                      !is_servers_own(header.first);
           });
}

void append_head(std::string& out, const Response& response, const HeadTerms& terms) {
    append_status_line(out, response.status);
    for (const auto& [name, value] : response.headers) {
        out += name;
        out += ": ";
        out += value;
        out += "\r\n";
    }
    if (status_has_body(response.status)) {
        append_body_end(out, terms.body_end, response.body.size());
    }
    out += "x-amzn-RequestId: ";
    out += terms.request_id;
    out += "\r\nDate: ";
    out += terms.date;
    switch (terms.persistence) {
        case Persistence::kKeep:
            out += "\r\n\r\n";
            break;
        case Persistence::kKeepAsHttp10:
            out += "\r\nConnection: keep-alive\r\n\r\n";
            break;
        case Persistence::kClose:
            out += "\r\nConnection: close\r\n\r\n";
            break;
    }
}

void append_chunk(std::string& out, std::string_view bytes) {
    if (!bytes.empty()) {
        fmt::format_to(std::back_inserter(out), "{:x}\r\n", bytes.size());
        out += bytes;
        out += "\r\n";
    }
}

void append_last_chunk(std::string& out) {
    out += "0\r\n\r\n";
}

Response refusal_response(const Refusal& refusal) {
    std::string body = R"({"message":")";
    for (const char c : refusal.message) {
        if (c == '"' || c == '\\') {
            body += '\\';
        }
        body += c;
    }
    body += "\"}";
    return {.status = refusal.status,
            .headers = {{"Content-Type", "application/json"},
                        {"X-Amzn-ErrorType", std::string(error_type(refusal.status))}},
            .body = std::move(body)};
}

std::string http_date(std::time_t time) {
    return fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(time));
}

}  // namespace meridian::net
