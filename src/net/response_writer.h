// Responses become bytes.
#pragma once

#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>

#include "net/http.h"
#include "net/message_head.h"

namespace meridian::net {

// What the Connection header says: nothing where keeping is HTTP/1.1's default.
enum class Persistence : std::uint8_t { kKeep, kKeepAsHttp10, kClose };

// Whether a response can be sent as it is: a final status, headers without line breaks and without
// those that are the server's own. Anything else is a handler's bug and would split the response.
[[nodiscard]] bool is_sendable(const Response& response);

// How the end of a body is told.
enum class BodyEnd : std::uint8_t { kLength, kChunked, kConnection };

// What the server adds to a response.
struct HeadTerms {
    Persistence persistence = Persistence::kKeep;
    BodyEnd body_end = BodyEnd::kLength;
    std::string_view request_id;
    std::string_view date;  // http_date()'s
};

// Appends status line, headers and the empty line. REQUIRES: is_sendable.
void append_head(std::string& out, const Response& response, const HeadTerms& terms);

// Appends one piece of a chunked body, or nothing for none.
void append_chunk(std::string& out, std::string_view bytes);
// Appends what ends a chunked body.
void append_last_chunk(std::string& out);

// Whether a body may follow the head at all (RFC 9110, 6.4.1).
[[nodiscard]] bool status_has_body(int status);

// {"message":"…"} with the refusal's status and its X-Amzn-ErrorType.
[[nodiscard]] Response refusal_response(const Refusal& refusal);

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7).
[[nodiscard]] std::string http_date(std::time_t time);

}  // namespace meridian::net
