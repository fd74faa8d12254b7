// Rows of 200 bytes, as a table of rules has them, in pieces as a file is read.
#include "csv/csv.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <string>
#include <vector>

namespace meridian::csv {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{1} << 20U;

std::vector<std::string> fields_of(std::size_t index, bool quoted) {
    return {"+1800" + std::to_string(1'000'000 + index),
            "us-east-1",
            std::string(quoted ? "flow, and \"more\" of it " : "flow and more of it ") +
                std::string(62, 'f'),
            std::string(70, 'q'),
            "US_BUSINESS",
            "eu-west-1 ap-southeast-1"};
}

std::string file_of(std::size_t rows, bool quoted) {
    std::string file;
    for (std::size_t i = 0; i < rows; ++i) {
        append_row(fields_of(i, quoted), file);
    }
    return file;
}

void BM_Read(benchmark::State& state) {
    const std::string file = file_of(100'000, state.range(0) == 1);
    std::size_t bytes = 0;
    std::size_t rows = 0;
    for ([[maybe_unused]] auto _ : state) {
        Reader reader([&rows](const Row& row) -> Result<void> {
            rows += row.fields.size() == 6 ? 1 : 0;
            return {};
        });
        for (std::size_t at = 0; at < file.size(); at += kPieceBytes) {
            if (!reader.read(std::string_view(file).substr(at, kPieceBytes))) {
                state.SkipWithError("refused");
            }
        }
        if (!reader.finish()) {
            state.SkipWithError("refused");
        }
        bytes += file.size();
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
    state.SetItemsProcessed(static_cast<std::int64_t>(rows));
    state.SetLabel(state.range(0) == 1 ? "quoted" : "plain");
}
BENCHMARK(BM_Read)->DenseRange(0, 1)->Unit(benchmark::kMillisecond);

void BM_Write(benchmark::State& state) {
    const auto fields = fields_of(1, state.range(0) == 1);
    std::string out;
    std::size_t bytes = 0;
    for ([[maybe_unused]] auto _ : state) {
        out.clear();
        append_row(fields, out);
        bytes += out.size();
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
    state.SetLabel(state.range(0) == 1 ? "quoted" : "plain");
}
BENCHMARK(BM_Write)->DenseRange(0, 1);

}  // namespace
}  // namespace meridian::csv

BENCHMARK_MAIN();
