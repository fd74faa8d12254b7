// What a client believes is stored, and whether it is so.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>

#include "item/value.h"
#include "management/editor.h"

namespace meridian::management {

// Versions are whole numbers up to 2^53, so that every JSON reader has them exactly.
inline constexpr std::int64_t kVersionMax = std::int64_t{1} << 53U;

// What is right for a client that says nothing.
enum class WhenUnstated : std::uint8_t { kNothingVersioned, kAnything };

// The "version" of a body; nothing when it is absent or null.
[[nodiscard]] std::expected<std::optional<std::int64_t>, FieldError> stated_version(
    const item::Map& body);

class Expectation {
  public:
    // What the request and the "version" of its body say together. A contradiction names both.
    [[nodiscard]] static std::expected<Expectation, FieldError> of(
        const Expected& expected, std::optional<std::int64_t> body_version, WhenUnstated unstated);

    [[nodiscard]] bool holds(const std::optional<item::Item>& stored) const;
    [[nodiscard]] std::optional<std::int64_t> version() const { return version_; }

    // The answer to a client whose expectation does not hold.
    [[nodiscard]] Conflict conflict(const std::optional<item::Item>& stored) const;

  private:
    std::optional<bool> is_stored_;
    std::optional<std::int64_t> version_;  // 0: nothing, or something without a version
    WhenUnstated unstated_ = WhenUnstated::kNothingVersioned;
};

}  // namespace meridian::management
