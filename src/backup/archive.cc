#include "backup/archive.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>
#include <utility>

#include "backup/backup_file.h"
#include "base/log.h"

namespace meridian::backup {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kChangesAtOnce = 4096;
// A quiet log is told to have been quiet so often.
constexpr std::chrono::seconds kQuietEvery{10};
constexpr std::chrono::hours kSegmentAgeMax{1};

}  // namespace

Result<std::unique_ptr<Archive>> Archive::open(ArchiveOptions options, store::ReplicaStore& store,
                                               const Clock& clock) {
    if (auto made = make_folder(options.folder); !made) {
        return std::unexpected(std::move(made).error());
    }
    std::unique_ptr<Archive> archive(new Archive(std::move(options), store, clock));
    if (auto recovered = archive->recover(); !recovered) {
        return std::unexpected(std::move(recovered).error());
    }
    return archive;
}

Archive::~Archive() {
    const std::lock_guard lock(mutex_);
    tally_.stop = false;
    const auto now = clock_.now();
    if (const auto copied = following_ ? copy_log() : Result<bool>(false); copied && *copied) {
        seen_ = std::max(now, time_);
    }
    (void)append_seen();
    if (auto finished = finish_segment(); !finished && segment_) {
        segment_->keep();  // the next process finishes it
    }
}

// What a former process was writing gets its name; unfinished bases go.
Result<void> Archive::recover_growing() {
    std::error_code error;
    std::vector<fs::path> growing;
    for (const auto& entry : fs::directory_iterator(options_.folder, error)) {
        if (entry.path().extension() == kUnfinished) {
            growing.push_back(entry.path());
        }
    }
    for (const auto& file : growing) {
        const auto growth = file.filename().string().starts_with("changes-")
                                ? measure_segment(file)
                                : Result<std::optional<Growth>>();
        if (!growth) {
            return std::unexpected(growth.error());
        }
        if (!*growth) {
            if (auto removed = remove_file(file); !removed) {
                return removed;
            }
            continue;
        }
        const auto& [header, through, time, bytes] = **growth;
        fs::resize_file(file, bytes, error);
        if (error) {
            return fail(ErrorCode::kIo,
                        fmt::format("{} cannot be cut: {}", file.string(), error.message()));
        }
        const SegmentFile segment{header.log, header.after, through, time};
        if (auto named = rename_file(file, options_.folder / name_of(segment)); !named) {
            return named;
        }
    }
    return {};
}

Result<void> Archive::recover() {
    if (auto recovered = recover_growing(); !recovered) {
        return recovered;
    }
    const auto files = list_archive(options_.folder);
    if (!files) {
        return std::unexpected(files.error());
    }
    for (const auto& base : files->bases) {
        time_ = std::max(time_, base.time);
    }
    for (const auto& segment : files->segments) {
        time_ = std::max(time_, segment.time);
    }
    // The end of the newest window, if that is of the log that the store has now.
    const auto windows = windows_of(*files);
    if (!windows.empty() && windows.back().log == store_.log_id()) {
        const auto& window = windows.back();
        position_ = window.bases.back().sequence;
        for (const auto& segment : window.segments) {
            position_ = std::max(position_, segment.through);
        }
        last_base_ = window.bases.back().time;
        seen_ = window.latest;
        following_ = position_ <= store_.last_sequence();
    }
    tell({});
    return {};
}

Result<void> Archive::step() {
    const std::lock_guard lock(mutex_);
    auto stepped = step_locked();
    tell(stepped);
    return stepped;
}

Result<void> Archive::step_locked() {
    if (tally_.stop) {
        return {};
    }
    const auto now = clock_.now();
    auto copied = following_ ? copy_log() : Result<bool>(false);
    if (!copied) {
        return std::unexpected(std::move(copied).error());
    }
    if (!*copied) {
        if (following_) {
            log(LogLevel::kError, "backup",
                "changes after {} were no longer in the log: the archive has a gap, and goes on "
                "from a new base",
                position_);
            if (auto told = append_seen(); !told) {
                return told;
            }
        }
        following_ = false;
    }
    if (!following_ || std::max(now, time_) - last_base_ >= options_.base_every) {
        if (auto made = make_base(); !made) {
            return made;
        }
        copied = copy_log();
        if (!copied) {
            return std::unexpected(std::move(copied).error());
        }
    }
    seen_ = std::max(now, time_);
    return seen_ - time_ >= kQuietEvery ? append_seen() : Result<void>();
}

Result<bool> Archive::copy_log() {
    while (!tally_.stop) {
        auto log = store_.read_all(position_, kChangesAtOnce);
        if (!log && log.error().code == ErrorCode::kLogTrimmed) {
            return false;
        }
        if (!log) {
            return std::unexpected(std::move(log).error());
        }
        if (log->changes.empty()) {
            return true;
        }
        if (auto appended = append(*std::move(log)); !appended) {
            return std::unexpected(std::move(appended).error());
        }
    }
    return true;
}

Result<void> Archive::append(store::OwnChanges log) {
    // Nor before what was said to be complete.
    ArchivedPart part{position_, log.through, std::max(time_, seen_), std::move(log.tables), {}};
    part.changes.reserve(log.changes.size());
    for (auto& change : log.changes) {
        part.time = std::max(part.time, change.at);
        part.changes.push_back({change.sequence, part.time, std::move(change.item)});
    }
    return append_part(part);
}

// That nothing else has happened up to here.
Result<void> Archive::append_seen() {
    return following_ && seen_ > time_ ? append_part({position_, position_, seen_, {}, {}})
                                       : Result<void>();
}

Result<void> Archive::append_part(const ArchivedPart& part) {
    if (!segment_) {
        auto made =
            SegmentWriter::create(options_.folder, {store_.region(), store_.log_id(), position_});
        if (!made) {
            return std::unexpected(std::move(made).error());
        }
        segment_.emplace(*std::move(made));
        segment_began_ = clock_.now();
    }
    if (auto appended = segment_->append(part); !appended) {
        return appended;
    }
    position_ = part.through;
    time_ = part.time;
    const auto age = clock_.now() - segment_began_;
    const bool is_full = segment_->size() >= options_.segment_bytes || age >= kSegmentAgeMax;
    return is_full ? finish_segment() : Result<void>();
}

Result<void> Archive::finish_segment() {
    if (segment_) {
        if (auto finished = segment_->finish(); !finished) {
            return finished;
        }
        segment_.reset();
    }
    return {};
}

Result<void> Archive::make_base() {
    // Before the view: no change that is not in it was made earlier, unless the clock steps.
    const auto now = clock_.now();
    const auto view = store_.open_view();
    if (!view) {
        return std::unexpected(view.error());
    }
    const auto sequence = (*view)->sequence();
    if (following_ && position_ < sequence) {
        if (const auto copied = copy_log(); !copied) {
            return std::unexpected(copied.error());
        }
    }
    const BaseFile base{store_.log_id(), sequence, std::max(now, time_)};
    const auto name = name_of(base);
    const auto written = write_backup(
        store_, **view,
        {options_.folder / name, name.substr(0, name.rfind('.')), BackupKind::kBase, base.time},
        tally_);
    if (!written) {
        return std::unexpected(written.error());
    }
    if (!following_) {
        if (auto finished = finish_segment(); !finished) {
            return finished;
        }
        position_ = sequence;
        following_ = true;
    }
    time_ = last_base_ = base.time;
    return forget_old();
}

// The oldest base that somebody may ask for is the newest one that is at least so old.
Result<void> Archive::forget_old() {
    const auto files = list_archive(options_.folder);
    if (!files) {
        return std::unexpected(files.error());
    }
    const auto oldest = time_ - options_.kept;
    std::vector<std::string> needed;
    std::vector<std::string> old;
    const auto windows = windows_of(*files);
    for (const auto& window : windows) {
        const auto& bases = window.bases;
        const bool is_over = &window != &windows.back() && window.latest < oldest;
        std::size_t first = is_over ? bases.size() : 0;
        while (!is_over && first + 1 < bases.size() && bases[first + 1].time <= oldest) {
            ++first;
        }
        for (std::size_t i = 0; i < first; ++i) {
            old.push_back(name_of(bases[i]));
        }
        for (const auto& segment : window.segments) {
            if (!is_over && segment.through > bases[first].sequence) {
                needed.push_back(name_of(segment));
            }
        }
    }
    for (const auto& segment : files->segments) {
        if (auto name = name_of(segment);
            segment.time < oldest && std::ranges::find(needed, name) == needed.end()) {
            old.push_back(std::move(name));
        }
    }
    for (const auto& name : old) {
        if (auto removed = remove_file(options_.folder / name); !removed) {
            return removed;
        }
    }
    return {};
}

void Archive::tell(const Result<void>& stepped) {
    const std::lock_guard lock(told_mutex_);
    const auto before = std::move(told_.error);
    told_ = {following_, seen_, stepped ? std::nullopt : std::optional(stepped.error())};
    if (!stepped && (!before || before->message != stepped.error().message)) {
        log(LogLevel::kError, "backup", "the archive does not go on: {}", stepped.error().message);
    } else if (stepped && before) {
        log(LogLevel::kInfo, "backup", "the archive goes on");
    }
}

Result<std::vector<Window>> Archive::windows(const Told& told) const {
    const auto files = list_archive(options_.folder);
    if (!files) {
        return std::unexpected(files.error());
    }
    auto windows = windows_of(*files);
    if (!windows.empty() && told.following) {
        windows.back().latest = std::max(windows.back().latest, told.seen);
    }
    return windows;
}

Result<ArchiveStatus> Archive::status() const {
    Told told;
    {
        const std::lock_guard lock(told_mutex_);
        told = told_;
    }
    auto listed = windows(told);
    if (!listed) {
        return std::unexpected(std::move(listed).error());
    }
    ArchiveStatus status{*std::move(listed), told.error, 0};
    std::error_code error;
    for (fs::directory_iterator entry(options_.folder, error), end; !error && entry != end;
         entry.increment(error)) {
        std::error_code gone;
        const auto size = entry->file_size(gone);
        status.bytes += gone ? 0 : size;
    }
    return status;
}

Result<Point> Archive::find(Instant moment) {
    if (auto stepped = step(); !stepped) {
        return std::unexpected(std::move(stepped).error());
    }
    const std::lock_guard lock(mutex_);
    // Whoever reads the files finds in them that nothing else happened up to the moment.
    if (auto told = append_seen(); !told) {
        return std::unexpected(std::move(told).error());
    }
    if (auto finished = finish_segment(); !finished) {
        return std::unexpected(std::move(finished).error());
    }
    const auto listed = windows({following_, seen_, {}});
    return listed ? find_point(options_.folder, *listed, moment) : std::unexpected(listed.error());
}

}  // namespace meridian::backup
