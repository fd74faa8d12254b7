#include "management/expectation.h"

#include <fmt/format.h>

#include <string>
#include <utility>

namespace meridian::management {

std::expected<std::optional<std::int64_t>, FieldError> stated_version(const item::Map& body) {
    const auto* value = item::find(body, "version");
    if (value == nullptr || value->as<item::Null>() != nullptr) {
        return std::nullopt;
    }
    const auto* number = value->as<item::Number>();
    const auto version = number == nullptr ? std::nullopt : number->to_int64();
    if (!version || *version < 0 || *version > kVersionMax) {
        return std::unexpected(FieldError{
            "/version", "is not a whole number from 0 to 2^53: the version that was read last",
            "1"});
    }
    return version;
}

std::expected<Expectation, FieldError> Expectation::of(const Expected& expected,
                                                       std::optional<std::int64_t> body_version,
                                                       WhenUnstated unstated) {
    const auto contradiction = [&](std::string_view other) {
        return std::unexpected(
            FieldError{"/version",
                       fmt::format("says {}, but {}; send one of the two, or the same in both",
                                   *body_version, other),
                       ""});
    };
    Expectation result;
    result.unstated_ = unstated;
    result.version_ = body_version;
    if (std::holds_alternative<Absent>(expected)) {
        result.is_stored_ = false;
        if (body_version.value_or(0) != 0) {
            return contradiction("If-None-Match says that nothing is stored");
        }
    } else if (std::holds_alternative<Present>(expected)) {
        result.is_stored_ = true;
    } else if (const auto* version = std::get_if<Version>(&expected)) {
        if (body_version.value_or(version->number) != version->number) {
            return contradiction(fmt::format("If-Match says {}", version->number));
        }
        result.version_ = version->number;
    }
    return result;
}

bool Expectation::holds(const std::optional<item::Item>& stored) const {
    const auto version = stored ? version_of(*stored) : 0;
    if (is_stored_ && *is_stored_ != stored.has_value()) {
        return false;
    }
    if (version_) {
        return *version_ == version;
    }
    return is_stored_ || unstated_ == WhenUnstated::kAnything || version == 0;
}

Conflict Expectation::conflict(const std::optional<item::Item>& stored) const {
    if (!stored) {
        return {std::nullopt,
                "Nothing is stored under that name: it was deleted, or never created"};
    }
    const auto version = version_of(*stored);
    if (is_stored_ == false || version_ == 0) {
        return {stored, fmt::format("It exists already, as version {}", version)};
    }
    if (version_) {
        return {stored, fmt::format("Version {} is stored, not version {}: read it again, and "
                                    "repeat the change on it",
                                    version, *version_)};
    }
    return {stored, fmt::format("Version {} is stored: say with If-Match or \"version\" that it is "
                                "the one to replace",
                                version)};
}

}  // namespace meridian::management
