// Entities as rows of a table with named columns (README.md has the rules).
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "bulk/cell.h"
#include "item/value.h"
#include "management/entity.h"
#include "management/validation.h"

namespace meridian::bulk {

// Role: reads rows under one header. A value. Threads: read() from any.
class ColumnReader {
  public:
    // kInvalidInput: a column twice, or one of the key's missing; the message names it.
    [[nodiscard]] static Result<ColumnReader> make(management::Kind kind,
                                                   const std::vector<std::string>& header);

    // The item of one row; empty when all cells are. Each cell that can't be read adds a fault, and
    // so does a row of another length than the header.
    [[nodiscard]] item::Map read(const std::vector<std::string>& cells,
                                 std::vector<management::FieldError>& faults) const;

  private:
    enum class Role : std::uint8_t {
        kField,
        kFields,  // ":json", a map of fields
        kNote,    // "#line"
        kNothing  // no name
    };
    struct Column {
        Role role = Role::kField;
        std::string parent;  // empty: a field of the item itself
        std::string name;
        CellForm form = CellForm::kText;
    };

    [[nodiscard]] static Column column_of(management::Kind kind, std::string_view header);
    static void store(const Column& column, item::Value value, item::Map& item,
                      std::vector<management::FieldError>& faults);

    std::vector<Column> columns_;
    std::vector<std::size_t> order_;  // maps as a whole before their fields
};

// Role: finds the columns that items need, then writes items in them. Threads: one at a time.
class ColumnWriter {
  public:
    explicit ColumnWriter(management::Kind kind);

    // Takes note of the columns that this item needs.
    void note(const item::Map& item);
    // Keys first, "version" and "lastUpdated" last; no column that no item needs, but the keys.
    [[nodiscard]] std::vector<std::string> header() const;
    // The cells of an item. REQUIRES: note() has seen it.
    [[nodiscard]] std::vector<std::string> row(const item::Map& item) const;

  private:
    // Sorted as people read them.
    using Place = std::pair<std::size_t, std::string>;
    std::map<Place, std::size_t> columns_;

    struct Cell {
        std::size_t rank = 0;
        std::string header;
        std::string text;
    };
    void add_field(std::string_view parent, std::string_view name, const item::Value& value,
                   std::vector<Cell>& cells) const;
    [[nodiscard]] std::vector<Cell> cells_of(const item::Map& item) const;

    management::Kind kind_;
};

}  // namespace meridian::bulk
