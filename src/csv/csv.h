// Comma-separated values (RFC 4180), read in pieces and written.
//
// Source of the format: RFC 4180; a byte order mark at the start, and a lone LF or CR as a line's
// end, are what spreadsheets write and are taken too. A line without anything is no row.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace meridian::csv {

struct Row {
    std::vector<std::string> fields;
    std::size_t line = 0;  // where it starts in the file, from 1
};

// Role: turns pieces of a file into rows, in memory in proportion to the longest row. Threads: one
// at a time.
class Reader {
  public:
    // `row` gets each whole row; an error of its stops the reading and is returned.
    explicit Reader(std::function<Result<void>(const Row&)> row);
    ~Reader();
    Reader(Reader&&) noexcept;
    Reader& operator=(Reader&&) noexcept;

    // kInvalidInput names the line: a quote in the wrong place, a row over kRowBytesMax, a zero
    // byte. Nothing can be read after an error: it is returned again. How the file is cut into
    // pieces makes no difference.
    [[nodiscard]] Result<void> read(std::string_view piece);
    // The file has ended; a last row without a line's end counts. kInvalidInput: within quotes.
    [[nodiscard]] Result<void> finish();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

// Of a row's fields, each with the comma or line's end behind it.
inline constexpr std::size_t kRowBytesMax = std::size_t{1024} * 1024;

// Appends a row and CRLF. Fields are quoted where they must be. REQUIRES: there is a field, and
// none holds a zero byte; else nothing reads the row.
void append_row(const std::vector<std::string>& fields, std::string& out);

}  // namespace meridian::csv
