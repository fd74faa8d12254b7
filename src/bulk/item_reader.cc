#include "bulk/item_reader.h"

#include <fmt/format.h>

#include <utility>

#include "bulk/columns.h"
#include "bulk/json_splitter.h"
#include "csv/csv.h"
#include "item/json.h"

namespace meridian::bulk {

std::optional<Format> format_of_name(std::string_view file_name) {
    if (file_name.ends_with(".csv")) {
        return Format::kCsv;
    }
    const bool is_json = file_name.ends_with(".json") || file_name.ends_with(".ndjson") ||
                         file_name.ends_with(".jsonl");
    return is_json ? std::optional(Format::kJson) : std::nullopt;
}

Format format_of_text(std::string_view beginning) {
    const auto first = beginning.find_first_not_of("\xEF\xBB\xBF \t\r\n");
    const bool is_json =
        first != std::string_view::npos && (beginning[first] == '{' || beginning[first] == '[');
    return is_json ? Format::kJson : Format::kCsv;
}

struct ItemReader::State {
    State(ItemReaderOptions its_options, Take its_take)
        : options(its_options),
          take(std::move(its_take)),
          csv([this](const csv::Row& row) { return take_row(row); }),
          json([this](std::string_view value, std::size_t line) {
              return take_json(value, line);
          }) {}

    Result<void> take_row(const csv::Row& row) {
        if (!columns) {
            auto made = ColumnReader::make(options.kind, row.fields);
            if (!made) {
                return fail_within(fmt::format("line {}", row.line), made.error());
            }
            columns = std::move(*made);
            header = row.fields;
            return {};
        }
        SourceItem source;
        source.line = row.line;
        source.item = columns->read(row.fields, source.faults);
        if (source.item.empty() && source.faults.empty()) {
            return {};
        }
        if (options.keep_text) {
            csv::append_row(row.fields, source.text);
        }
        return take(std::move(source));
    }

    Result<void> take_json(std::string_view value, std::size_t line) {
        SourceItem source;
        source.line = line;
        if (options.keep_text) {
            source.text = value;
        }
        auto parsed = item::parse_plain_json(value);
        if (!parsed) {
            source.faults.push_back({"", "is not JSON: " + parsed.error().message, ""});
        } else if (auto* map = parsed->as<item::Map>()) {
            source.item = std::move(*map);
        } else {
            source.faults.push_back({"", "is not a JSON object", ""});
        }
        return take(std::move(source));
    }

    ItemReaderOptions options;
    Take take;
    csv::Reader csv;
    JsonSplitter json;
    std::optional<ColumnReader> columns;
    std::vector<std::string> header;
};

ItemReader::ItemReader(ItemReaderOptions options, Take take)
    : state_(std::make_unique<State>(options, std::move(take))) {}
ItemReader::~ItemReader() = default;

Result<void> ItemReader::read(std::string_view piece) {
    return state_->options.format == Format::kCsv ? state_->csv.read(piece)
                                                  : state_->json.read(piece);
}

Result<void> ItemReader::finish() {
    if (state_->options.format == Format::kJson) {
        return state_->json.finish();
    }
    if (auto done = state_->csv.finish(); !done) {
        return done;
    }
    return state_->columns ? Result<void>{}
                           : fail(ErrorCode::kInvalidInput,
                                  "line 1: the file is empty; the first line names the columns");
}

const std::vector<std::string>& ItemReader::header() const {
    return state_->header;
}

}  // namespace meridian::bulk
