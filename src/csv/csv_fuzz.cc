// Any bytes are rows or an error, the same however they are cut into pieces; and rows that are
// written are read back.
#include "csv/csv.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"

namespace {

using namespace meridian;  // NOLINT(google-build-using-namespace)

struct Outcome {
    std::vector<std::vector<std::string>> rows;
    std::vector<std::size_t> lines;
    std::string error;
    friend bool operator==(const Outcome&, const Outcome&) = default;
};

// `size_of` says how many bytes each piece has.
template <typename SizeOf>
Outcome read(std::string_view file, const SizeOf& size_of) {
    Outcome outcome;
    csv::Reader reader([&outcome](const csv::Row& row) -> Result<void> {
        CHECK(!row.fields.empty());
        outcome.rows.push_back(row.fields);
        outcome.lines.push_back(row.line);
        return {};
    });
    Result<void> result;
    for (std::size_t i = 0; !file.empty() && result; ++i) {
        const std::size_t size = std::min(file.size(), size_of(i));
        result = reader.read(file.substr(0, size));
        file.remove_prefix(size);
    }
    if (result) {
        result = reader.finish();
    }
    outcome.error = result ? "" : result.error().message;
    return outcome;
}

Outcome read_whole(std::string_view file) {
    return read(file, [&file](std::size_t) { return file.size(); });
}

void check_round_trip(const Outcome& outcome) {
    std::string written;
    for (const auto& row : outcome.rows) {
        csv::append_row(row, written);
    }
    const Outcome again = read_whole(written);
    CHECK(again.error.empty());
    CHECK(again.rows == outcome.rows);
}

// Bytes as rows: 1 begins a field, 2 a row; all others but zero are a field's.
std::vector<std::vector<std::string>> rows_of(std::string_view bytes) {
    std::vector<std::vector<std::string>> rows{{""}};
    for (const char c : bytes) {
        if (c == '\1') {
            rows.back().emplace_back();
        } else if (c == '\2') {
            rows.push_back({""});
        } else if (c != '\0') {
            rows.back().back().push_back(c);
        }
    }
    return rows;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    if (input.empty()) {
        return 0;
    }
    const Outcome whole = read_whole(input);
    CHECK(std::ranges::is_sorted(whole.lines));
    for (const std::size_t piece_bytes_max : {1U, 5U, 200U}) {
        const auto size_of = [&](std::size_t i) {
            return 1 + static_cast<unsigned char>(input[i % size]) % piece_bytes_max;
        };
        CHECK(read(input, size_of) == whole);
    }
    check_round_trip(whole);

    Outcome any;
    any.rows = rows_of(input);
    check_round_trip(any);
    return 0;
}
