#include "backup/restore.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
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

std::unexpected<Error> was_stopped() {
    return fail(ErrorCode::kUnavailable, "The restore was stopped before its end");
}

// Takes the next part of what was, in its order.
using PartSink = std::function<Result<void>(std::vector<store::TableSchema> tables,
                                            std::vector<store::VersionedItem> items)>;

// Gives the changes of an archive to a sink, one part after the other.
class Replay {
  public:
    Replay(const Point& point, PartSink sink, Tally& tally)
        : until_(point.until),
          log_(point.log),
          sink_(std::move(sink)),
          tally_(tally),
          at_(point.sequence) {}

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
                return was_stopped();
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
        auto put = sink_(std::move(part.tables), std::move(items));
        return put ? Result<bool>(!reached) : std::unexpected(std::move(put).error());
    }

    const Instant until_;
    const store::LogId log_;
    const PartSink sink_;
    Tally& tally_;
    store::SequenceNumber at_;  // everything up to here is in the store
    Instant time_ = Instant::min();
    std::uint64_t changes_ = 0;
};

// All of a point's changes, after its base: how many.
Result<std::uint64_t> replay_all(const Point& point, PartSink sink, Tally& tally) {
    Replay replay(point, std::move(sink), tally);
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
    return replay.changes();
}

// Passes on what is of one table.
class TableFilter {
  public:
    TableFilter(std::string_view table, const TableSink& sink) : table_(table), sink_(sink) {}

    Result<void> pass(const std::vector<store::TableSchema>& tables,
                      std::vector<store::VersionedItem> items) {
        known_ =
            known_ || std::ranges::find(tables, table_, &store::TableSchema::name) != tables.end();
        std::erase_if(items, [&](const auto& item) { return item.table != table_; });
        return items.empty() ? Result<void>() : sink_(std::move(items));
    }
    // Whether there is such a table.
    [[nodiscard]] bool known() const { return known_; }

  private:
    const std::string_view table_;
    const TableSink& sink_;
    bool known_ = false;
};

std::unexpected<Error> no_table(std::string_view table) {
    return fail(ErrorCode::kTableNotFound, fmt::format("There was no table {}", table));
}

Result<Restored> filter_backup(const std::filesystem::path& file, TableFilter& filter,
                               Tally& tally) {
    auto input = open_file(file);
    if (!input) {
        return std::unexpected(std::move(input).error());
    }
    auto reader = BackupReader::open(*std::move(input));
    if (!reader) {
        return std::unexpected(std::move(reader).error());
    }
    auto passed = filter.pass(reader->header().tables, {});
    while (passed) {
        auto items = reader->next();
        if (!items) {
            return std::unexpected(std::move(items).error());
        }
        if (!*items) {
            const auto& trailer = reader->info()->trailer;
            return Restored{trailer.items, trailer.deletes, 0};
        }
        tally.items += (*items)->size();
        tally.bytes = reader->position().offset;
        if (tally.stop) {
            return was_stopped();
        }
        passed = filter.pass({}, **std::move(items));
    }
    return std::unexpected(std::move(passed).error());
}

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
            return was_stopped();
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
    const auto changes = replay_all(
        point,
        [&into](std::vector<store::TableSchema> tables, std::vector<store::VersionedItem> items) {
            return put_in(std::move(tables), std::move(items), into);
        },
        tally);
    if (!changes) {
        return std::unexpected(changes.error());
    }
    restored->changes = *changes;
    return restored;
}

Result<Restored> read_table(const std::filesystem::path& file, std::string_view table,
                            const TableSink& sink, Tally& tally) {
    TableFilter filter(table, sink);
    auto restored = filter_backup(file, filter, tally);
    return restored && !filter.known() ? no_table(table) : std::move(restored);
}

Result<Restored> read_table(const Point& point, std::string_view table, const TableSink& sink,
                            Tally& tally) {
    TableFilter filter(table, sink);
    auto restored = filter_backup(point.base, filter, tally);
    if (!restored) {
        return restored;
    }
    const auto changes = replay_all(
        point,
        [&filter](const std::vector<store::TableSchema>& tables,
                  std::vector<store::VersionedItem> items) {
            return filter.pass(tables, std::move(items));
        },
        tally);
    if (!changes) {
        return std::unexpected(changes.error());
    }
    restored->changes = *changes;
    return filter.known() ? std::move(restored) : no_table(table);
}

}  // namespace meridian::backup
