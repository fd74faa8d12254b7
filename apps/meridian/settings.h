// Settings: environment variables first, then the file of --config, then what the demonstration
// uses.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "backup/backup_settings.h"
#include "base/log.h"
#include "base/result.h"
#include "functions/settings.h"

namespace meridian::app {

// A settings file (TOML), read and checked: every key is known, every value of the right kind.
struct SettingsFile {
    // Those that an environment variable may say as well, by its name.
    std::map<std::string, std::string, std::less<>> variables;
    unsigned threads = 0;              // 0: one a core
    int health_interval_seconds = 30;  // 0: never
    LogLevel log_level = LogLevel::kInfo;
    BackupSettings backup;
};

// An empty path is an empty file. kConfiguration names the file, the line and the key;
// kIo a file that cannot be read.
[[nodiscard]] Result<SettingsFile> read_settings(const std::filesystem::path& file);

// What the demonstration answers where there is no rule: the original design's values.
[[nodiscard]] const std::map<std::string, std::string, std::less<>>& demo_settings();

// Looks settings up in the environment (where an empty one counts as not set), then the file, then
// (when asked) the demonstration's.
[[nodiscard]] functions::SettingSource setting_source(const SettingsFile& file, bool demo);

}  // namespace meridian::app
