#include "backup/backups.h"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <system_error>
#include <utility>

#include "backup/new_file.h"
#include "base/log.h"

namespace meridian::backup {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kEnd = ".backup";
constexpr std::string_view kArchiveId = "continuous";
constexpr std::size_t kIdBytesMax = 64;

bool is_id(std::string_view text) {
    return !text.empty() && text.size() <= kIdBytesMax && text.front() != '.' &&
           std::ranges::all_of(text, [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                      c == '-' || c == '.';
           });
}

std::unexpected<Error> no_backup(std::string_view id) {
    return fail(ErrorCode::kInvalidInput,
                fmt::format("There is no backup {}; `meridian backup list` shows those that are",
                            is_id(id) ? id : "of that name"));
}

item::Value number(std::uint64_t value) {
    return item::Number(static_cast<std::int64_t>(value));
}

item::Map summary(const BackupInfo& info) {
    item::Map hashes;
    for (std::size_t i = 0; i < info.header.tables.size(); ++i) {
        hashes[info.header.tables[i].name] = store::to_string(info.trailer.hashes[i]);
    }
    return {{"items", number(info.trailer.items)},
            {"bytes", number(info.bytes)},
            {"checksum", fmt::format("{:016x}", info.checksum)},
            {"hashes", std::move(hashes)}};
}

}  // namespace

Backups::Backups(BackupOptions options, store::ReplicaStore& store, const Clock& clock,
                 Random& random, ScratchMaker scratch)
    : options_(std::move(options)),
      store_(store),
      clock_(clock),
      scratch_(std::move(scratch)),
      random_(random) {}

Result<std::unique_ptr<Backups>> Backups::open(BackupOptions options, store::ReplicaStore& store,
                                               const Clock& clock, Random& random,
                                               ScratchMaker scratch) {
    if (options.keep == 0) {
        return fail(ErrorCode::kInvalidInput, "At least one scheduled backup must be kept");
    }
    auto& folder = options.folder;
    auto ready = make_folder(folder);
    if (ready) {
        ready = remove_unfinished(folder);
    }
    if (!ready) {
        return std::unexpected(std::move(ready).error());
    }
    std::error_code ignored;
    fs::remove_all(folder / "scratch", ignored);
    std::unique_ptr<Backups> backups(
        new Backups(std::move(options), store, clock, random, std::move(scratch)));
    const auto& kept = backups->options_;
    if (kept.continuous) {
        auto archive =
            Archive::open({kept.folder / kArchiveId, kept.base_every, kept.window}, store, clock);
        if (!archive) {
            return std::unexpected(std::move(archive).error());
        }
        backups->archive_ = *std::move(archive);
    }
    auto making = Jobs::open(kept.folder / "jobs" / "backups", clock);
    auto restoring = Jobs::open(kept.folder / "jobs" / "restores", clock);
    if (!making || !restoring) {
        return std::unexpected(making ? restoring.error() : making.error());
    }
    backups->making_ = *std::move(making);
    backups->restoring_ = *std::move(restoring);
    return backups;
}

Backups::~Backups() {
    if (archive_) {
        archive_->stop();
    }
    ticking_ = {};
    restoring_.reset();
    making_.reset();
}

void Backups::start(std::chrono::milliseconds every) {
    ticking_ = std::jthread([this, every](const std::stop_token& stop) {
        std::mutex mutex;
        std::condition_variable_any stopped;
        std::unique_lock lock(mutex);
        do {
            tick();
        } while (!stopped.wait_for(lock, stop, every, [&stop] { return stop.stop_requested(); }));
    });
}

void Backups::tick() {
    if (archive_) {
        (void)archive_->step();  // tells its error itself, and in archive()
    }
    if (options_.every) {
        make_scheduled();
        keep_some();
    }
}

// "20261121T091331.123Z-x7k2": the time, and some letters for two of one millisecond.
std::string Backups::new_id() {
    auto id = format_instant(clock_.now());
    std::erase_if(id, [](char c) { return c == ':' || c == '-'; });
    const std::lock_guard lock(random_mutex_);
    return id + "-" + random_.alphanumeric(4);
}

// ---- On demand

Result<Job> Backups::create(BackupKind kind) {
    const auto id = new_id();
    return making_->submit({.id = id, .kind = "backup", .subject = id},
                           [this, id, kind](Tally& tally) { return make(id, kind, tally); });
}

Result<item::Map> Backups::make(const std::string& id, BackupKind kind, Tally& tally) {
    const auto now = clock_.now();
    const auto view = store_.open_view();
    if (!view) {
        return std::unexpected(view.error());
    }
    const auto info = write_backup(
        store_, **view, {options_.folder / (id + std::string(kEnd)), id, kind, now}, tally);
    return info ? Result<item::Map>(summary(*info)) : std::unexpected(info.error());
}

Result<Job> Backups::verify(const std::string& id) {
    if (id == kArchiveId) {
        if (!archive_) {
            return no_backup(id);
        }
        return making_->submit({.id = new_id(), .kind = "verify", .subject = id},
                               [this](Tally& tally) { return check_archive(tally); });
    }
    if (const auto file = file_of(id); !file) {
        return std::unexpected(file.error());
    }
    return making_->submit({.id = new_id(), .kind = "verify", .subject = id},
                           [this, id](Tally& tally) { return check(id, tally); });
}

Result<item::Map> Backups::check(const std::string& id, Tally& tally) const {
    const auto file = file_of(id);
    if (!file) {
        return std::unexpected(file.error());
    }
    if (const auto told = read_backup_info(*file)) {
        tally.items_total = told->trailer.items + told->trailer.deletes;
    }
    auto input = open_file(*file);
    if (!input) {
        return std::unexpected(std::move(input).error());
    }
    const auto info = verify_backup(*std::move(input), tally);
    return info ? Result<item::Map>(summary(*info)) : std::unexpected(info.error());
}

Result<item::Map> Backups::check_archive(Tally& tally) const {
    const auto files = list_archive(options_.folder / kArchiveId);
    if (!files) {
        return std::unexpected(files.error());
    }
    for (const auto& base : files->bases) {
        auto input = open_file(files->folder / name_of(base));
        const auto info = input ? verify_backup(*std::move(input), tally)
                                : Result<BackupInfo>(std::unexpected(input.error()));
        if (!info) {
            return std::unexpected(info.error());
        }
    }
    std::uint64_t changes = 0;
    for (const auto& segment : files->segments) {
        auto input = open_file(files->folder / name_of(segment));
        if (!input) {
            continue;  // the one that is being written
        }
        auto reader = SegmentReader::open(*std::move(input));
        if (!reader) {
            return std::unexpected(std::move(reader).error());
        }
        while (true) {
            const auto part = reader->next();
            if (!part) {
                return std::unexpected(part.error());
            }
            if (!*part) {
                break;
            }
            changes += (*part)->changes.size();
            tally.items += (*part)->changes.size();
        }
    }
    return item::Map{{"bases", number(files->bases.size())},
                     {"segments", number(files->segments.size())},
                     {"changes", number(changes)}};
}

// ---- Restoring into the running region

Result<Job> Backups::restore(RestoreRequest request, std::unique_ptr<LiveTables> tables) {
    if (request.id.empty() == !request.to.has_value()) {
        return fail(ErrorCode::kInvalidInput, "Say either which backup, or to which instant");
    }
    if (request.to) {
        if (const auto point = point_at(*request.to); !point) {
            return std::unexpected(point.error());
        }
    } else if (const auto file = file_of(request.id); !file) {
        return std::unexpected(file.error());
    }
    auto subject = request.to ? format_instant(*request.to) : request.id;
    return restoring_->submit({.id = new_id(), .kind = "restore", .subject = std::move(subject)},
                              [this, request = std::move(request), tables = std::move(tables)](
                                  Tally& tally) { return bring_back(request, *tables, tally); });
}

Result<Job> Backups::restore_by(std::string subject, JobWork work) {
    return restoring_->submit({.id = new_id(), .kind = "table", .subject = std::move(subject)},
                              std::move(work));
}

Result<Point> Backups::point_at(Instant moment) const {
    if (!archive_) {
        return fail(ErrorCode::kInvalidInput,
                    "This region keeps no continuous archive; [backup] continuous = true "
                    "switches it on");
    }
    return archive_->find(moment);
}

Result<Restored> Backups::read_table(const TableSource& source, const TableSink& sink,
                                     Tally& tally) const {
    if (source.to) {
        const auto point = point_at(*source.to);
        return point ? backup::read_table(*point, source.table, sink, tally)
                     : std::unexpected(point.error());
    }
    const auto file = file_of(source.id);
    return file ? backup::read_table(*file, source.table, sink, tally)
                : std::unexpected(file.error());
}

Result<item::Map> Backups::bring_back(const RestoreRequest& request, LiveTables& tables,
                                      Tally& tally) {
    const auto folder = options_.folder / "scratch";
    std::error_code ignored;
    fs::remove_all(folder, ignored);
    Result<std::vector<TableCounts>> counts;
    {
        auto scratch = scratch_(folder);
        if (!scratch) {
            return std::unexpected(std::move(scratch).error());
        }
        auto filled = fill(request, **scratch, tally);
        counts = filled ? restore_live(**scratch, store_, tables, request.what, tally)
                        : std::unexpected(std::move(filled).error());
    }
    fs::remove_all(folder, ignored);
    if (!counts) {
        return std::unexpected(std::move(counts).error());
    }
    item::List told;
    for (const auto& table : *counts) {
        told.emplace_back(item::Map{{"table", table.table},
                                    {"added", number(table.added)},
                                    {"changed", number(table.changed)},
                                    {"deleted", number(table.deleted)},
                                    {"same", number(table.same)}});
    }
    return item::Map{{"tables", std::move(told)}, {"dryRun", request.what.dry_run}};
}

Result<void> Backups::fill(const RestoreRequest& request, store::ReplicaStore& scratch,
                           Tally& tally) {
    if (request.to) {
        const auto point = point_at(*request.to);
        if (!point) {
            return std::unexpected(point.error());
        }
        const auto restored = restore_point(*point, scratch, tally);
        return restored ? Result<void>() : std::unexpected(restored.error());
    }
    const auto file = file_of(request.id);
    if (!file) {
        return std::unexpected(file.error());
    }
    if (const auto info = read_backup_info(*file)) {
        // Once out of the file, once compared with what there is, once the other way round.
        tally.items_total = 3 * info->trailer.items + info->trailer.deletes;
    }
    const auto restored = restore_backup(*file, scratch, tally);
    return restored ? Result<void>() : std::unexpected(restored.error());
}

// ---- What there is

Result<fs::path> Backups::file_of(const std::string& id) const {
    auto file = options_.folder / (id + std::string(kEnd));
    std::error_code error;
    return is_id(id) && fs::is_regular_file(file, error) ? Result<fs::path>(std::move(file))
                                                         : no_backup(id);
}

Result<BackupEntry> Backups::find(const std::string& id) const {
    const auto file = file_of(id);
    if (!file) {
        return std::unexpected(file.error());
    }
    BackupEntry entry{.id = id, .info = {}, .error = {}, .verified = {}};
    if (auto info = read_backup_info(*file)) {
        entry.info = *std::move(info);
    } else {
        entry.error = info.error().message;
    }
    for (const auto& job : making_->list()) {
        if (job.kind == "verify" && job.subject == id && job.finished &&
            !job.error.starts_with("Interrupted")) {
            entry.verified = Verified{*job.finished, job.error};
        }
    }
    return entry;
}

Result<std::vector<BackupEntry>> Backups::list() const {
    std::vector<std::string> ids;
    std::error_code error;
    for (fs::directory_iterator file(options_.folder, error), end; !error && file != end;
         file.increment(error)) {
        if (file->path().extension() == kEnd) {
            ids.push_back(file->path().stem().string());
        }
    }
    if (error) {
        return fail(ErrorCode::kIo, fmt::format("{} cannot be read: {}", options_.folder.string(),
                                                error.message()));
    }
    std::ranges::sort(ids);
    std::vector<BackupEntry> entries;
    for (const auto& id : ids) {
        if (auto entry = find(id)) {
            entries.push_back(*std::move(entry));
        }
    }
    return entries;
}

Result<void> Backups::remove(const std::string& id) {
    const auto file = file_of(id);
    if (!file) {
        return std::unexpected(file.error());
    }
    if (auto removed = remove_file(*file); !removed) {
        return removed;
    }
    making_->forget(id);
    return {};
}

Result<std::optional<ArchiveStatus>> Backups::archive() const {
    if (!archive_) {
        return std::nullopt;
    }
    auto status = archive_->status();
    return status ? Result<std::optional<ArchiveStatus>>(*std::move(status))
                  : std::unexpected(std::move(status).error());
}

// ---- On a schedule

void Backups::make_scheduled() {
    if (const auto job = making_->find(scheduled_);
        job && (job->state == JobState::kQueued || job->state == JobState::kRunning)) {
        return;
    }
    const auto entries = list();
    if (!entries) {
        return;
    }
    const auto now = clock_.now();
    for (const auto& entry : *entries) {
        // One of the future is the clock's fault, and no reason to wait for it.
        if (entry.info && entry.info->header.kind == BackupKind::kScheduled &&
            entry.info->header.at <= now && now - entry.info->header.at < *options_.every) {
            return;
        }
    }
    if (const auto job = making_->find(scheduled_);
        job && job->state == JobState::kFailed && job->finished &&
        now - *job->finished <
            std::min<std::chrono::milliseconds>(*options_.every, std::chrono::minutes{1})) {
        return;  // tried again a little later
    }
    if (const auto job = create(BackupKind::kScheduled)) {
        scheduled_ = job->id;
    }
}

// The newest good ones stay; what is damaged doesn't count, and goes with its age.
void Backups::keep_some() {
    const auto entries = list();
    if (!entries) {
        return;
    }
    std::size_t good = 0;
    for (auto entry = entries->rbegin(); entry != entries->rend(); ++entry) {
        if (!entry->info || entry->info->header.kind != BackupKind::kScheduled) {
            continue;
        }
        if (good < options_.keep) {
            good += !entry->verified || entry->verified->damage.empty() ? 1 : 0;
        } else if (auto removed = remove(entry->id); !removed) {
            log(LogLevel::kWarn, "backup", "{}", removed.error().message);
        }
    }
}

}  // namespace meridian::backup
