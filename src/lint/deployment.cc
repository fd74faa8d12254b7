#include "lint/deployment.h"

#include "base/check.h"

namespace meridian::lint {
namespace {

constexpr std::size_t kDigitsMax = 18;  // powers of ten up to it fit 64 bits

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

}  // namespace

Deployment::Deployment(const Options& options)
    : regions_(options.regions), numbers_(options.numbers) {
    CHECK(numbers_.digits_max <= kDigitsMax);
    std::ranges::sort(regions_);
    const auto repeated = std::ranges::unique(regions_);
    regions_.erase(repeated.begin(), repeated.end());
}

std::optional<std::size_t> Deployment::digits_of(std::string_view text) const {
    if (!text.starts_with('+')) {
        return std::nullopt;
    }
    text.remove_prefix(1);
    if (text.starts_with('0') || text.size() > numbers_.digits_max ||
        !std::ranges::all_of(text, is_digit)) {
        return std::nullopt;
    }
    return text.size();
}

bool Deployment::may_be_dialled(std::string_view text) const {
    return !text.starts_with('+') || digits_of(text).value_or(0) >= numbers_.digits_min;
}

bool looks_like_a_number(std::string_view text) {
    constexpr std::string_view kBetween = " -()./+\t";
    return std::ranges::any_of(text, is_digit) && std::ranges::all_of(text, [&](char c) {
               return is_digit(c) || kBetween.find(c) != std::string_view::npos;
           });
}

}  // namespace meridian::lint
