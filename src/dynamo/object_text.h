// JSON objects and arrays as text, member by member: what answers are made of.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"

namespace meridian::dynamo {

class ObjectText {
  public:
    // Members come in the order of the calls; no name twice.
    ObjectText& text(std::string_view name, std::string_view value);
    ObjectText& number(std::string_view name, std::int64_t value);
    ObjectText& flag(std::string_view name, bool value);
    // Seconds of Unix time with their milliseconds, as the service writes moments.
    ObjectText& time(std::string_view name, Instant value);
    // A value that is JSON already.
    ObjectText& json(std::string_view name, std::string_view value);

    [[nodiscard]] std::string str() const { return out_ + "}"; }

  private:
    void name(std::string_view name);

    std::string out_ = "{";
};

// Of values that are JSON already.
[[nodiscard]] std::string array_text(const std::vector<std::string>& values);
[[nodiscard]] std::string string_text(std::string_view text);

}  // namespace meridian::dynamo
