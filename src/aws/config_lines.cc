#include "aws/config_lines.h"

#include <algorithm>

#include "aws/encoding.h"

namespace meridian::aws {

ConfigLines::ConfigLines(std::string_view text) : text_(text) {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    next_ = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
}

std::string_view ConfigLines::take() {
    const auto end = std::min(text_.find('\n', next_), text_.size());
    auto line = text_.substr(next_, end - next_);
    if (line.ends_with('\r')) {
        line.remove_suffix(1);
    }
    next_ = std::min(end + 1, text_.size());
    indentation_ = std::min(line.find_first_not_of(" \t"), line.size());
    return trim(line);
}

bool is_comment(std::string_view line) {
    return line.empty() || line.front() == '#' || line.front() == ';';
}

bool is_printable(std::string_view text) {
    return std::ranges::none_of(
        text, [](char c) { return (c >= 0 && c < ' ' && c != '\t') || c == '\x7f'; });
}

}  // namespace meridian::aws
