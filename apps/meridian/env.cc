// `meridian env`: what AWS tools need to talk to a region here.

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "base/log.h"
#include "commands.h"
#include "data_folder.h"
#include "region_list.h"

namespace meridian::app {
namespace {

// As one word of a shell, whatever is in it.
std::string shell_quoted(std::string_view text) {
    std::string quoted = "'";
    for (const char c : text) {
        quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
    return quoted + "'";
}

}  // namespace

int run_env(const EnvOptions& options) {
    start_log("env", LogLevel::kWarn);
    const auto folder = data_folder(options.data);
    if (!folder) {
        return report(folder.error());
    }
    const auto region = find_region(*folder, options.region);
    if (!region) {
        return report(region.error());
    }
    const auto credentials = read_credentials(*folder);
    if (!credentials) {
        return report(credentials.error());
    }
    const auto exported = [](std::string_view name, std::string_view value) {
        fmt::print("export {}={}\n", name, shell_quoted(value));
    };
    exported("AWS_ACCESS_KEY_ID", credentials->access_key_id);
    exported("AWS_SECRET_ACCESS_KEY", credentials->secret_access_key);
    if (credentials->session_token.empty()) {
        fmt::print("unset AWS_SESSION_TOKEN\n");
    } else {
        exported("AWS_SESSION_TOKEN", credentials->session_token);
    }
    exported("AWS_REGION", region->region);
    exported("AWS_DEFAULT_REGION", region->region);
    exported("AWS_ENDPOINT_URL", url_of(*region));
    if (region->tls) {
        exported("AWS_CA_BUNDLE", region->ca_file);
        exported("NODE_EXTRA_CA_CERTS", region->ca_file);
    }
    fmt::print(
        "unset AWS_PROFILE\n"
        "# aws-cli before 2.13 and boto3 before 1.28 don't read AWS_ENDPOINT_URL: give them "
        "--endpoint-url \"$AWS_ENDPOINT_URL\"\n");
    return finish_output();
}

}  // namespace meridian::app
