#include "aws/headers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "aws/encoding.h"

namespace meridian::aws {
namespace {

using Entry = HeaderIndex::Entry;

bool is_token_character(char c) {
    constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || kMarks.contains(c);
}

bool is_lower_token(std::string_view name) {
    return !name.empty() && std::ranges::all_of(name, is_token_character);
}

bool has_control_characters(std::string_view value) {
    bool found = false;
    for (const char c : value) {  // without an early exit, so that it becomes vector code
        const auto byte = static_cast<unsigned char>(c);
        found |= (byte < 0x20U && c != '\t') || byte == 0x7fU;
    }
    return found;
}

bool must_be_signed(std::string_view name) {
    return name.starts_with("x-amz-") && name != "x-amz-security-token";
}

std::unexpected<Error> not_signed(std::string_view name) {
    return fail(
        ErrorCode::kInvalidSignature,
        fmt::format("'{}' must be a 'SignedHeader' in the AWS Authorization.", name.substr(0, 64)));
}

std::unexpected<Error> malformed_list() {
    return fail(ErrorCode::kIncompleteSignature,
                "SignedHeaders must be lower-case header names, each once, sorted, separated by "
                "semicolons.");
}

// The entries at the front of `rest` that share the first one's name; takes them off `rest`.
std::span<const Entry> take_group(std::span<const Entry>& rest) {
    std::size_t count = 1;
    while (count < rest.size() && rest[count].name == rest.front().name) {
        ++count;
    }
    const auto group = rest.first(count);
    rest = rest.subspan(count);
    return group;
}

Result<void> check_values(std::span<const Entry> group) {
    for (const Entry& entry : group) {
        if (has_control_characters(entry.value)) {
            return fail(ErrorCode::kInvalidSignature,
                        fmt::format("The value of the header '{}' has control characters.",
                                    entry.name.substr(0, 64)));
        }
    }
    return {};
}

// Passes over headers that come before `name` and are not signed.
Result<void> skip_unsigned(std::span<const Entry>& rest, std::string_view name) {
    while (!rest.empty() && rest.front().name < name) {
        if (must_be_signed(rest.front().name)) {
            return not_signed(rest.front().name);
        }
        rest = rest.subspan(1);
    }
    return {};
}

}  // namespace

HeaderIndex::HeaderIndex(HeaderViews headers) {
    std::size_t bytes = 0;
    for (const auto& [name, value] : headers) {
        bytes += name.size();
    }
    names_.resize(bytes);
    entries_.reserve(headers.size());
    char* at = names_.data();
    for (const auto& [name, value] : headers) {
        std::ranges::transform(name, at, to_lower);
        entries_.push_back({{at, name.size()}, value, static_cast<std::uint32_t>(entries_.size())});
        at += name.size();
    }
    std::ranges::sort(entries_, [](const Entry& a, const Entry& b) {
        const int order = a.name.compare(b.name);
        return order < 0 || (order == 0 && a.order < b.order);
    });
}

std::span<const Entry> HeaderIndex::named(std::string_view name) const {
    const auto range = std::ranges::equal_range(entries_, name, {}, &Entry::name);
    return {range.begin(), range.end()};
}

Result<SignedHeaders> select_signed_headers(std::string_view names, const HeaderIndex& headers) {
    SignedHeaders chosen{.names = std::string(names), .groups = {}};
    chosen.groups.reserve(headers.entries().size());
    auto rest = headers.entries();
    std::string_view previous;
    bool host = false;
    for (std::size_t start = 0; start <= names.size();) {
        const auto end = std::min(names.find(';', start), names.size());
        const auto name = names.substr(start, end - start);
        if (!is_lower_token(name) || name <= previous) {
            return malformed_list();
        }
        if (const auto skipped = skip_unsigned(rest, name); !skipped) {
            return std::unexpected(skipped.error());
        }
        if (rest.empty() || rest.front().name != name) {
            return fail(
                ErrorCode::kInvalidSignature,
                fmt::format("The signed header '{}' is not in the request.", name.substr(0, 64)));
        }
        chosen.groups.push_back(take_group(rest));
        if (const auto fine = check_values(chosen.groups.back()); !fine) {
            return std::unexpected(fine.error());
        }
        host |= name == "host";
        previous = name;
        start = end + 1;
    }
    for (const Entry& entry : rest) {
        if (must_be_signed(entry.name)) {
            return not_signed(entry.name);
        }
    }
    if (!host) {
        return not_signed("host");
    }
    return chosen;
}

SignedHeaders select_headers_to_sign(const HeaderIndex& headers) {
    constexpr std::array<std::string_view, 8> kChangedOnTheWay = {
        "authorization", "connection",        "expect",     "te",
        "trailer",       "transfer-encoding", "user-agent", "x-amzn-trace-id"};
    SignedHeaders chosen;
    auto rest = headers.entries();
    while (!rest.empty()) {
        const auto group = take_group(rest);
        if (std::ranges::find(kChangedOnTheWay, group.front().name) != kChangedOnTheWay.end()) {
            continue;
        }
        if (!chosen.names.empty()) {
            chosen.names.push_back(';');
        }
        chosen.names.append(group.front().name);
        chosen.groups.push_back(group);
    }
    return chosen;
}

}  // namespace meridian::aws
