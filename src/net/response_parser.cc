#include "net/response_parser.h"

#include <fmt/core.h>

#include <utility>

namespace meridian::net {
namespace {

constexpr std::size_t kHeadBytesMax = std::size_t{256} * 1024;

}  // namespace

Result<bool> ResponseParser::parse(InputBuffer& input) {
    while (!head_is_read_) {
        const auto has_head = parse_head(input);
        if (!has_head || !*has_head) {
            return has_head;
        }
        head_is_read_ = head_.status >= 200;
    }
    response_.status = head_.status;
    return has_body() ? parse_body(input) : true;
}

Result<bool> ResponseParser::parse_head(InputBuffer& input) {
    const auto head_bytes = find_head(input.bytes(), searched_bytes_);
    if (head_bytes.value_or(input.size()) > kHeadBytesMax) {
        return fail(ErrorCode::kTooLarge, "the response's header is over the limit");
    }
    if (!head_bytes) {
        searched_bytes_ = input.size();
        return false;
    }
    const auto head = read_response_head(input.bytes().substr(0, *head_bytes), headers_);
    if (!head) {
        return fail(ErrorCode::kUnavailable,
                    fmt::format("the peer's response: {}", head.error().message));
    }
    head_ = *head;
    response_.headers.assign(headers_.begin(), headers_.end());
    input.consume(*head_bytes);
    searched_bytes_ = 0;
    return true;
}

Result<bool> ResponseParser::parse_body(InputBuffer& input) {
    if (head_.framing.chunked) {
        return parse_chunks(input);
    }
    const auto length = head_.framing.content_length;
    if (length.value_or(input.size()) > limits_.body_bytes_max) {
        return too_large();
    }
    if (!length || input.size() < *length) {
        return false;
    }
    take_body(input, static_cast<std::size_t>(*length));
    return true;
}

Result<bool> ResponseParser::parse_chunks(InputBuffer& input) {
    switch (decoder_.decode(input, 0)) {
        case ChunkDecoder::Status::kNeedMore:
            return false;
        case ChunkDecoder::Status::kComplete:
            take_body(input, decoder_.body_bytes());
            return true;
        case ChunkDecoder::Status::kTooLarge:
            return too_large();
        case ChunkDecoder::Status::kMalformed:
            break;
    }
    return fail(ErrorCode::kUnavailable, "the peer's response has a malformed chunked body");
}

Result<void> ResponseParser::end(InputBuffer& input) {
    if (!head_is_read_ || !is_delimited_by_end()) {
        return fail(ErrorCode::kUnavailable, "the peer hung up before its response was whole");
    }
    take_body(input, input.size());
    return {};
}

void ResponseParser::take_body(InputBuffer& input, std::size_t bytes) {
    response_.body = std::string(input.bytes().substr(0, bytes));
    input.consume(bytes);
}

bool ResponseParser::has_body() const {
    return !limits_.is_to_head && head_.status != 204 && head_.status != 304;
}

bool ResponseParser::is_delimited_by_end() const {
    return !head_.framing.chunked && !head_.framing.content_length;
}

std::unexpected<Error> ResponseParser::too_large() const {
    return fail(ErrorCode::kTooLarge,
                fmt::format("the response is over {} bytes", limits_.body_bytes_max));
}

}  // namespace meridian::net
