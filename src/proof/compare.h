// Which items are not the same in all regions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "proof/hash_source.h"

namespace meridian::proof {

// An item that is not the same everywhere, or is damaged somewhere.
struct Difference {
    std::string table;
    std::string row;
    item::Key key;
    std::vector<std::optional<ItemState>> states;  // by source; nothing: it has no such item
};

// Whether all have the item, whole and alike.
[[nodiscard]] bool agree(std::span<const std::optional<ItemState>> states);
// Whether the states cannot be of two moments of a sound cluster: one is damaged, or two have
// other content under one stamp.
[[nodiscard]] bool contradict(std::span<const std::optional<ItemState>> states);

// The table as each source says.
struct ComparedTable {
    std::string name;
    std::vector<store::ContentHash> content;

    [[nodiscard]] bool is_equal() const;
};

struct Compared {
    std::vector<ComparedTable> tables;  // by name
    std::uint64_t questions = 0;        // that all sources were asked
    bool is_complete = true;            // the visitor didn't stop it
};

// The source that could not go on, by its place among them.
struct Failed {
    std::size_t source = 0;
    Error error;
};

enum class Onward : std::uint8_t { kGoOn, kStop };
// Gets at least one difference, of one table, by row; some at a time.
using DifferenceVisitor = std::function<Onward(std::vector<Difference> differences)>;

struct CompareOptions {
    std::vector<std::string> tables = {};  // empty: all that any source has
    // Ranges of at most so many items are listed, larger ones divided.
    std::uint64_t items_listed = 512;
};

// Walks the sources' trees of hashes side by side, down where they differ: a table, its ranges by
// one byte of the rows' hash, by two, their items. An item that differs in a table of millions
// costs four questions a source. Holds some pages of hashes, whatever differs. A source that
// contradicts its own order is stopped at (kCorruption).
[[nodiscard]] std::expected<Compared, Failed> compare(std::span<HashSource* const> sources,
                                                      const CompareOptions& options,
                                                      const DifferenceVisitor& visit);

}  // namespace meridian::proof
