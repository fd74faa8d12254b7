#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "aws/config_lines.h"
#include "aws/credentials.h"
#include "aws/encoding.h"

namespace meridian::aws {
namespace {

constexpr std::string_view kRole = "meridian_role";

// The name in a line of the form [name]; empty: it is none.
std::string_view profile_in(std::string_view line) {
    return line.starts_with('[') && line.ends_with(']') ? trim(line.substr(1, line.size() - 2))
                                                        : std::string_view{};
}

// Takes the lines of a credentials file one after the other.
class Parser {
  public:
    explicit Parser(std::string_view file_name) : file_name_(file_name) {}

    Result<void> take(std::string_view line) {
        ++line_;
        if (is_comment(line)) {
            return {};
        }
        if (!is_printable(line)) {
            return wrong("a control character");
        }
        return line.front() == '[' ? start_profile(line) : take_setting(line);
    }

    Result<Profiles> finish() {
        if (const auto whole = finish_profile(); !whole) {
            return std::unexpected(whole.error());
        }
        return std::move(profiles_);
    }

  private:
    std::unexpected<Error> wrong(std::string_view what) const {
        return fail(ErrorCode::kConfiguration, fmt::format("{}:{}: {}", file_name_, line_, what));
    }

    Result<void> start_profile(std::string_view text) {
        if (const auto whole = finish_profile(); !whole) {
            return whole;
        }
        const auto name = profile_in(text);
        if (name.empty()) {
            return wrong("a profile's line must look like [name]");
        }
        if (!names_.emplace(name).second) {
            return wrong(fmt::format("a second profile named '{}'", name));
        }
        name_ = name;
        profile_.line = line_;
        return {};
    }

    Result<void> take_setting(std::string_view text) {
        const auto equals = text.find('=');
        if (equals == std::string_view::npos) {
            return wrong("expected 'name = value'");
        }
        if (!name_) {
            return wrong("a setting before the first [profile]");
        }
        const auto name = trim(text.substr(0, equals));
        const auto value = trim(text.substr(equals + 1));
        auto& [id, secret, token, expires] = profile_.credentials;
        std::string* place = name == "aws_access_key_id"       ? &id
                             : name == "aws_secret_access_key" ? &secret
                             : name == "aws_session_token"     ? &token
                                                               : nullptr;
        if ((place != nullptr && !place->empty()) || (name == kRole && profile_.role)) {
            return wrong(fmt::format("a second '{}' in the profile '{}'", name, *name_));
        }
        if (place != nullptr) {
            *place = value;
        } else if (name == kRole) {
            profile_.role = {std::string(value), line_};
        }
        return {};
    }

    Result<void> finish_profile() {
        const bool has_id = !profile_.credentials.access_key_id.empty();
        const bool has_secret = !profile_.credentials.secret_access_key.empty();
        if (name_ && has_id != has_secret) {
            line_ = profile_.line;
            return wrong(fmt::format("the profile '{}' has no {}", *name_,
                                     has_id ? "aws_secret_access_key" : "aws_access_key_id"));
        }
        if (name_ && has_id) {
            profiles_.emplace(*name_, std::move(profile_));
        }
        profile_ = {};
        return {};
    }

    std::string_view file_name_;
    int line_ = 0;
    std::optional<std::string> name_;
    Profile profile_;  // so far
    Profiles profiles_;
    std::set<std::string, std::less<>> names_;
};

// Where a profile stands in a text: from its [name] to its last setting. Nothing: there is none.
struct Place {
    std::size_t start = 0;
    std::size_t end = 0;
};
std::optional<Place> find_profile(std::string_view text, std::string_view name) {
    std::optional<Place> found;
    for (ConfigLines lines(text); !lines.at_end();) {
        const auto start = lines.position();
        const auto line = lines.take();
        if (line.starts_with('[') && found) {
            break;
        }
        if (profile_in(line) == name && !name.empty()) {
            found = {start, lines.position()};
        } else if (found && !is_comment(line)) {
            found->end = lines.position();
        }
    }
    return found;
}

bool is_storable(std::string_view value) {
    return is_printable(value) && trim(value) == value;
}

bool is_storable(std::string_view name, const Profile& profile) {
    const auto& [id, secret, token, expires] = profile.credentials;
    return is_storable(name) && !name.empty() && !name.contains(']') && is_storable(id) &&
           !id.empty() && is_storable(secret) && !secret.empty() && is_storable(token) &&
           (!profile.role || is_storable(profile.role->value));
}

std::string render(std::string_view name, const Profile& profile) {
    const auto& [id, secret, token, expires] = profile.credentials;
    auto text =
        fmt::format("[{}]\naws_access_key_id = {}\naws_secret_access_key = {}\n", name, id, secret);
    if (!token.empty()) {
        text += fmt::format("aws_session_token = {}\n", token);
    }
    if (profile.role) {
        text += fmt::format("{} = {}\n", kRole, profile.role->value);
    }
    return text;
}

}  // namespace

Result<Profiles> parse_credentials(std::string_view text, std::string_view file_name) {
    Parser parser(file_name);
    for (ConfigLines lines(text); !lines.at_end();) {
        if (const auto taken = parser.take(lines.take()); !taken) {
            return std::unexpected(taken.error());
        }
    }
    return parser.finish();
}

Result<std::string> with_profile(std::string_view text, std::string_view file_name,
                                 std::string_view name, const Profile& profile) {
    if (const auto sound = parse_credentials(text, file_name); !sound) {
        return std::unexpected(sound.error());
    }
    if (!is_storable(name, profile)) {
        return fail(ErrorCode::kInvalidInput,
                    "A profile needs a name, an access key id and a secret, without line breaks, "
                    "control characters or blanks at either end.");
    }
    if (find_profile(text, name)) {
        return fail(ErrorCode::kInvalidInput,
                    fmt::format("{} has a profile '{}' already", file_name, name));
    }
    std::string result(text);
    if (!result.empty() && !result.ends_with('\n')) {
        result += '\n';
    }
    return result + render(name, profile);
}

Result<std::string> without_profile(std::string_view text, std::string_view file_name,
                                    std::string_view name) {
    if (const auto sound = parse_credentials(text, file_name); !sound) {
        return std::unexpected(sound.error());
    }
    const auto place = find_profile(text, name);
    if (!place) {
        return fail(ErrorCode::kInvalidInput,
                    fmt::format("{} has no profile '{}'", file_name, name));
    }
    return std::string(text).erase(place->start, place->end - place->start);
}

}  // namespace meridian::aws
