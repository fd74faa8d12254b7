#include "backup/restore.h"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "backup/segment.h"

namespace meridian::backup {
namespace {

// What stands in a backup comes from no region that anybody pulls from.
constexpr std::string_view kSource = "backup";

Result<void> put_in(std::vector<store::TableSchema> tables, std::vector<store::VersionedItem> items,
                    store::ReplicaStore& into) {
    const auto applied = into.apply_remote({.from = std::string(kSource),
                                            .tables = std::move(tables),
                                            .items = std::move(items),
                                            .mend = true});
    return applied ? Result<void>() : std::unexpected(applied.error());
}

Result<void> check_empty(const store::ReplicaStore& store) {
    const auto view = store.open_view();
    if (!view) {
        return std::unexpected(view.error());
    }
    const auto page = (*view)->page("");
    if (!page) {
        return std::unexpected(page.error());
    }
    return page->items.empty() && !page->next
               ? Result<void>()
               : fail(ErrorCode::kInvalidInput,
                      "The tables to restore into are not empty; choose a new folder");
}

Result<void> compare_hashes(const BackupInfo& info, const store::ReplicaStore& store) {
    const auto view = store.open_view();
    if (!view) {
        return std::unexpected(view.error());
    }
    for (std::size_t i = 0; i < info.header.tables.size(); ++i) {
        const auto& name = info.header.tables[i].name;
        const auto hash = (*view)->table_hash(name);
        if (!hash) {
            return std::unexpected(hash.error());
        }
        if (*hash != info.trailer.hashes[i]) {
            return fail(
                ErrorCode::kCorruption,
                fmt::format("{} has hash {} where the backup has {}", name, store::to_string(*hash),
                            store::to_string(info.trailer.hashes[i])));
        }
    }
    return {};
}

// Fills a store with the changes of an archive, one after the other.
class Replay {
  public:
    Replay(const Point& point, store::ReplicaStore& into, Tally& tally)
        : until_(point.until), log_(point.log), into_(into), tally_(tally), at_(point.sequence) {}

    // False: the moment is reached.
    Result<bool> replay(const std::filesystem::path& file) {
        auto input = open_file(file);
        if (!input) {
            return std::unexpected(std::move(input).error());
        }
        auto reader = SegmentReader::open(*std::move(input));
        if (!reader) {
            return std::unexpected(std::move(reader).error());
        }
        if (reader->header().log != log_ || reader->header().after > at_) {
            return missing(reader->header().after);
        }
        while (true) {
            auto part = reader->next();
            if (!part) {
                // The newest segment may be read while its next part is being written.
                const bool is_enough = file.extension() == kUnfinished && time_ >= until_;
                return is_enough ? Result<bool>(false) : std::unexpected(std::move(part).error());
            }
            if (!*part) {
                return true;
            }
            if (auto applied = apply(**std::move(part)); !applied || !*applied) {
                return applied;
            }
            if (tally_.stop) {
                return fail(ErrorCode::kUnavailable, "The restore was stopped before its end");
            }
        }
    }

    [[nodiscard]] std::uint64_t changes() const { return changes_; }
    // The newest moment that the store shows.
    [[nodiscard]] Instant time() const { return time_; }

  private:
    std::unexpected<Error> missing(store::SequenceNumber next) const {
        return fail(ErrorCode::kCorruption,
                    fmt::format("changes {} to {} are missing in the archive", at_ + 1, next));
    }

    Result<bool> apply(ArchivedPart part) {
        if (part.after > at_) {
            return missing(part.after);
        }
        std::vector<store::VersionedItem> items;
        bool reached = false;
        for (auto& change : part.changes) {
            reached = reached || change.time > until_;
            if (!reached && change.sequence > at_) {
                at_ = change.sequence;
                items.push_back(std::move(change.item));
            }
        }
        changes_ += items.size();
        tally_.items += items.size();
        time_ = std::max(time_, reached ? until_ : part.time);
        if (items.empty()) {
            return !reached;
        }
        auto put = put_in(std::move(part.tables), std::move(items), into_);
        return put ? Result<bool>(!reached) : std::unexpected(std::move(put).error());
    }

    const Instant until_;
    const store::LogId log_;
    store::ReplicaStore& into_;
    Tally& tally_;
    store::SequenceNumber at_;  // everything up to here is in the store
    Instant time_ = Instant::min();
    std::uint64_t changes_ = 0;
};

}  // namespace

Result<Restored> restore_backup(const std::filesystem::path& file, store::ReplicaStore& into,
                                Tally& tally) {
    auto input = open_file(file);
    if (!input) {
        return std::unexpected(std::move(input).error());
    }
    auto reader = BackupReader::open(*std::move(input));
    if (!reader) {
        return std::unexpected(std::move(reader).error());
    }
    if (auto empty = check_empty(into); !empty) {
        return std::unexpected(std::move(empty).error());
    }
    auto put = put_in(reader->header().tables, {}, into);
    while (put) {
        auto items = reader->next();
        if (!items) {
            return std::unexpected(std::move(items).error());
        }
        if (!*items) {
            break;
        }
        tally.items += (*items)->size();
        tally.bytes = reader->position().offset;
        if (tally.stop) {
            return fail(ErrorCode::kUnavailable, "The restore was stopped before its end");
        }
        put = put_in({}, **std::move(items), into);
    }
    if (put) {
        put = compare_hashes(*reader->info(), into);
    }
    if (!put) {
        return std::unexpected(std::move(put).error());
    }
    const auto& trailer = reader->info()->trailer;
    return Restored{trailer.items, trailer.deletes, 0};
}

Result<Restored> restore_point(const Point& point, store::ReplicaStore& into, Tally& tally) {
    auto restored = restore_backup(point.base, into, tally);
    if (!restored) {
        return restored;
    }
    Replay replay(point, into, tally);
    for (const auto& file : point.segments) {
        const auto more = replay.replay(file);
        if (!more && more.error().code == ErrorCode::kCorruption) {
            const bool has_some = replay.time() > Instant::min();
            return fail(ErrorCode::kCorruption,
                        has_some ? fmt::format("{}; {} can still be restored", more.error().message,
                                               format_instant(replay.time()))
                                 : more.error().message);
        }
        if (!more) {
            return std::unexpected(more.error());
        }
        if (!*more) {
            break;
        }
    }
    restored->changes = replay.changes();
    return restored;
}

}  // namespace meridian::backup
