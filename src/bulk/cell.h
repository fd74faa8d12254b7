// One cell of a table: a value as a text that people can type into a spreadsheet.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "item/value.h"
#include "management/validation.h"

namespace meridian::bulk {

enum class CellForm : std::uint8_t {
    kText,      // Sales
    kNumber,    // 1.5
    kFlag,      // true
    kTexts,     // eu-west-1;ap-southeast-1
    kPeriods,   // one day of business hours: 09:00-12:00;13:00-17:00, or closed
    kHolidays,  // 2025-12-25 Christmas Day;2026-01-01 New Year's Day
    kShifts,    // an agent's: monday 09:00-17:00;tuesday 09:00-17:00
    kJson,      // {"any":["value"]}
};

// The value that a cell stands for. The fault has no pointer: the caller knows the column.
// REQUIRES: the cell isn't empty, which stands for no value at all.
[[nodiscard]] std::expected<item::Value, management::FieldError> from_cell(CellForm form,
                                                                           std::string_view cell);

// The cell that from_cell() reads as exactly this value. Nothing: the form has none for it; kJson
// has one for all values but binaries and sets, which plain JSON does not know.
[[nodiscard]] std::optional<std::string> to_cell(CellForm form, const item::Value& value);

// Without blanks and tabs at both ends.
[[nodiscard]] std::string_view trimmed(std::string_view text);

}  // namespace meridian::bulk
