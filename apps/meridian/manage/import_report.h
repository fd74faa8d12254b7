// What became of the rows of an import: counted, the bad ones told and kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "bulk/item_reader.h"
#include "manage/progress.h"
#include "management/diff.h"

namespace meridian::app {

struct ImportCounts {
    std::uint64_t created = 0;
    std::uint64_t updated = 0;
    std::uint64_t unchanged = 0;
    std::uint64_t failed = 0;

    [[nodiscard]] std::uint64_t rows() const { return created + updated + unchanged + failed; }
};
// "12 created, 985 unchanged".
[[nodiscard]] std::string counts_text(const ImportCounts& counts);

struct ImportReportOptions {
    std::string file_name;              // as it is told
    std::size_t errors_max = 20;        // told; all are counted and kept
    std::size_t changes_max = 10;       // of a dry run: told in full
    std::filesystem::path errors_file;  // where rejected rows go; empty: nowhere
    bulk::Format format = bulk::Format::kCsv;
};

// Role: the one place where lanes tell what became of their rows. Threads: any. `progress` must
// outlive it.
class ImportReport {
  public:
    ImportReport(ImportReportOptions options, Progress& progress);

    // kIo: the file for rejected rows can't be made.
    [[nodiscard]] Result<void> open();
    // The cells of CSV's first row, for the file of rejected rows.
    void set_header(const std::vector<std::string>& header);

    void add(const ImportCounts& counts);
    // One row that isn't stored; it counts as failed. `text`: the row as it stood in the file.
    void reject(std::size_t line, std::string_view why, std::string_view text);
    // One row that would change something.
    void would_change(std::size_t line, std::string_view what,
                      const std::vector<management::Difference>& differences);

    [[nodiscard]] ImportCounts counts() const;
    // What a dry run found in all: "fields that would change: queueId (12), region (3)"; or empty.
    [[nodiscard]] std::string changed_fields() const;
    // Bad rows that were not told.
    [[nodiscard]] std::uint64_t untold() const;
    // kIo, kDiskFull: not all rejected rows could be written.
    [[nodiscard]] Result<void> finish();

  private:
    void keep(std::size_t line, std::string_view why, std::string_view text);

    const ImportReportOptions options_;
    Progress& progress_;
    mutable std::mutex mutex_;
    ImportCounts counts_;
    std::size_t changes_told_ = 0;
    std::map<std::string, std::uint64_t> fields_;
    std::string header_;
    std::ofstream errors_;
};

}  // namespace meridian::app
