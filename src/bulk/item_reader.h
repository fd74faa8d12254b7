// A file of entities as a stream of items, each with the line that it stands in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "item/value.h"
#include "management/entity.h"
#include "management/validation.h"

namespace meridian::bulk {

// kJson: an array, or values one after another (NDJSON).
enum class Format : std::uint8_t { kCsv, kJson };

// By the name's ending: .csv; .json, .ndjson, .jsonl. Nothing: neither.
[[nodiscard]] std::optional<Format> format_of_name(std::string_view file_name);
// By how the text begins: a bracket is JSON's.
[[nodiscard]] Format format_of_text(std::string_view beginning);

struct SourceItem {
    item::Map item;
    std::size_t line = 0;                        // where it begins, from 1
    std::vector<management::FieldError> faults;  // not empty: the item is not all that stood there
    std::string text;  // the row or the value as it stood there, when asked for
};

struct ItemReaderOptions {
    management::Kind kind = management::Kind::kRule;
    Format format = Format::kCsv;
    bool keep_text = false;
};

// Role: reads a file in pieces, in memory in proportion to its longest item. Rows without a filled
// cell are no items. Threads: one at a time.
class ItemReader {
  public:
    // An error of `take` ends the reading.
    using Take = std::function<Result<void>(SourceItem)>;
    ItemReader(ItemReaderOptions options, Take take);
    ~ItemReader();
    ItemReader(const ItemReader&) = delete;
    ItemReader& operator=(const ItemReader&) = delete;

    // kInvalidInput names the line: what comes behind it can't be told apart any more, or the
    // header is wrong. Nothing can be read after an error.
    [[nodiscard]] Result<void> read(std::string_view piece);
    [[nodiscard]] Result<void> finish();

    // The cells of CSV's first row, once it was read.
    [[nodiscard]] const std::vector<std::string>& header() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace meridian::bulk
