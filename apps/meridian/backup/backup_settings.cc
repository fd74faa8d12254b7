#include "backup/backup_settings.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

namespace meridian::app {

std::optional<std::chrono::milliseconds> parse_period(std::string_view text) {
    using namespace std::chrono;
    constexpr std::array<std::pair<char, seconds>, 4> kUnits{
        {{'s', seconds{1}}, {'m', minutes{1}}, {'h', hours{1}}, {'d', days{1}}}};
    constexpr std::uint32_t kMost = 100'000;
    std::uint32_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc() || end + 1 != text.data() + text.size() || count == 0 ||
        count > kMost) {
        return std::nullopt;
    }
    for (const auto& [letter, unit] : kUnits) {
        if (*end == letter) {
            return unit * count;
        }
    }
    return std::nullopt;
}

}  // namespace meridian::app
