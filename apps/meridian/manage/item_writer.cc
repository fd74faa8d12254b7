#include "manage/item_writer.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <optional>
#include <system_error>

#include "bulk/columns.h"
#include "bulk/json_splitter.h"
#include "csv/csv.h"
#include "item/json.h"
#include "manage/item_text.h"
#include "manage/kind_words.h"
#include "manage/terminal.h"
#include "manage/text.h"
#include "manage/text_table.h"

namespace meridian::app {
namespace {

using management::Kind;

class JsonWriter final : public ItemWriter {
  public:
    JsonWriter(OutputFile& output, bool is_array) : output_(output), is_array_(is_array) {}

    Result<void> add(const item::List& items) override {
        std::string text;
        for (const auto& item : items) {
            text += !is_array_ ? "" : is_first_ ? "[\n" : ",\n";
            item::append_plain_json(item, text);
            text += is_array_ ? "" : "\n";
            is_first_ = false;
        }
        return output_.write(text);
    }

    Result<void> finish() override {
        return !is_array_ ? Result<void>{} : output_.write(is_first_ ? "[]\n" : "\n]\n");
    }

  private:
    OutputFile& output_;
    bool is_array_;
    bool is_first_ = true;
};

// The header must name every column that one of the items needs: items wait in a file of their own
// until all of them are known.
class CsvWriter final : public ItemWriter {
  public:
    CsvWriter(OutputFile& output, Kind kind) : output_(output), columns_(kind) {}
    CsvWriter(const CsvWriter&) = delete;
    CsvWriter& operator=(const CsvWriter&) = delete;
    ~CsvWriter() override {
        if (waiting_ >= 0) {
            close(waiting_);
        }
    }

    Result<void> add(const item::List& items) override {
        std::string text;
        for (const auto& item : items) {
            if (const auto* map = item.as<item::Map>()) {
                columns_.note(*map);
                item::append_plain_json(item, text);
                text += '\n';
            }
        }
        return keep(text);
    }

    Result<void> finish() override {
        std::string header;
        csv::append_row(columns_.header(), header);
        if (auto written = output_.write(header); !written) {
            return written;
        }
        bulk::JsonSplitter lines([this](std::string_view text, std::size_t) {
            const auto value = item::parse_plain_json(text);
            std::string row;
            csv::append_row(columns_.row(*value->as<item::Map>()), row);
            return output_.write(row);
        });
        off_t at = 0;
        std::array<char, std::size_t{64} * 1024> piece{};
        for (ssize_t got = waiting_ < 0 ? 0 : 1; got > 0;) {
            got = pread(waiting_, piece.data(), piece.size(), at);
            if (got < 0) {
                return failure("read");
            }
            at += got;
            if (auto done = lines.read({piece.data(), static_cast<std::size_t>(got)}); !done) {
                return done;
            }
        }
        return lines.finish();
    }

  private:
    static std::unexpected<Error> failure(std::string_view what) {
        const int error = errno;
        return fail(error == ENOSPC ? ErrorCode::kDiskFull : ErrorCode::kIo,
                    fmt::format("cannot {} the temporary file in {}: {}; TMPDIR names the folder",
                                what, std::filesystem::temp_directory_path().string(),
                                std::error_code(error, std::generic_category()).message()));
    }

    Result<void> keep(std::string_view text) {
        if (waiting_ < 0) {
            const auto file = open_nameless_file();
            if (!file) {
                return std::unexpected(file.error());
            }
            waiting_ = *file;
        }
        while (!text.empty()) {
            const auto written = write(waiting_, text.data(), text.size());
            if (written < 0) {
                return failure("write");
            }
            text.remove_prefix(static_cast<std::size_t>(written));
        }
        return {};
    }

    OutputFile& output_;
    bulk::ColumnWriter columns_;
    int waiting_ = -1;
};

class TableWriter final : public ItemWriter {
  public:
    TableWriter(OutputFile& output, Kind kind)
        : output_(output), kind_(kind), table_(list_titles(kind), output_columns()) {}

    Result<void> add(const item::List& items) override {
        count_ += items.size();
        for (const auto& item : items) {
            if (const auto* map = item.as<item::Map>()) {
                table_.add(list_cells(kind_, *map));
            }
        }
        return items.empty() ? Result<void>{} : output_.write(table_.render());
    }

    Result<void> finish() override {
        const auto& words = words_of(kind_);
        return output_.write(counted(count_, words.one, words.many) + "\n");
    }

  private:
    OutputFile& output_;
    Kind kind_;
    TextTable table_;
    std::size_t count_ = 0;
};

}  // namespace

std::unique_ptr<ItemWriter> make_item_writer(std::string_view format, Kind kind,
                                             OutputFile& output) {
    if (format == "csv") {
        return std::make_unique<CsvWriter>(output, kind);
    }
    if (format == "text") {
        return std::make_unique<TableWriter>(output, kind);
    }
    return std::make_unique<JsonWriter>(output, format == "json");
}

}  // namespace meridian::app
