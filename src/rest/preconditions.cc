#include "rest/preconditions.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

#include "rest/headers.h"

namespace meridian::rest {
namespace {

constexpr std::string_view kIfMatch = "If-Match";
constexpr std::string_view kIfNoneMatch = "If-None-Match";
// Each alternative is an attempt to write.
constexpr std::size_t kTagsMax = 16;

struct Tag {
    std::string opaque;  // between the quotes
    bool is_weak = false;
};

struct Tags {
    bool any = false;  // "*"
    std::vector<Tag> tags;
};

std::optional<std::int64_t> version_of(const Tag& tag) {
    std::int64_t version = 0;
    const auto* end = tag.opaque.data() + tag.opaque.size();
    const auto [rest, error] = std::from_chars(tag.opaque.data(), end, version);
    return error == std::errc{} && rest == end &&
                   entity_tag(version) == fmt::format("\"{}\"", tag.opaque)
               ? std::optional(version)
               : std::nullopt;
}

// Takes one tag from the front. Nothing: there is none.
std::optional<Tag> take_tag(std::string_view& text) {
    Tag tag;
    tag.is_weak = text.starts_with("W/");
    auto rest = text.substr(tag.is_weak ? 2 : 0);
    const auto end = rest.starts_with('"') ? rest.find('"', 1) : std::string_view::npos;
    if (end == std::string_view::npos) {
        return std::nullopt;
    }
    tag.opaque = rest.substr(1, end - 1);
    text = rest.substr(end + 1);
    return tag;
}

std::unexpected<Error> wrong_form(std::string_view header) {
    return fail(
        ErrorCode::kInvalidInput,
        fmt::format(
            R"({} is * or a version in quotes as ETag has it, as in "3"; of several, at most {}, with commas between)",
            header, kTagsMax));
}

// Nothing: there is no such header.
Result<std::optional<Tags>> tags_of(const Request& request, std::string_view header) {
    const auto joined = joined_header(request, header);
    if (!joined) {
        return std::nullopt;
    }
    Tags tags;
    std::string_view text = trim(*joined);
    if (text == "*") {
        tags.any = true;
        return tags;
    }
    bool needs_comma = false;
    while (!text.empty()) {
        if (text.front() == ' ' || text.front() == '\t' || text.front() == ',') {
            needs_comma = needs_comma && text.front() != ',';
            text.remove_prefix(1);
            continue;
        }
        const auto tag = needs_comma ? std::nullopt : take_tag(text);
        if (!tag || tags.tags.size() == kTagsMax) {
            return wrong_form(header);
        }
        tags.tags.push_back(*tag);
        needs_comma = true;
    }
    return tags.tags.empty() ? Result<std::optional<Tags>>(wrong_form(header)) : tags;
}

}  // namespace

std::string entity_tag(std::int64_t version) {
    return fmt::format("\"{}\"", version);
}

Result<std::vector<management::Expected>> expected_of_write(const Request& request) {
    const auto match = tags_of(request, kIfMatch);
    const auto none_match = tags_of(request, kIfNoneMatch);
    if (!match || !none_match) {
        return std::unexpected(match ? none_match.error() : match.error());
    }
    if (*none_match) {
        if (*match || !(*none_match)->any) {
            return fail(ErrorCode::kInvalidInput,
                        "a write takes If-None-Match: * (only if nothing is stored) or If-Match, "
                        "not both");
        }
        return std::vector<management::Expected>{management::Absent{}};
    }
    if (!*match) {
        return std::vector<management::Expected>{management::Unstated{}};
    }
    if ((*match)->any) {
        return std::vector<management::Expected>{management::Present{}};
    }
    std::vector<management::Expected> expected;
    for (const auto& tag : (*match)->tags) {
        if (const auto version = version_of(tag); version && !tag.is_weak) {
            expected.emplace_back(management::Version{*version});
        }
    }
    if (expected.empty()) {
        expected.emplace_back(management::Version{kVersionOfNothing});
    }
    return expected;
}

Result<bool> is_not_modified(const Request& request, std::int64_t version) {
    const auto tags = tags_of(request, kIfNoneMatch);
    if (!tags) {
        return std::unexpected(tags.error());
    }
    return *tags && ((*tags)->any || std::ranges::any_of((*tags)->tags, [&](const Tag& tag) {
                         return version_of(tag) == version;
                     }));
}

}  // namespace meridian::rest
