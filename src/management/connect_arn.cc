#include "management/connect_arn.h"

#include <algorithm>
#include <cstddef>

#include "connect/contact_event.h"

namespace meridian::management {
namespace {

constexpr std::size_t kAccountDigits = 12;

// The text up to the next separator, which is taken off; all of it when there is none.
std::string_view take(std::string_view& rest, char separator) {
    const auto end = rest.find(separator);
    const auto taken = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return taken;
}

bool is_partition(std::string_view text) {
    return text == "aws" ||
           (text.starts_with("aws-") && text.size() > 4 &&
            std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || c == '-'; }));
}

bool is_account(std::string_view text) {
    return text.size() == kAccountDigits &&
           std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_word(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}

}  // namespace

std::optional<ConnectArn> parse_connect_arn(std::string_view text) {
    ConnectArn arn;
    if (take(text, ':') != "arn") {
        return std::nullopt;
    }
    arn.partition = take(text, ':');
    const auto service = take(text, ':');
    arn.region = take(text, ':');
    arn.account = take(text, ':');
    const auto resource = take(text, '/');
    arn.instance = take(text, '/');
    arn.type = take(text, '/');
    arn.id = text;
    const bool is_whole = is_partition(arn.partition) && service == "connect" &&
                          connect::is_region_name(arn.region) && is_account(arn.account) &&
                          resource == "instance" && is_word(arn.instance) && is_word(arn.type) &&
                          is_word(arn.id);
    return is_whole ? std::optional(arn) : std::nullopt;
}

}  // namespace meridian::management
