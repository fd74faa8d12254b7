// Items as JSON, newline-delimited JSON, CSV or a table for people, written as they come.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "item/value.h"
#include "manage/output_file.h"
#include "management/entity.h"

namespace meridian::app {

// Role: one format. Memory for a page, however many there are. Threads: one at a time.
class ItemWriter {
  public:
    virtual ~ItemWriter() = default;
    [[nodiscard]] virtual Result<void> add(const item::List& items) = 0;
    // All items are there; the file is its caller's to finish.
    [[nodiscard]] virtual Result<void> finish() = 0;
};

// `format`: json, ndjson, csv or text. `output` must outlive it.
[[nodiscard]] std::unique_ptr<ItemWriter> make_item_writer(std::string_view format,
                                                           management::Kind kind,
                                                           OutputFile& output);

}  // namespace meridian::app
