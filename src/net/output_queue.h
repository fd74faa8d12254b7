// Bytes on their way out of a connection.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace meridian::net {

// Small responses gather in one text, so that those to pipelined requests leave in one write; one
// large body may stand behind them without having been copied.
class OutputQueue {
  public:
    // For appending. REQUIRES: no large body stands behind it.
    [[nodiscard]] std::string& text();
    // REQUIRES: a response's head has just been appended to text().
    void append_body(std::string body);

    [[nodiscard]] bool empty() const { return sent_ == text_.size() + body_.size(); }
    // Nothing more should be appended before some of it has been sent.
    [[nodiscard]] bool is_full() const;

    // What remains to be sent, valid until the next change. REQUIRES: !empty().
    [[nodiscard]] std::span<const std::string_view> pieces();
    void mark_sent(std::size_t bytes);

  private:
    std::string text_;
    std::string body_;
    std::size_t sent_ = 0;
    std::string_view pieces_[2];
};

}  // namespace meridian::net
