#include "aws/config_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "aws/config_lines.h"
#include "aws/encoding.h"

namespace meridian::aws {
namespace {

std::string lower(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(), to_lower);
    return result;
}

// Without a comment that stands behind it.
std::string_view without_comment(std::string_view text) {
    for (std::size_t at = 1; at < text.size(); ++at) {
        if ((text[at] == '#' || text[at] == ';') && (text[at - 1] == ' ' || text[at - 1] == '\t')) {
            return trim(text.substr(0, at));
        }
    }
    return text;
}

std::string_view without_quotes(std::string_view name) {
    const bool is_quoted = name.size() >= 2 && name.front() == name.back() &&
                           (name.front() == '"' || name.front() == '\'');
    return is_quoted ? name.substr(1, name.size() - 2) : name;
}

// "profile NAME" → NAME; nothing: another word stands in front.
std::string_view name_behind(std::string_view word, std::string_view heading) {
    if (!heading.starts_with(word)) {
        return {};
    }
    const auto rest = heading.substr(word.size());
    return rest.starts_with(' ') || rest.starts_with('\t') ? without_quotes(trim(rest))
                                                           : std::string_view{};
}

class Reader {
  public:
    Reader(std::string_view file_name, ConfigKind kind, ConfigText& into)
        : file_name_(file_name), kind_(kind), into_(into) {}

    Result<void> take(std::string_view line, std::size_t indentation) {
        ++line_;
        if (is_comment(line)) {
            return {};
        }
        if (!is_printable(line)) {
            return wrong("a control character");
        }
        if (setting_ != nullptr && indentation > indentation_) {
            return take_indented(line);
        }
        return line.front() == '[' ? start_section(line) : take_setting(line, indentation);
    }

  private:
    std::unexpected<Error> wrong(std::string_view what) const {
        return fail(ErrorCode::kConfiguration, fmt::format("{}:{}: {}", file_name_, line_, what));
    }

    Result<void> start_section(std::string_view line) {
        const auto end = line.find(']');
        const auto heading = trim(line.substr(1, end == std::string_view::npos ? 0 : end - 1));
        if (heading.empty() || !is_comment(trim(line.substr(end + 1)))) {
            return wrong("a section's line must look like [name]");
        }
        section_ = find_section(heading);
        setting_ = nullptr;
        return {};
    }

    Section* find_section(std::string_view heading) {
        if (kind_ == ConfigKind::kCredentials || heading == "default") {
            return &into_.profiles[std::string(heading)];
        }
        if (const auto name = name_behind("profile", heading); !name.empty()) {
            return &into_.profiles[std::string(name)];
        }
        if (const auto name = name_behind("services", heading); !name.empty()) {
            return &into_.services[std::string(name)];
        }
        passed_over_.clear();
        return &passed_over_;
    }

    Result<void> take_setting(std::string_view line, std::size_t indentation) {
        if (section_ == nullptr) {
            return wrong("a setting before the first [section]");
        }
        auto named = split(line);
        if (!named) {
            return std::unexpected(std::move(named.error()));
        }
        indentation_ = indentation;
        name_ = std::move(named->first);
        setting_ = &(*section_)[name_];
        *setting_ = std::move(named->second);
        return {};
    }

    // Below a setting without a value: one of its own. Below one with a value: more of it.
    Result<void> take_indented(std::string_view line) {
        if (!setting_->value.empty()) {
            setting_->value += '\n';
            setting_->value += line;
            return {};
        }
        auto named = split(line);
        if (!named) {
            return std::unexpected(std::move(named.error()));
        }
        (*section_)[name_ + "." + named->first] = std::move(named->second);
        return {};
    }

    Result<std::pair<std::string, Setting>> split(std::string_view line) const {
        const auto equals = line.find('=');
        if (equals == std::string_view::npos || equals == 0) {
            return wrong("expected 'name = value'");
        }
        return std::pair(
            lower(trim(line.substr(0, equals))),
            Setting{std::string(without_comment(trim(line.substr(equals + 1)))), line_});
    }

    std::string_view file_name_;
    ConfigKind kind_;
    ConfigText& into_;
    Section passed_over_;
    Section* section_ = nullptr;
    Setting* setting_ = nullptr;  // the last one that wasn't indented deeper than another
    std::string name_;            // its
    std::size_t indentation_ = 0;
    int line_ = 0;
};

}  // namespace

Result<void> read_config_text(std::string_view text, std::string_view file_name, ConfigKind kind,
                              ConfigText& into) {
    Reader reader(file_name, kind, into);
    for (ConfigLines lines(text); !lines.at_end();) {
        const auto line = lines.take();
        if (auto taken = reader.take(line, lines.indentation()); !taken) {
            return taken;
        }
    }
    return {};
}

}  // namespace meridian::aws
