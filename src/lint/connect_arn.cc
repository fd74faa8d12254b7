#include "lint/connect_arn.h"

namespace meridian::lint {
namespace {

// The text up to the next separator, which is taken off; all of it when there is none.
std::string_view take(std::string_view& rest, char separator) {
    const auto end = rest.find(separator);
    const auto taken = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return taken;
}

}  // namespace

std::optional<ConnectArn> parse_connect_arn(std::string_view text) {
    const bool is_arn = take(text, ':') == "arn";
    take(text, ':');  // the partition
    const bool is_connect = take(text, ':') == "connect";
    ConnectArn arn;
    arn.region = take(text, ':');
    arn.account = take(text, ':');
    const bool is_of_instance = take(text, '/') == "instance";
    arn.instance = take(text, '/');
    arn.type = take(text, '/');
    const bool is_whole = !arn.region.empty() && !arn.account.empty() && !arn.instance.empty() &&
                          !arn.type.empty() && !text.empty();
    return is_arn && is_connect && is_of_instance && is_whole ? std::optional(arn) : std::nullopt;
}

}  // namespace meridian::lint
