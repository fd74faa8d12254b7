// The [backup] section of the settings file.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string_view>

namespace meridian::app {

struct BackupSettings {
    std::optional<std::chrono::milliseconds> every;  // a backup on a schedule; nothing: none
    std::size_t keep = 7;
    std::filesystem::path folder;  // empty: DATA/backups
    bool continuous = true;
    std::chrono::milliseconds base_every = std::chrono::hours{24};
    std::chrono::milliseconds window = std::chrono::days{35};
};

// "30s", "15m", "24h", "35d". Nothing: it is none, or none of at least a second.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_period(std::string_view text);

}  // namespace meridian::app
