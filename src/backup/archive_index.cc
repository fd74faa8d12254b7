#include "backup/archive_index.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <system_error>
#include <utility>

#include "backup/new_file.h"
#include "backup/segment.h"

namespace meridian::backup {
namespace {

constexpr std::string_view kBaseStart = "base-";
constexpr std::string_view kBaseEnd = ".backup";
constexpr std::string_view kSegmentStart = "changes-";
constexpr std::string_view kSegmentEnd = ".segment";

std::uint64_t ms_of(Instant time) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(0, time.time_since_epoch().count()));
}

// The numbers of a name, which have fixed widths.
class NameReader {
  public:
    explicit NameReader(std::string_view name) : left_(name) {}

    bool skip(std::string_view text) {
        good_ = good_ && left_.starts_with(text);
        left_.remove_prefix(good_ ? text.size() : 0);
        return good_;
    }
    std::uint64_t number(std::size_t digits, int base = 10) {
        std::uint64_t number = 0;
        const auto text = left_.substr(0, digits);
        const auto [end, error] =
            std::from_chars(text.data(), text.data() + text.size(), number, base);
        good_ =
            good_ && text.size() == digits && error == std::errc() && end == text.data() + digits;
        left_.remove_prefix(good_ ? digits : 0);
        return number;
    }
    store::LogId log() { return store::LogId{number(16, 16)}; }
    store::SequenceNumber sequence() { return number(20); }
    Instant time() {
        return Instant(std::chrono::milliseconds(static_cast<std::int64_t>(number(13))));
    }
    [[nodiscard]] bool done() const { return good_ && left_.empty(); }

  private:
    std::string_view left_;
    bool good_ = true;
};

struct Chain {
    Window window;
    store::SequenceNumber through = 0;
};

// The segments of one log, joined where one goes on where another ends, and the bases that stand in
// what they cover.
std::vector<Chain> chains_of(std::vector<BaseFile> bases, std::vector<SegmentFile> segments) {
    std::ranges::sort(bases, {}, &BaseFile::sequence);
    std::ranges::sort(segments, {}, [](const auto& s) { return std::pair(s.after, s.through); });
    std::vector<Chain> chains;
    auto base = bases.begin();
    auto segment = segments.begin();
    while (base != bases.end()) {
        Chain chain{{base->log, {*base}, {}, base->time}, base->sequence};
        ++base;
        while (segment != segments.end() && segment->after < chain.through &&
               segment->through <= chain.through) {
            ++segment;  // all of it is in the base
        }
        while (segment != segments.end() && segment->after <= chain.through) {
            chain.through = std::max(chain.through, segment->through);
            chain.window.latest = std::max(chain.window.latest, segment->time);
            chain.window.segments.push_back(*segment++);
        }
        for (; base != bases.end() && base->sequence <= chain.through; ++base) {
            chain.window.latest = std::max(chain.window.latest, base->time);
            chain.window.bases.push_back(*base);
        }
        chains.push_back(std::move(chain));
    }
    return chains;
}

std::string text_of(const std::vector<Window>& windows) {
    std::string text;
    for (const auto& window : windows) {
        text += fmt::format("{}{} to {}", text.empty() ? "" : ", ",
                            format_instant(window.earliest()), format_instant(window.latest));
    }
    return text.empty() ? "none yet: the archive has no base backup" : text;
}

Result<void> add_growing(const std::filesystem::path& file, ArchiveFiles& files) {
    const auto growth = measure_segment(file);
    if (!growth) {
        // It may have been finished, or thrown away, in between.
        return std::filesystem::exists(file) ? std::unexpected(growth.error()) : Result<void>();
    }
    if (*growth) {
        const auto& [header, through, time, bytes] = **growth;
        files.segments.push_back({header.log, header.after, through, time});
    }
    return {};
}

std::filesystem::path file_of(const std::filesystem::path& folder, const SegmentFile& segment) {
    auto file = folder / name_of(segment);
    std::error_code ignored;
    if (std::filesystem::exists(file, ignored)) {
        return file;
    }
    file = folder / growing_name(segment.log, segment.after);
    file += kUnfinished;
    return file;
}

}  // namespace

std::string name_of(const BaseFile& base) {
    return fmt::format("{}{:016x}-{:020}-{:013}{}", kBaseStart,
                       static_cast<std::uint64_t>(base.log), base.sequence, ms_of(base.time),
                       kBaseEnd);
}

std::string name_of(const SegmentFile& segment) {
    return fmt::format("{}{:016x}-{:020}-{:020}-{:013}{}", kSegmentStart,
                       static_cast<std::uint64_t>(segment.log), segment.after, segment.through,
                       ms_of(segment.time), kSegmentEnd);
}

std::string growing_name(store::LogId log, store::SequenceNumber after) {
    return fmt::format("{}{:016x}-{:020}{}", kSegmentStart, static_cast<std::uint64_t>(log), after,
                       kSegmentEnd);
}

std::optional<BaseFile> parse_base(std::string_view name) {
    NameReader reader(name);
    BaseFile base;
    reader.skip(kBaseStart);
    base.log = reader.log();
    reader.skip("-");
    base.sequence = reader.sequence();
    reader.skip("-");
    base.time = reader.time();
    reader.skip(kBaseEnd);
    return reader.done() ? std::optional(base) : std::nullopt;
}

std::optional<SegmentFile> parse_segment(std::string_view name) {
    NameReader reader(name);
    SegmentFile segment;
    reader.skip(kSegmentStart);
    segment.log = reader.log();
    reader.skip("-");
    segment.after = reader.sequence();
    reader.skip("-");
    segment.through = reader.sequence();
    reader.skip("-");
    segment.time = reader.time();
    reader.skip(kSegmentEnd);
    return reader.done() ? std::optional(segment) : std::nullopt;
}

Result<ArchiveFiles> list_archive(const std::filesystem::path& folder) {
    ArchiveFiles files{folder, {}, {}};
    std::error_code error;
    for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
        const auto name = entry->path().filename().string();
        if (const auto base = parse_base(name)) {
            files.bases.push_back(*base);
        } else if (const auto segment = parse_segment(name)) {
            files.segments.push_back(*segment);
        } else if (name.starts_with(kSegmentStart) && name.ends_with(kUnfinished)) {
            if (auto added = add_growing(entry->path(), files); !added) {
                return std::unexpected(std::move(added).error());
            }
        }
    }
    if (error && error != std::errc::no_such_file_or_directory) {
        return fail(ErrorCode::kIo,
                    fmt::format("{} cannot be read: {}", folder.string(), error.message()));
    }
    return files;
}

std::vector<Window> windows_of(const ArchiveFiles& files) {
    std::map<store::LogId, std::pair<std::vector<BaseFile>, std::vector<SegmentFile>>> logs;
    for (const auto& base : files.bases) {
        logs[base.log].first.push_back(base);
    }
    for (const auto& segment : files.segments) {
        logs[segment.log].second.push_back(segment);
    }
    std::vector<Window> windows;
    for (const auto& [log, parts] : logs) {
        for (auto& chain : chains_of(parts.first, parts.second)) {
            windows.push_back(std::move(chain.window));
        }
    }
    std::ranges::sort(windows, {}, &Window::earliest);
    return windows;
}

Result<Point> find_point(const std::filesystem::path& folder, const std::vector<Window>& windows,
                         Instant moment) {
    for (const auto& window : windows) {
        if (moment < window.earliest() || moment > window.latest) {
            continue;
        }
        const auto after = std::ranges::find_if(
            window.bases, [&](const auto& base) { return base.time > moment; });
        const auto& base = *std::prev(after);
        Point point{folder / name_of(base), base.log, base.sequence, {}, moment};
        for (const auto& segment : window.segments) {
            if (segment.through > base.sequence) {
                point.segments.push_back(file_of(folder, segment));
            }
        }
        return point;
    }
    return fail(ErrorCode::kInvalidInput, fmt::format("{} is not in what the archive keeps: {}",
                                                      format_instant(moment), text_of(windows)));
}

}  // namespace meridian::backup
