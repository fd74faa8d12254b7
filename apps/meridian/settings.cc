#include "settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>

#include "data_folder.h"

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

namespace meridian::app {
namespace {

enum class Form : std::uint8_t { kText, kList, kPairs };

// What an environment variable may say as well.
struct Key {
    std::string_view section;
    std::string_view name;
    std::string_view variable;
    Form form = Form::kText;
};
constexpr std::array kKeys{
    Key{"routing", "default_contact_flow_id", "DEFAULT_CONTACT_FLOW_ID"},
    Key{"routing", "default_queue_id", "DEFAULT_QUEUE_ID"},
    Key{"routing", "after_hours_flow_id", "AFTER_HOURS_FLOW_ID"},
    Key{"routing", "after_hours_queue_id", "AFTER_HOURS_QUEUE_ID"},
    Key{"routing", "regions", "MERIDIAN_REGIONS", Form::kList},
    Key{"routing", "regions_out_of_service", "MERIDIAN_REGIONS_OUT_OF_SERVICE", Form::kList},
    Key{"routing", "transfer_numbers", "MERIDIAN_TRANSFER_NUMBERS", Form::kPairs},
    Key{"server", "tls_cert", "MERIDIAN_TLS_CERT"},
    Key{"server", "tls_key", "MERIDIAN_TLS_KEY"},
    Key{"server", "tls_ca", "MERIDIAN_TLS_CA"},
    Key{"server", "access_log", "MERIDIAN_ACCESS_LOG"},
    Key{"server", "cors_origins", "MERIDIAN_CORS_ORIGINS", Form::kList},
};

// Reads one file; remembers the first thing that is wrong.
class FileReader {
  public:
    explicit FileReader(const std::filesystem::path& file) : file_(file) {}

    Result<SettingsFile> read() {
        const auto text = read_file(file_);
        if (!text) {
            return std::unexpected(text.error());
        }
        auto parsed = toml::parse(*text, file_.string());
        if (!parsed) {
            const auto& error = parsed.error();
            return fail(ErrorCode::kConfiguration,
                        fmt::format("{}:{}: {}", file_.string(), error.source().begin.line,
                                    error.description()));
        }
        for (const auto& [name, node] : parsed.table()) {
            const auto section = std::string(name.str());
            each_key(section, node, [&](const std::string& key, const toml::node& value) {
                return variable(section, key, value) ? true
                       : section == "server"         ? server(key, value)
                       : section == "health"         ? health(key, value)
                       : section == "log"            ? log(key, value)
                       : section == "backup"         ? backup(key, value)
                                                     : false;
            });
        }
        if (wrong_) {
            return std::unexpected(*wrong_);
        }
        return std::move(result_);
    }

  private:
    void complain(const toml::node& node, std::string_view what) {
        if (!wrong_) {
            wrong_ = Error{ErrorCode::kConfiguration, fmt::format("{}:{}: {}", file_.string(),
                                                                  node.source().begin.line, what)};
        }
    }

    template <typename Visit>
    void each_key(const std::string& section, const toml::node& node, Visit visit) {
        const auto* table = node.as_table();
        if (table == nullptr) {
            complain(node,
                     fmt::format("{} is not in a section; there are [routing], [server], [health], "
                                 "[log] and [backup]",
                                 section));
            return;
        }
        for (const auto& [name, value] : *table) {
            const auto key = std::string(name.str());
            if (!visit(key, value)) {
                complain(value,
                         fmt::format("there is no setting {}.{}; docs/operating.md lists them",
                                     section, key));
            }
        }
    }

    bool variable(const std::string& section, const std::string& name, const toml::node& value) {
        const auto* const key = std::ranges::find_if(kKeys, [&](const Key& known) {
            return known.section == section && known.name == name;
        });
        if (key == kKeys.end()) {
            return false;
        }
        result_.variables[std::string(key->variable)] =
            key->form == Form::kPairs  ? pairs(name, value)
            : key->form == Form::kList ? list(name, value)
                                       : string(name, value);
        return true;
    }

    bool server(const std::string& key, const toml::node& value) {
        if (key != "threads") {
            return false;
        }
        result_.threads = static_cast<unsigned>(integer(key, value, 0, 1024));
        return true;
    }

    bool health(const std::string& key, const toml::node& value) {
        if (key != "interval_seconds") {
            return false;
        }
        result_.health_interval_seconds = static_cast<int>(integer(key, value, 0, 86'400));
        return true;
    }

    bool log(const std::string& key, const toml::node& value) {
        if (key != "level") {
            return false;
        }
        constexpr std::array<std::pair<std::string_view, LogLevel>, 4> kLevels{
            {{"debug", LogLevel::kDebug},
             {"info", LogLevel::kInfo},
             {"warn", LogLevel::kWarn},
             {"error", LogLevel::kError}}};
        const auto text = string(key, value);
        for (const auto& [name, level] : kLevels) {
            if (text == name) {
                result_.log_level = level;
                return true;
            }
        }
        complain(value, "level must be debug, info, warn or error");
        return true;
    }

    bool backup(const std::string& key, const toml::node& value) {
        auto& backup = result_.backup;
        if (key == "every") {
            backup.every = duration(key, value);
        } else if (key == "keep") {
            backup.keep = static_cast<std::size_t>(integer(key, value, 1, 10'000));
        } else if (key == "folder") {
            backup.folder = string(key, value);
        } else if (key == "continuous") {
            backup.continuous = boolean(key, value);
        } else if (key == "base_every") {
            backup.base_every = duration(key, value);
        } else if (key == "window") {
            backup.window = duration(key, value);
        } else {
            return false;
        }
        return true;
    }

    bool boolean(const std::string& key, const toml::node& node) {
        const auto value = node.value_exact<bool>();
        if (!value) {
            complain(node, fmt::format("{} must be true or false", key));
        }
        return value.value_or(false);
    }

    std::chrono::milliseconds duration(const std::string& key, const toml::node& node) {
        const auto value = parse_period(node.value_exact<std::string>().value_or(""));
        if (!value) {
            complain(node,
                     fmt::format("{} must be a time as \"30s\", \"15m\", \"24h\" or \"35d\"", key));
        }
        return value.value_or(std::chrono::hours{24});
    }

    std::string string(const std::string& key, const toml::node& node) {
        const auto text = node.value_exact<std::string>();
        if (!text) {
            complain(node, fmt::format("{} must be a text in quotes", key));
        }
        return text.value_or("");
    }

    std::int64_t integer(const std::string& key, const toml::node& node, std::int64_t low,
                         std::int64_t high) {
        const auto number = node.value_exact<std::int64_t>();
        if (!number || *number < low || *number > high) {
            complain(node, fmt::format("{} must be a whole number from {} to {}", key, low, high));
            return low;
        }
        return *number;
    }

    std::string list(const std::string& key, const toml::node& node) {
        std::string joined;
        const auto* array = node.as_array();
        if (array == nullptr) {
            complain(node,
                     fmt::format("{} must be a list, as in [\"us-east-1\", \"eu-west-1\"]", key));
            return joined;
        }
        for (const auto& element : *array) {
            joined += (joined.empty() ? "" : ",") + string(key, element);
        }
        return joined;
    }

    std::string pairs(const std::string& key, const toml::node& node) {
        std::string joined;
        const auto* table = node.as_table();
        if (table == nullptr) {
            complain(node,
                     fmt::format("{} must be a table, as in {{eu-west-1 = \"+3531234567\"}}", key));
            return joined;
        }
        for (const auto& [region, number] : *table) {
            joined += fmt::format("{}{}={}", joined.empty() ? "" : ",", region.str(),
                                  string(key, number));
        }
        return joined;
    }

    const std::filesystem::path& file_;
    SettingsFile result_;
    std::optional<Error> wrong_;
};

std::optional<std::string> look_up(const std::map<std::string, std::string, std::less<>>& map,
                                   std::string_view name) {
    const auto found = map.find(name);
    return found == map.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace

Result<SettingsFile> read_settings(const std::filesystem::path& file) {
    return file.empty() ? Result<SettingsFile>(SettingsFile{}) : FileReader(file).read();
}

const std::map<std::string, std::string, std::less<>>& demo_settings() {
    static const std::map<std::string, std::string, std::less<>> settings{
        {"DEFAULT_CONTACT_FLOW_ID", "default-flow-id"},
        {"DEFAULT_QUEUE_ID", "default-queue-id"},
        {"AFTER_HOURS_FLOW_ID", "after-hours-flow-id"},
        {"AFTER_HOURS_QUEUE_ID", "after-hours-queue-id"},
    };
    return settings;
}

functions::SettingSource setting_source(const SettingsFile& file, bool demo) {
    return [variables = file.variables, demo](std::string_view name) -> std::optional<std::string> {
        // NOLINTNEXTLINE(concurrency-mt-unsafe): the environment is read before threads start
        const char* value = std::getenv(std::string(name).c_str());
        if (value != nullptr && *value != '\0') {
            return std::string(value);
        }
        auto found = look_up(variables, name);
        return found || !demo ? found : look_up(demo_settings(), name);
    };
}

}  // namespace meridian::app
