// What AWS's two files of settings have in common: lines, comments, blanks.
#pragma once

#include <cstddef>
#include <string_view>

namespace meridian::aws {

// A text line by line, without a byte order mark, line ends, or blanks at either end of a line.
class ConfigLines {
  public:
    explicit ConfigLines(std::string_view text);

    [[nodiscard]] bool at_end() const { return next_ == text_.size(); }
    // Where the next line starts.
    [[nodiscard]] std::size_t position() const { return next_; }
    // REQUIRES: !at_end().
    std::string_view take();
    // How many blanks the line that was taken last began with.
    [[nodiscard]] std::size_t indentation() const { return indentation_; }

  private:
    std::string_view text_;
    std::size_t next_;
    std::size_t indentation_ = 0;
};

// Empty, or starts with '#' or ';'.
[[nodiscard]] bool is_comment(std::string_view line);
// No control characters but tabs.
[[nodiscard]] bool is_printable(std::string_view text);

}  // namespace meridian::aws
