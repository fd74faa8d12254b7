// A part of the change log, in a file that grows until it is full.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "backup/contents.h"
#include "backup/new_file.h"
#include "backup/records.h"
#include "base/result.h"

namespace meridian::backup {

// Role: writes one. Threads: one at a time. Errors: kDiskFull, kIo; then the part is not in it, and
// may be appended again.
class SegmentWriter {
  public:
    [[nodiscard]] static Result<SegmentWriter> create(const std::filesystem::path& folder,
                                                      const SegmentHeader& header);

    // Durable afterwards. REQUIRES: the part goes on where the last one ended.
    [[nodiscard]] Result<void> append(const ArchivedPart& part);
    // Under its final name; one without a part goes.
    [[nodiscard]] Result<void> finish();
    // Stays as it is, for whoever opens the archive next.
    void keep() { file_.keep(); }

    [[nodiscard]] std::uint64_t size() const { return file_.size(); }
    [[nodiscard]] store::SequenceNumber through() const { return through_; }

  private:
    SegmentWriter(NewFile file, std::filesystem::path folder, const SegmentHeader& header)
        : file_(std::move(file)),
          folder_(std::move(folder)),
          header_(header),
          through_(header.after) {}

    NewFile file_;
    std::filesystem::path folder_;
    SegmentHeader header_;
    RecordFramer framer_;
    store::SequenceNumber through_;
    Instant time_;
    bool has_parts_ = false;
};

// Role: reads one. Threads: one at a time.
class SegmentReader {
  public:
    // kCorruption: it is no segment; others are open_file's and RecordReader's.
    [[nodiscard]] static Result<SegmentReader> open(std::unique_ptr<Input> input);

    [[nodiscard]] const SegmentHeader& header() const { return header_; }
    // Nothing at the end. kCorruption: damage, or a part that doesn't follow the one before.
    [[nodiscard]] Result<std::optional<ArchivedPart>> next();
    // How much of the file was whole so far.
    [[nodiscard]] std::uint64_t offset() const { return records_.offset(); }

  private:
    SegmentReader(RecordReader records, SegmentHeader header)
        : records_(std::move(records)), header_(std::move(header)), through_(header_.after) {}

    RecordReader records_;
    SegmentHeader header_;
    store::SequenceNumber through_;
    Instant time_ = Instant::min();
};

// Of a file that a process may have died over: how far it is whole, and up to when.
struct Growth {
    SegmentHeader header;
    store::SequenceNumber through = 0;
    Instant time;
    std::uint64_t bytes = 0;
};
// Nothing: not even its start is whole, or it has no part yet. kIo.
[[nodiscard]] Result<std::optional<Growth>> measure_segment(const std::filesystem::path& file);

}  // namespace meridian::backup
