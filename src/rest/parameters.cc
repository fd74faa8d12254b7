#include "rest/parameters.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "rest/target.h"

namespace meridian::rest {
namespace {

constexpr std::string_view kSignaturePrefix = "X-Amz-";
// Of what a client sent, no more is told back.
constexpr std::size_t kNameShownMax = 64;

std::unexpected<Error> unknown_parameter(std::string_view name,
                                         std::span<const std::string_view> known) {
    return fail(ErrorCode::kInvalidInput,
                fmt::format("there is no query parameter '{}' here; {}",
                            name.substr(0, name.size() > kNameShownMax ? 0 : name.size()),
                            known.empty() ? "this path takes none"
                                          : fmt::format("known are {}", fmt::join(known, ", "))));
}

}  // namespace

Result<Parameters> Parameters::parse(std::string_view query,
                                     std::span<const std::string_view> known) {
    Parameters parameters;
    while (!query.empty()) {
        const auto end = std::min(query.find('&'), query.size());
        const auto pair = query.substr(0, end);
        query.remove_prefix(std::min(end + 1, query.size()));
        if (pair.empty()) {
            continue;
        }
        const auto equals = std::min(pair.find('='), pair.size());
        auto name = percent_decoded(pair.substr(0, equals));
        auto value = percent_decoded(pair.substr(std::min(equals + 1, pair.size())));
        if (!name || !value) {
            return std::unexpected(name ? value.error() : name.error());
        }
        if (name->starts_with(kSignaturePrefix)) {
            continue;
        }
        if (std::ranges::find(known, *name) == known.end()) {
            return unknown_parameter(*name, known);
        }
        if (parameters.text(*name)) {
            return fail(ErrorCode::kInvalidInput,
                        fmt::format("the query parameter '{}' is given twice", *name));
        }
        parameters.given_.emplace_back(std::move(*name), std::move(*value));
    }
    return parameters;
}

std::optional<std::string_view> Parameters::text(std::string_view name) const {
    for (const auto& [given, value] : given_) {
        if (given == name) {
            return value;
        }
    }
    return std::nullopt;
}

Result<bool> Parameters::flag(std::string_view name) const {
    const auto value = text(name);
    if (!value || *value == "false") {
        return false;
    }
    if (value->empty() || *value == "true") {
        return true;
    }
    return fail(ErrorCode::kInvalidInput,
                fmt::format("the query parameter '{}' is true or false", name));
}

Result<std::size_t> Parameters::count(std::string_view name, std::size_t absent,
                                      std::size_t most) const {
    const auto value = text(name);
    if (!value) {
        return absent;
    }
    std::size_t number = 0;
    const auto* end = value->data() + value->size();
    if (const auto [rest, error] = std::from_chars(value->data(), end, number);
        error != std::errc{} || rest != end || number < 1 || number > most) {
        return fail(ErrorCode::kInvalidInput,
                    fmt::format("the query parameter '{}' is a number from 1 to {}", name, most));
    }
    return number;
}

Result<Instant> Parameters::instant(std::string_view name, Instant absent) const {
    const auto value = text(name);
    if (!value) {
        return absent;
    }
    auto instant = parse_instant(*value);
    if (!instant) {
        return fail_within(fmt::format("the query parameter '{}'", name),
                           std::move(instant.error()));
    }
    return instant;
}

}  // namespace meridian::rest
