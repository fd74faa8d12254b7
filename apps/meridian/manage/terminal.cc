#include "manage/terminal.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <utility>

namespace meridian::app {
namespace {

struct Range {
    char32_t first;
    char32_t last;
};
// Unicode 15: marks that take no column of their own, and the blocks whose characters take two
// (East_Asian_Width W and F).
constexpr std::array kMarks{Range{0x0300, 0x036F}, Range{0x0483, 0x0489}, Range{0x0591, 0x05BD},
                            Range{0x064B, 0x065F}, Range{0x0E34, 0x0E3A}, Range{0x1AB0, 0x1AFF},
                            Range{0x200B, 0x200F}, Range{0x20D0, 0x20FF}, Range{0x302A, 0x302D},
                            Range{0xFE00, 0xFE0F}, Range{0xFE20, 0xFE2F}, Range{0xE0100, 0xE01EF}};
constexpr std::array kWide{
    Range{0x1100, 0x115F},   Range{0x2E80, 0x303E},   Range{0x3041, 0x33FF},
    Range{0x3400, 0x4DBF},   Range{0x4E00, 0x9FFF},   Range{0xA000, 0xA4CF},
    Range{0xA960, 0xA97F},   Range{0xAC00, 0xD7A3},   Range{0xF900, 0xFAFF},
    Range{0xFE30, 0xFE6F},   Range{0xFF00, 0xFF60},   Range{0xFFE0, 0xFFE6},
    Range{0x1F300, 0x1F64F}, Range{0x1F680, 0x1F6FF}, Range{0x1F900, 0x1F9FF},
    Range{0x20000, 0x3FFFD}};

template <std::size_t N>
bool is_in(const std::array<Range, N>& ranges, char32_t c) {
    return std::ranges::any_of(ranges, [c](const Range& r) { return c >= r.first && c <= r.last; });
}

std::size_t columns_of(char32_t c) {
    if (c < 0x300) {
        return 1;
    }
    return is_in(kMarks, c) ? 0 : is_in(kWide, c) ? 2 : 1;
}

// The character that begins at `at`, which moves behind it.
char32_t next_character(std::string_view text, std::size_t& at) {
    const auto first = static_cast<unsigned char>(text[at++]);
    if (first < 0xC0) {
        return first;
    }
    const int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
    auto c = static_cast<char32_t>(first & (0x3F >> more));
    for (int i = 0; i < more && at < text.size(); ++i) {
        c = (c << 6) | (static_cast<unsigned char>(text[at++]) & 0x3FU);
    }
    return c;
}

bool wants_colour() {
    static const bool wants = [] {
        const char* none = std::getenv("NO_COLOR");  // NOLINT(concurrency-mt-unsafe): not changed
        return is_terminal(STDOUT_FILENO) && (none == nullptr || *none == '\0');
    }();
    return wants;
}

}  // namespace

bool is_terminal(int fd) {
    return isatty(fd) == 1;
}

std::size_t output_columns() {
    winsize size{};
    if (!is_terminal(STDOUT_FILENO)) {
        return 0;
    }
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
        return size.ws_col;
    }
    return 80;
}

std::size_t display_columns(std::string_view text) {
    std::size_t columns = 0;
    for (std::size_t at = 0; at < text.size();) {
        columns += columns_of(next_character(text, at));
    }
    return columns;
}

std::string cut_to(std::string_view text, std::size_t columns) {
    if (display_columns(text) <= columns) {
        return std::string(text);
    }
    std::size_t used = 0;
    std::size_t end = 0;
    for (std::size_t at = 0; at < text.size(); end = at) {
        used += columns_of(next_character(text, at));
        if (used + 1 > columns) {
            break;
        }
    }
    return columns == 0 ? std::string() : std::string(text.substr(0, end)) + "…";
}

std::string painted(std::string_view text, Paint paint) {
    constexpr std::array<std::string_view, 6> kCodes{"0", "31", "32", "33", "1", "2"};
    if (paint == Paint::kPlain || !wants_colour()) {
        return std::string(text);
    }
    return fmt::format("\x1B[{}m{}\x1B[0m", kCodes[static_cast<std::size_t>(paint)], text);
}

bool confirm(std::string_view question) {
    std::fflush(stdout);
    std::fputs(fmt::format("{} [y/N] ", question).c_str(), stderr);
    std::string answer;
    std::getline(std::cin, answer);
    return answer == "y" || answer == "Y" || answer == "yes" || answer == "Yes";
}

}  // namespace meridian::app
