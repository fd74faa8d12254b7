// How a region's server talks to its clients, beyond the address: TLS, web pages, the access log.
#pragma once

#include <filesystem>

#include "api/cors.h"
#include "base/result.h"
#include "commands.h"
#include "functions/settings.h"
#include "net/server.h"
#include "tls_files.h"

namespace meridian::app {

struct ServerSettings {
    TlsFiles tls;
    std::filesystem::path access_log;  // "-": standard output; empty: none is kept
    api::Cors cors;
};

// How a server listens by those settings; what differs from one kind to the other is left to it.
[[nodiscard]] net::ServerOptions listening_options(const ServeOptions& options,
                                                   const ServerSettings& settings,
                                                   unsigned threads);

// Options of the command line go before settings. Where no CA is given, the certificate vouches for
// itself. kConfiguration: one of certificate and key without the other, or an origin that is none.
[[nodiscard]] Result<ServerSettings> read_server_settings(
    const TlsFiles& tls_options, const std::filesystem::path& access_log_option,
    const functions::SettingSource& settings);

}  // namespace meridian::app
