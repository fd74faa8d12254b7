// Cuts a long JSON text into its values without holding it: [VALUE, VALUE…], or values one after
// another, as newline-delimited JSON has them.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace meridian::bulk {

// Role: finds where each value begins and ends; whether it is JSON in between is for a parser to
// say. Memory in proportion to the longest value. Threads: one at a time.
class JsonSplitter {
  public:
    // One value, and the line that it begins in, from 1. An error ends the reading.
    using Take = std::function<Result<void>(std::string_view value, std::size_t line)>;

    explicit JsonSplitter(Take take) : take_(std::move(take)) {}

    // kInvalidInput names the line: brackets that don't match, a value over kValueBytesMax, what
    // stands where a value should. Nothing can be read after an error.
    [[nodiscard]] Result<void> read(std::string_view piece);
    // The text has ended. kInvalidInput: within a value, or within the array.
    [[nodiscard]] Result<void> finish();

    inline static constexpr std::size_t kValueBytesMax = std::size_t{4} * 1024 * 1024;

  private:
    enum class Where : std::uint8_t { kStart, kBetween, kValue, kEnd };

    [[nodiscard]] Result<void> between(char c);
    // Whether the value ends with, or before, this character.
    enum class Step : std::uint8_t { kGoOn, kEndsWith, kEndsBefore, kBroken };
    [[nodiscard]] Step step(char c);
    [[nodiscard]] Result<void> take_value();

    Take take_;
    std::string value_;
    std::size_t line_ = 1;
    std::size_t value_line_ = 1;
    std::string open_;  // the brackets that wait for their ends
    std::size_t bom_bytes_ = 0;
    Where where_ = Where::kStart;
    bool in_array_ = false;
    bool in_string_ = false;
    bool after_backslash_ = false;
    bool expects_comma_ = false;
};

}  // namespace meridian::bulk
