// Items and what differs between them, for people.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "item/value.h"
#include "management/diff.h"
#include "management/entity.h"

namespace meridian::app {

// Indented JSON, the fields in the order in which people read them; what is short stays on a line.
[[nodiscard]] std::string pretty_json(const item::Value& value);
[[nodiscard]] std::string pretty_json(management::Kind kind, const item::Map& item);

// A field a line, as in a table's columns.
[[nodiscard]] std::string card(management::Kind kind, const item::Map& item);

// The columns of a list of that kind, and an item's cells in them.
[[nodiscard]] std::vector<std::string> list_titles(management::Kind kind);
[[nodiscard]] std::vector<std::string> list_cells(management::Kind kind, const item::Map& item);

// A line a difference: `  ~ queueId: "a" → "b"`. kColours: on a terminal, in colours.
enum class Ink : std::uint8_t { kColours, kPlain };
[[nodiscard]] std::string difference_lines(const std::vector<management::Difference>& differences,
                                           Ink ink = Ink::kColours);
// But "version" and "lastUpdated", which differ after every change.
[[nodiscard]] std::vector<management::Difference> without_stamps(
    std::vector<management::Difference> differences);
// Those of an answer: "diff".
[[nodiscard]] std::vector<management::Difference> differences_in(const item::Map& answer);

}  // namespace meridian::app
