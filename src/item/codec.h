// Items as compact bytes, for storage. Version byte first; round trips exactly.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "item/value.h"

namespace meridian::item {

// REQUIRES: no attribute nests deeper than 4 · kNestingMax; decode() reads no deeper ones. Whatever
// takes items in holds them to kNestingMax.
void append_encoded(const Item& item, std::string& out);
[[nodiscard]] std::string encode(const Item& item);
// kCorruption for bytes that encode() did not write, in bounded memory and stack.
[[nodiscard]] Result<Item> decode(std::string_view bytes);

}  // namespace meridian::item
