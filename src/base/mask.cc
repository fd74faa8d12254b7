#include "base/mask.h"

#include <algorithm>

namespace meridian {
namespace {

constexpr std::size_t kShownFront = 5;
constexpr std::size_t kShownBack = 2;
constexpr std::size_t kDigitsOfNumberMin = 7;
constexpr std::size_t kLogBytesMax = 64;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

}  // namespace

std::string mask_number(std::string_view number) {
    const auto shown = number.substr(0, kLogBytesMax);
    const auto front = std::min(kShownFront, shown.size() / 3);
    const auto back = std::min(kShownBack, shown.size() / 6);
    std::string masked(shown);
    for (std::size_t i = 0; i < masked.size(); ++i) {
        if (i >= front && i < masked.size() - back) {
            masked[i] = '*';
        } else if (masked[i] < ' ' || masked[i] > '~') {
            masked[i] = '?';
        }
    }
    return masked;
}

std::string mask_numbers_in(std::string_view text) {
    std::string masked;
    masked.reserve(text.size());
    for (std::size_t i = 0; i < text.size();) {
        std::size_t end = i + (text[i] == '+' ? 1 : 0);
        const std::size_t first_digit = end;
        while (end < text.size() && is_digit(text[end])) {
            ++end;
        }
        if (end - first_digit >= kDigitsOfNumberMin) {
            masked += mask_number(text.substr(i, end - i));
            i = end;
        } else {
            end = std::max(end, i + 1);
            masked += text.substr(i, end - i);
            i = end;
        }
    }
    return masked;
}

}  // namespace meridian
