// Any file: read whole and in pieces alike, without a crash; and what was read can be written as a
// table and read again without loss.

#include <cstdint>
#include <string>
#include <vector>

#include "base/check.h"
#include "bulk/columns.h"
#include "bulk/item_reader.h"
#include "csv/csv.h"

namespace {

using meridian::Result;
using meridian::bulk::Format;
using meridian::bulk::ItemReader;
using meridian::bulk::SourceItem;
using meridian::management::Kind;

struct Read {
    std::vector<SourceItem> items;
    std::string error;
};

Read read(Kind kind, Format format, std::string_view text, std::size_t piece_bytes) {
    Read result;
    ItemReader reader({kind, format, true}, [&](SourceItem item) {
        result.items.push_back(std::move(item));
        return Result<void>{};
    });
    Result<void> done;
    for (std::size_t at = 0; done && at < text.size(); at += piece_bytes) {
        done = reader.read(text.substr(at, piece_bytes));
    }
    if (done) {
        done = reader.finish();
    }
    if (!done) {
        result.error = done.error().message;
    }
    return result;
}

void check_same(const Read& a, const Read& b) {
    CHECK(a.error == b.error);
    CHECK(a.items.size() == b.items.size());
    for (std::size_t i = 0; i < a.items.size(); ++i) {
        CHECK(a.items[i].item == b.items[i].item);
        CHECK(a.items[i].line == b.items[i].line);
        CHECK(a.items[i].text == b.items[i].text);
        CHECK(a.items[i].faults.size() == b.items[i].faults.size());
    }
}

// As a table, in which each of them is a row.
void check_round_trip(Kind kind, const Read& read_first) {
    meridian::bulk::ColumnWriter writer(kind);
    std::vector<const meridian::item::Map*> items;
    for (const auto& source : read_first.items) {
        if (source.faults.empty() && !source.item.empty()) {
            items.push_back(&source.item);
            writer.note(source.item);
        }
    }
    std::string table;
    meridian::csv::append_row(writer.header(), table);
    for (const auto* item : items) {
        meridian::csv::append_row(writer.row(*item), table);
        if (table.size() > meridian::csv::kRowBytesMax / 2) {
            return;  // a cell may be longer than the value that it stands for
        }
    }
    const auto again = read(kind, Format::kCsv, table, 4096);
    CHECK(again.error.empty());
    CHECK(again.items.size() == items.size());
    for (std::size_t i = 0; i < items.size(); ++i) {
        CHECK(again.items[i].faults.empty());
        CHECK(again.items[i].item == *items[i]);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const auto kind = static_cast<Kind>(data[0] % 3);
    const auto format = data[0] / 3 % 2 == 0 ? Format::kCsv : Format::kJson;
    const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
    const auto whole = read(kind, format, text, text.size() + 1);
    check_same(whole, read(kind, format, text, 1 + data[0] / 6 % 7));
    check_round_trip(kind, whole);
    return 0;
}
