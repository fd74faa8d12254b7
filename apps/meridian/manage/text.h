// Small texts that several commands print.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "item/value.h"
#include "management/validation.h"

namespace meridian::app {

// The text of a field, or JSON when it is no text; empty when there is none, or it is null.
[[nodiscard]] std::string text_at(const item::Map& map, std::string_view name);
// The list or the map of a field, or an empty one.
[[nodiscard]] const item::List& list_at(const item::Map& map, std::string_view name);
[[nodiscard]] const item::Map& map_at(const item::Map& map, std::string_view name);

// What the server says of single fields: "errors" or "warnings" of an answer.
[[nodiscard]] std::vector<management::FieldError> faults_of(const item::Map& answer,
                                                            std::string_view name);
// "schedule.monday: is not a time, as in 09:00".
[[nodiscard]] std::string fault_text(const management::FieldError& fault);
// "/schedule/monday" → "schedule.monday".
[[nodiscard]] std::string dotted(std::string_view pointer);

// For a terminal: no control characters, which could be commands to it.
[[nodiscard]] std::string printable(std::string_view text);

// "1,234,567".
[[nodiscard]] std::string with_commas(std::uint64_t number);
// "1 rule", "2 rules".
[[nodiscard]] std::string counted(std::uint64_t number, std::string_view one,
                                  std::string_view many);

}  // namespace meridian::app
