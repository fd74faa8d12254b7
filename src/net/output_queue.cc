#include "net/output_queue.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace meridian::net {
namespace {

// Copying less than this costs less than a second buffer in the system call.
constexpr std::size_t kCopiedBodyBytesMax = std::size_t{16} * 1024;
constexpr std::size_t kTextBytesMax = std::size_t{64} * 1024;
constexpr std::size_t kTextKeptBytes = std::size_t{16} * 1024;

}  // namespace

std::string& OutputQueue::text() {
    CHECK(body_.empty());
    return text_;
}

void OutputQueue::append_body(std::string body) {
    if (body.size() <= kCopiedBodyBytesMax) {
        text_ += body;
    } else {
        body_ = std::move(body);
    }
}

bool OutputQueue::is_full() const {
    return !body_.empty() || text_.size() >= kTextBytesMax;
}

std::span<const std::string_view> OutputQueue::pieces() {
    const std::size_t from_text = std::min(sent_, text_.size());
    pieces_[0] = std::string_view(text_).substr(from_text);
    pieces_[1] = std::string_view(body_).substr(sent_ - from_text);
    const std::span<const std::string_view> both(pieces_);
    if (pieces_[0].empty()) {
        return both.last(1);
    }
    return pieces_[1].empty() ? both.first(1) : both;
}

void OutputQueue::mark_sent(std::size_t bytes) {
    sent_ += bytes;
    CHECK(sent_ <= text_.size() + body_.size());
    if (!empty()) {
        return;
    }
    sent_ = 0;
    body_ = {};
    text_.clear();
    if (text_.capacity() > kTextKeptBytes) {
        text_.shrink_to_fit();
    }
}

}  // namespace meridian::net
