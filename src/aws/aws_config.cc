#include "aws/aws_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <system_error>
#include <utility>

#include "aws/encoding.h"
#include "aws/text_file.h"

namespace meridian::aws {
namespace {

// Whose endpoints may be set one by one: the names in the environment and in [services].
struct ServiceName {
    const char* variable;
    std::string_view name;
};
constexpr ServiceName kServices[] = {
    {"AWS_ENDPOINT_URL_DYNAMODB", "dynamodb"}, {"AWS_ENDPOINT_URL_KINESIS", "kinesis"},
    {"AWS_ENDPOINT_URL_SNS", "sns"},           {"AWS_ENDPOINT_URL_STS", "sts"},
    {"AWS_ENDPOINT_URL_CONNECT", "connect"},   {"AWS_ENDPOINT_URL_ROUTE_53", "route_53"},
};

std::filesystem::path file_path(const Environment& environment, const char* variable,
                                std::string_view name) {
    const auto home = environment("HOME").value_or("");
    auto path = environment(variable).value_or(fmt::format("~/.aws/{}", name));
    if (path.starts_with("~/")) {
        return home.empty() ? std::filesystem::path()
                            : std::filesystem::path(home) / path.substr(2);
    }
    return path;
}

class SettingsReader {
  public:
    SettingsReader(const Environment& environment, const SettingsChoice& choice)
        : environment_(environment), choice_(choice) {
        settings_.environment = environment;
    }

    Result<AwsSettings> read() {
        for (auto step : {&SettingsReader::read_files, &SettingsReader::choose_profile,
                          &SettingsReader::read_values, &SettingsReader::read_endpoints}) {
            if (auto done = (this->*step)(); !done) {
                return std::unexpected(std::move(done.error()));
            }
        }
        settings_.profiles = std::move(text_.profiles);
        return std::move(settings_);
    }

  private:
    Result<void> read_files() {
        const auto config = file_path(environment_, "AWS_CONFIG_FILE", "config");
        const auto credentials =
            file_path(environment_, "AWS_SHARED_CREDENTIALS_FILE", "credentials");
        settings_.files =
            fmt::format("{} and {}", config.empty() ? "~/.aws/config" : config.string(),
                        credentials.empty() ? "~/.aws/credentials" : credentials.string());
        auto done = read_file(config, ConfigKind::kConfig);
        return done ? read_file(credentials, ConfigKind::kCredentials) : done;
    }

    Result<void> read_file(const std::filesystem::path& file, ConfigKind kind) {
        std::error_code ignored;
        if (file.empty() || !std::filesystem::exists(file, ignored)) {
            return {};
        }
        const auto text = read_text_file(file, "settings");
        return text ? read_config_text(*text, file.string(), kind, text_)
                    : std::unexpected(text.error());
    }

    Result<void> choose_profile() {
        const auto named = environment_("AWS_PROFILE");
        settings_.profile_is_chosen = !choice_.profile.empty();
        settings_.profile =
            settings_.profile_is_chosen ? choice_.profile : named.value_or("default");
        if ((settings_.profile_is_chosen || named) && !text_.profiles.contains(settings_.profile)) {
            return fail(
                ErrorCode::kConfiguration,
                fmt::format("there is no profile '{}' in {}; name one of those in there ({})",
                            settings_.profile, settings_.files,
                            settings_.profile_is_chosen ? "--profile" : "AWS_PROFILE"));
        }
        return {};
    }

    Result<void> read_values() {
        settings_.region = choice_.region;
        if (settings_.region.empty()) {
            settings_.region = environment_("AWS_REGION").value_or("");
        }
        if (settings_.region.empty()) {
            settings_.region = value("AWS_DEFAULT_REGION", "region");
        }
        settings_.ca_bundle = value("AWS_CA_BUNDLE", "ca_bundle");
        const auto fips = truth("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint");
        const auto dual = truth("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint");
        if (!fips || !dual) {
            return std::unexpected(fips ? dual.error() : fips.error());
        }
        settings_.use_fips = *fips;
        settings_.use_dual_stack = *dual;
        return read_attempts();
    }

    Result<void> read_attempts() {
        constexpr int kAttemptsMax = 100;
        const auto text = value("AWS_MAX_ATTEMPTS", "max_attempts");
        if (text.empty()) {
            return {};
        }
        int number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error != std::errc{} || end != text.data() + text.size() || number < 1 ||
            number > kAttemptsMax) {
            return wrong("AWS_MAX_ATTEMPTS", "max_attempts", "a number from 1 to 100");
        }
        settings_.attempts_max = number;
        return {};
    }

    Result<void> read_endpoints() {
        if (!choice_.endpoint_url.empty()) {
            settings_.endpoint_urls[""] = choice_.endpoint_url;
            return {};
        }
        const auto ignored =
            truth("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls");
        if (!ignored || *ignored) {
            return ignored ? Result<void>() : std::unexpected(ignored.error());
        }
        const auto of_environment = environment_("AWS_ENDPOINT_URL");
        settings_.endpoint_urls[""] = value("AWS_ENDPOINT_URL", "endpoint_url");
        const auto services = text_.services.find(profile_value("services"));
        for (const auto& [variable, name] : kServices) {
            if (const auto own = environment_(variable)) {
                settings_.endpoint_urls[std::string(name)] = *own;
            } else if (!of_environment && services != text_.services.end()) {
                const auto nested = services->second.find(fmt::format("{}.endpoint_url", name));
                if (nested != services->second.end()) {
                    settings_.endpoint_urls[std::string(name)] = nested->second.value;
                }
            }
        }
        return {};
    }

    // Of the environment, or else the profile.
    [[nodiscard]] std::string value(const char* variable, std::string_view name) const {
        return environment_(variable).value_or(profile_value(name));
    }
    [[nodiscard]] std::string profile_value(std::string_view name) const {
        const auto profile = text_.profiles.find(settings_.profile);
        if (profile == text_.profiles.end()) {
            return {};
        }
        const auto setting = profile->second.find(name);
        return setting == profile->second.end() ? std::string() : setting->second.value;
    }

    [[nodiscard]] Result<bool> truth(const char* variable, std::string_view name) const {
        auto text = value(variable, name);
        std::ranges::transform(text, text.begin(), to_lower);
        if (text.empty() || text == "false") {
            return false;
        }
        return text == "true" ? Result<bool>(true) : wrong(variable, name, "true or false");
    }
    [[nodiscard]] std::unexpected<Error> wrong(const char* variable, std::string_view name,
                                               std::string_view what) const {
        const auto source = environment_(variable)
                                ? std::string(variable)
                                : fmt::format("{} of the profile '{}' in {}", name,
                                              settings_.profile, settings_.files);
        return fail(ErrorCode::kConfiguration, fmt::format("{} must be {}", source, what));
    }

    const Environment& environment_;
    const SettingsChoice& choice_;
    ConfigText text_;
    AwsSettings settings_;
};

}  // namespace

std::string_view AwsSettings::endpoint_url(std::string_view service) const {
    auto found = endpoint_urls.find(service);
    if (found == endpoint_urls.end()) {
        found = endpoint_urls.find(std::string_view());
    }
    return found == endpoint_urls.end() ? std::string_view() : std::string_view(found->second);
}

std::string_view AwsSettings::profile_setting(std::string_view profile_name,
                                              std::string_view name) const {
    const auto section = profiles.find(profile_name);
    if (section == profiles.end()) {
        return {};
    }
    const auto setting = section->second.find(name);
    return setting == section->second.end() ? std::string_view()
                                            : std::string_view(setting->second.value);
}

Result<AwsSettings> read_aws_settings(const Environment& environment,
                                      const SettingsChoice& choice) {
    return SettingsReader(environment, choice).read();
}

}  // namespace meridian::aws
