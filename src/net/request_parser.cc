#include "net/request_parser.h"

#include <utility>

namespace meridian::net {

RequestParser::Status RequestParser::parse(InputBuffer& input, Request& request) {
    if (!head_is_read()) {
        if (const Status status = parse_head(input, request); status != Status::kComplete) {
            return status;
        }
    }
    if (const Status status = parse_body(input); status != Status::kComplete) {
        return status;
    }
    if (input.data() != head_place_) {
        if (const Status status = read_head(input, request); status != Status::kComplete) {
            return status;
        }
    }
    request.body = input.bytes().substr(head_bytes_, body_bytes_);
    return Status::kComplete;
}

RequestParser::Status RequestParser::parse_head(InputBuffer& input, Request& request) {
    const auto head_bytes = find_head(input.bytes(), searched_bytes_);
    if (head_bytes.value_or(input.size()) > limits_.header_bytes_max) {
        return refuse(431, "The request's header is over the limit.");
    }
    if (!head_bytes) {
        if (!may_become_head(input.bytes(), searched_bytes_)) {
            return refuse(400, "The message head is malformed.");
        }
        searched_bytes_ = input.size();
        return Status::kNeedMore;
    }
    head_bytes_ = *head_bytes;
    if (const Status status = read_head(input, request); status != Status::kComplete) {
        return status;
    }
    if (head_.framing.content_length.value_or(0) > limits_.body_bytes_max) {
        return refuse(413, "The request's body is over the limit.");
    }
    expectation_open_ = head_.expects_continue;
    return Status::kComplete;
}

RequestParser::Status RequestParser::read_head(InputBuffer& input, Request& request) {
    auto head = read_request_head(input.bytes().substr(0, head_bytes_), request.headers);
    if (!head) {
        refusal_ = std::move(head.error());
        return Status::kRefused;
    }
    head_ = *head;
    head_place_ = input.data();
    request.method = head_.method;
    request.target = head_.target;
    return Status::kComplete;
}

RequestParser::Status RequestParser::parse_body(InputBuffer& input) {
    if (!head_.framing.chunked) {
        body_bytes_ = static_cast<std::size_t>(head_.framing.content_length.value_or(0));
        return input.size() - head_bytes_ >= body_bytes_ ? Status::kComplete : Status::kNeedMore;
    }
    switch (decoder_.decode(input, head_bytes_)) {
        case ChunkDecoder::Status::kNeedMore:
            return Status::kNeedMore;
        case ChunkDecoder::Status::kComplete:
            body_bytes_ = decoder_.body_bytes();
            return Status::kComplete;
        case ChunkDecoder::Status::kTooLarge:
            return refuse(413, "The request's body is over the limit.");
        case ChunkDecoder::Status::kMalformed:
            break;
    }
    return refuse(400, "The chunked body is malformed.");
}

bool RequestParser::take_expectation() {
    return head_is_read() && std::exchange(expectation_open_, false);
}

void RequestParser::next() {
    searched_bytes_ = 0;
    head_bytes_ = 0;
    body_bytes_ = 0;
    head_place_ = nullptr;
    head_ = {};
    decoder_ = ChunkDecoder(limits_.body_bytes_max);
    expectation_open_ = false;
}

RequestParser::Status RequestParser::refuse(int status, const char* message) {
    refusal_ = Refusal{status, message};
    return Status::kRefused;
}

}  // namespace meridian::net
