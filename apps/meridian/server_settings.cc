#include "server_settings.h"

#include <fmt/format.h>

#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace meridian::app {
namespace {

std::filesystem::path file_of(const std::filesystem::path& option, const char* variable,
                              const functions::SettingSource& settings) {
    return option.empty() ? std::filesystem::path(settings(variable).value_or("")) : option;
}

// Also for those who read the path from another folder.
std::filesystem::path made_absolute(const std::filesystem::path& file) {
    std::error_code error;
    auto result = file.empty() ? file : std::filesystem::absolute(file, error);
    return error ? file : result;
}

Result<TlsFiles> read_tls(const TlsFiles& options, const functions::SettingSource& settings) {
    TlsFiles files{made_absolute(file_of(options.certificate, "MERIDIAN_TLS_CERT", settings)),
                   made_absolute(file_of(options.key, "MERIDIAN_TLS_KEY", settings)),
                   made_absolute(file_of(options.ca, "MERIDIAN_TLS_CA", settings))};
    if (files.certificate.empty() != files.key.empty()) {
        return fail(ErrorCode::kConfiguration,
                    fmt::format("TLS takes a certificate and its key: {} is missing",
                                files.key.empty() ? "--tls-key (MERIDIAN_TLS_KEY)"
                                                  : "--tls-cert (MERIDIAN_TLS_CERT)"));
    }
    if (files.ca.empty()) {
        files.ca = files.certificate;
    }
    return files;
}

Result<api::Cors> read_cors(const functions::SettingSource& settings) {
    auto cors =
        api::Cors::of(functions::comma_separated(settings("MERIDIAN_CORS_ORIGINS").value_or("")));
    return cors ? std::move(cors)
                : fail(ErrorCode::kConfiguration,
                       fmt::format("MERIDIAN_CORS_ORIGINS: {}", cors.error().message));
}

}  // namespace

Result<ServerSettings> read_server_settings(const TlsFiles& tls_options,
                                            const std::filesystem::path& access_log_option,
                                            const functions::SettingSource& settings) {
    auto tls = read_tls(tls_options, settings);
    auto cors = read_cors(settings);
    if (!tls || !cors) {
        return std::unexpected(tls ? cors.error() : tls.error());
    }
    return ServerSettings{std::move(*tls),
                          file_of(access_log_option, "MERIDIAN_ACCESS_LOG", settings),
                          std::move(*cors)};
}

net::ServerOptions listening_options(const ServeOptions& options, const ServerSettings& settings,
                                     unsigned threads) {
    net::ServerOptions wanted;
    wanted.address = options.address;
    wanted.port = options.port;
    wanted.threads = threads;
    if (settings.tls.is_on()) {
        wanted.tls = {settings.tls.certificate.string(), settings.tls.key.string()};
    }
    return wanted;
}

}  // namespace meridian::app
