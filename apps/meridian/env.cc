// `meridian env`: what AWS tools need to talk to a region here.

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "base/log.h"
#include "commands.h"
#include "data_folder.h"

namespace meridian::app {
namespace {

// One word of a shell's command, whatever is in it: the credentials may be anybody's.
std::string shell_word(std::string_view text) {
    std::string word = "'";
    for (const char c : text) {
        word += c == '\'' ? "'\\''" : std::string(1, c);
    }
    return word + "'";
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
    fmt::print(
        "export AWS_ACCESS_KEY_ID={}\n"
        "export AWS_SECRET_ACCESS_KEY={}\n"
        "export AWS_REGION={}\n"
        "export AWS_DEFAULT_REGION={}\n"
        "export AWS_ENDPOINT_URL=http://{}:{}\n"
        "unset AWS_SESSION_TOKEN AWS_PROFILE\n"
        "# aws-cli before 2.13 and boto3 before 1.28 don't read AWS_ENDPOINT_URL: give them "
        "--endpoint-url \"$AWS_ENDPOINT_URL\"\n",
        shell_word(credentials->access_key_id), shell_word(credentials->secret_access_key),
        shell_word(region->region), shell_word(region->region), region->host, region->port);
    return finish_output();
}

}  // namespace meridian::app
