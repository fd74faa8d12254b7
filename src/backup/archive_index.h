// What an archive has: which base backups and which segments of the change log, and so which
// moments can be put together from them. Told from the names of its files alone.
//
//   base-LOG-SEQUENCE-TIME.backup             a backup of kind kBase
//   changes-LOG-AFTER-THROUGH-TIME.segment    a segment
//   changes-LOG-AFTER.segment.unfinished      the one that is being written
//
// LOG is 16 hexadecimal digits, sequence numbers have 20 digits, TIME is 13 digits of ms.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "base/result.h"
#include "store/replica_store.h"

namespace meridian::backup {

struct BaseFile {
    store::LogId log{};
    store::SequenceNumber sequence = 0;
    Instant time;
};
struct SegmentFile {
    store::LogId log{};
    store::SequenceNumber after = 0;
    store::SequenceNumber through = 0;
    Instant time;
};
[[nodiscard]] std::string name_of(const BaseFile& base);
[[nodiscard]] std::string name_of(const SegmentFile& segment);
// Before kUnfinished is put behind it.
[[nodiscard]] std::string growing_name(store::LogId log, store::SequenceNumber after);
// Nothing: it is no such file's name.
[[nodiscard]] std::optional<BaseFile> parse_base(std::string_view name);
[[nodiscard]] std::optional<SegmentFile> parse_segment(std::string_view name);

// A stretch of time of which every moment can be put together: no change is missing between its
// oldest base and its end.
struct Window {
    store::LogId log{};
    std::vector<BaseFile> bases;        // oldest first, at least one
    std::vector<SegmentFile> segments;  // oldest first, each going on where the one before ends
    Instant latest;

    [[nodiscard]] Instant earliest() const { return bases.front().time; }
};

// What is needed for one moment.
struct Point {
    std::filesystem::path base;
    store::LogId log{};
    store::SequenceNumber sequence = 0;           // of the base
    std::vector<std::filesystem::path> segments;  // with what came after
    Instant until;                                // changes after it don't count
};

struct ArchiveFiles {
    std::filesystem::path folder;
    std::vector<BaseFile> bases;
    std::vector<SegmentFile> segments;
};
// Also what is being written at this moment, as far as it is whole. Not an error: there is no such
// folder. kIo.
[[nodiscard]] Result<ArchiveFiles> list_archive(const std::filesystem::path& folder);

// Oldest first. A segment without a base before it is of no use, and in no window.
[[nodiscard]] std::vector<Window> windows_of(const ArchiveFiles& files);

// kInvalidInput names the windows that there are.
[[nodiscard]] Result<Point> find_point(const std::filesystem::path& folder,
                                       const std::vector<Window>& windows, Instant moment);

}  // namespace meridian::backup
