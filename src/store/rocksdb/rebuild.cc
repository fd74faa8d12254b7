#include "store/rocksdb/rebuild.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include "store/rocksdb/errors.h"
#include "store/rocksdb/layout.h"
#include "store/row_key.h"

namespace meridian::store {
namespace {

constexpr std::size_t kPartBytes = 6;  // of a row: its table, and the hash of its partition
constexpr std::size_t kTableBytes = 4;
constexpr std::size_t kNumberBytes = 8;
constexpr std::size_t kSmallStepsMax = 4096;
constexpr int kDoublingsMax = 63;

std::uint64_t number_at_front(std::string_view bytes, std::size_t count) {
    std::string padded(bytes.substr(0, count));
    padded.resize(count, '\0');
    return PartReader(padded).number(count).value_or(0);
}

std::string as_bytes(std::uint64_t number, std::size_t count) {
    std::string bytes;
    append_number(number, count, bytes);
    return bytes;
}

// The next part of this table, or of the next one. Empty: there is none.
std::string next_part(const TableDirectory& tables, std::string_view at) {
    const auto next = as_bytes(number_at_front(at, kPartBytes) + 1, kPartBytes);
    const auto table = static_cast<std::uint32_t>(number_at_front(next, kTableBytes));
    for (auto id = table; id < tables.next_id(); ++id) {
        if (tables.find(id)) {
            return id == table ? next : as_bytes(id, kTableBytes);
        }
    }
    return {};
}

// A number more; after `small_steps` failures twice as many each time. Empty: there is none.
std::string next_number(std::string_view at, std::size_t failures, std::size_t small_steps) {
    const auto doublings = failures < small_steps ? 0 : failures - small_steps;
    if (doublings > kDoublingsMax) {
        return {};
    }
    const auto number = number_at_front(at, kNumberBytes);
    const auto step = std::uint64_t{1} << doublings;
    if (number > std::numeric_limits<std::uint64_t>::max() - step) {
        return {};
    }
    return as_bytes(number + step, kNumberBytes);
}

rocksdb::ColumnFamilyHandle* handle_of(const OpenDatabase& open, Family family) {
    switch (family) {
        case Family::kCatalog:
            return open.catalog.get();
        case Family::kItems:
            return open.items.get();
        case Family::kLog:
            return open.log.get();
        case Family::kTombstones:
            return open.tombstones.get();
        case Family::kConflicts:
            return open.conflicts.get();
        case Family::kIndexes:
            return open.indexes.get();
    }
    return nullptr;
}

Result<void> done(const rocksdb::Status& status, const std::filesystem::path& folder) {
    if (status.ok()) {
        return {};
    }
    return std::unexpected(error_of(status, folder));
}

rocksdb::WriteOptions unlogged() {  // everything is flushed in the end
    rocksdb::WriteOptions options;
    options.disableWAL = true;
    return options;
}

std::optional<std::uint64_t> number_of(const CatalogRows& rows, std::string_view key) {
    const auto row = rows.find(key);
    const auto payload = row == rows.end() ? fail(ErrorCode::kCorruption, "") : unseal(row->second);
    const auto number = payload ? decode_number(*payload) : std::unexpected(payload.error());
    return number ? std::optional(*number) : std::nullopt;
}

}  // namespace

Rebuild::Rebuild(Database& database, const Catalog& catalog, const Readable& from,
                 const Clock& clock)
    : database_(database),
      catalog_(catalog),
      from_(from),
      clock_(clock),
      reader_(database, catalog.tables(), catalog.regions()),
      hybrid_clock_(HybridTime{number_of(from.catalog, kClockKey).value_or(0)}) {}

Result<Salvaged> Rebuild::run() {
    rows_missing_ = from_.source.lacks_rows() || from_.wals.damaged;
    if (from_.source.lacks_rows()) {
        salvaged_.holes.emplace_back("whole files of tables");
    }
    for (const auto family : {Family::kItems, Family::kTombstones}) {
        if (auto copied = copy_rows(family); !copied) {
            return std::unexpected(std::move(copied).error());
        }
    }
    for (const auto step : {&Rebuild::copy_log, &Rebuild::copy_conflicts, &Rebuild::take_written,
                            &Rebuild::settle_log, &Rebuild::replay, &Rebuild::finish_catalog}) {
        if (auto made = (this->*step)(); !made) {
            return std::unexpected(std::move(made).error());
        }
    }
    for (const auto& [family, count_here] : {std::pair(Family::kItems, &salvaged_.items),
                                             std::pair(Family::kTombstones, &salvaged_.deletes),
                                             std::pair(Family::kLog, &salvaged_.changes)}) {
        const auto counted = count(family);
        if (!counted) {
            return std::unexpected(counted.error());
        }
        *count_here = *counted;
    }
    return salvaged_;
}

Result<void> Rebuild::put(Family family, std::string_view key, std::string_view value) {
    const auto open = database_.access();
    if (!open) {
        return std::unexpected(open.error());
    }
    return done((*open)->db->Put(unlogged(), handle_of(**open, family), key, value),
                database_.folder());
}

Result<void> Rebuild::remove(Family family, std::string_view key) {
    const auto open = database_.access();
    if (!open) {
        return std::unexpected(open.error());
    }
    return done((*open)->db->Delete(unlogged(), handle_of(**open, family), key),
                database_.folder());
}

bool Rebuild::belongs_to_a_table(std::string_view row) const {
    const auto decoded = decode_row_key(row);
    const auto table =
        decoded ? catalog_.tables().find(decoded->table_id) : std::unexpected(decoded.error());
    return table && (*table)->is_live() && item_key(**table, row);
}

// What it held is not wanted back.
bool Rebuild::belongs_to_a_dropped_table(std::string_view row) const {
    const auto decoded = decode_row_key(row);
    const auto table =
        decoded ? catalog_.tables().find(decoded->table_id) : std::unexpected(decoded.error());
    return table && !(*table)->is_live();
}

// The seal covers what is stored, and not where. An item says that itself; of a delete the change
// that was written with it does. Where that one can't be read, it is what was damaged.
bool Rebuild::can_be_believed(const DamagedFolder::Written& written) const {
    if (!belongs_to_a_table(written.key) || !unseal_all(written.value)) {
        return false;
    }
    if (written.family == Family::kTombstones) {
        return !is_contradicted(written);
    }
    const auto item = unseal_item(written.value);
    const auto table = catalog_.tables().find(decode_row_key(written.key)->table_id);
    const auto key =
        item ? item::key_of((*table)->schema.key, *item) : std::unexpected(item.error());
    return key && row_key(**table, *key) == written.key;
}

// Whether changes of the same record can all be read, and none is of that row.
bool Rebuild::is_contradicted(const DamagedFolder::Written& written) const {
    bool all_readable = true;
    bool is_named = false;
    for (const auto& other : from_.wals.written) {
        if (other.record == written.record && other.family == Family::kLog) {
            const auto row = row_of_change(other.value);
            all_readable = all_readable && row.has_value();
            is_named = is_named || (row && row->row == written.key);
        }
    }
    return all_readable && !is_named;
}

Result<void> Rebuild::copy_rows(Family family) {
    const auto& tables = catalog_.tables();
    const auto step = [&](std::string_view at, std::size_t /*failures*/) {
        const auto table =
            tables.find(static_cast<std::uint32_t>(number_at_front(at, kTableBytes)));
        ++steps_over_[table ? (*table)->schema.name : std::string()];
        return next_part(tables, at);
    };
    const auto strangers_before = strangers_;
    const auto steps = from_.source.read(family, step, [&](auto row, auto sealed) -> Result<void> {
        if (belongs_to_a_dropped_table(row)) {
            return {};
        }
        if (!belongs_to_a_table(row)) {
            ++strangers_;
            return {};
        }
        const auto put_it =
            offer(family, row, sealed, family == Family::kItems ? Onto::kNothing : Onto::kSameToo);
        return put_it ? Result<void>() : std::unexpected(put_it.error());
    });
    if (!steps) {
        return std::unexpected(steps.error());
    }
    rows_missing_ = rows_missing_ || *steps > 0;
    for (const auto& [table, count] : std::exchange(steps_over_, {})) {
        salvaged_.holes.push_back(
            fmt::format("{} of the 65536 parts of {} of {}", count,
                        family == Family::kItems ? "the items" : "the deletes",
                        table.empty() ? "the first table" : table));
    }
    if (strangers_ > strangers_before) {
        salvaged_.holes.push_back(
            fmt::format("{} rows of unknown tables", strangers_ - strangers_before));
    }
    return {};
}

Result<void> Rebuild::copy_log() {
    const auto steps = from_.source.read(
        Family::kLog,
        [](auto at, auto failures) { return next_number(at, failures, kSmallStepsMax); },
        [&](auto key, auto sealed) -> Result<void> {
            if (key.size() != kNumberBytes || !unseal_all(sealed)) {
                return {};
            }
            newest_logged_ = number_at_front(key, kNumberBytes);
            return put(Family::kLog, key, sealed);
        });
    return steps ? Result<void>() : std::unexpected(steps.error());
}

Result<void> Rebuild::copy_conflicts() {
    const auto steps = from_.source.read(
        Family::kConflicts, [](auto at, auto failures) { return next_number(at, failures, 0); },
        [&](auto key, auto sealed) -> Result<void> {
            return unseal_all(sealed) ? put(Family::kConflicts, key, sealed) : Result<void>();
        });
    if (!steps) {
        return std::unexpected(steps.error());
    }
    if (*steps > 0) {
        salvaged_.holes.emplace_back("some conflicts");
    }
    return {};
}

Result<void> Rebuild::take_written() {
    for (const auto& written : from_.wals.written) {
        Result<void> taken;
        switch (written.family) {
            case Family::kItems:
            case Family::kTombstones:
                if (written.damaged ? can_be_believed(written) : belongs_to_a_table(written.key)) {
                    const auto put_it =
                        offer(written.family, written.key, written.value, Onto::kSameToo);
                    taken = put_it ? Result<void>() : std::unexpected(put_it.error());
                }
                break;
            case Family::kLog:
                taken = take_logged(written);
                break;
            case Family::kConflicts:
                if (unseal_all(written.value)) {
                    taken = put(Family::kConflicts, written.key, written.value);
                }
                break;
            case Family::kCatalog:  // Readable::catalog has it
            case Family::kIndexes:  // filled anew
                break;
        }
        if (!taken) {
            return taken;
        }
    }
    return {};
}

// The seal covers what was changed, and not which change it was: of a damaged record that is
// believed when it is the next one.
Result<void> Rebuild::take_logged(const DamagedFolder::Written& written) {
    if (written.key.size() != kNumberBytes || !unseal_all(written.value)) {
        return {};
    }
    const auto sequence = number_at_front(written.key, kNumberBytes);
    if (written.damaged && sequence > from_.acknowledged) {
        return {};  // perhaps a half of what was never acknowledged
    }
    if (written.damaged && sequence != newest_logged_ + 1) {
        loose_changes_.push_back(written.value);
        return {};
    }
    newest_logged_ = std::max(newest_logged_, sequence);
    return put(Family::kLog, written.key, written.value);
}

// Finds out whether the log has a gap, and leaves only what is behind the last one, after taking
// items and deletes out of what is before.
Result<void> Rebuild::settle_log() {
    const auto trimmed = number_of(from_.catalog, kTrimmedKey);
    const bool knows_trimmed = trimmed || from_.catalog.contains(kClockKey);
    trimmed_ = trimmed.value_or(0);
    std::optional<SequenceNumber> last_gap;
    auto next = trimmed_ + 1;
    {
        const auto open = database_.access();
        if (!open) {
            return std::unexpected(open.error());
        }
        const std::unique_ptr<rocksdb::Iterator> entry(
            (*open)->db->NewIterator({}, (*open)->log.get()));
        entry->Seek(encode_number(next));
        if (!knows_trimmed && entry->Valid()) {
            next = number_at_front(entry->key().ToStringView(), kNumberBytes);
            trimmed_ = next - 1;
        }
        for (; entry->Valid(); entry->Next(), ++next) {
            const auto sequence = number_at_front(entry->key().ToStringView(), kNumberBytes);
            if (sequence != next) {
                salvaged_.holes.push_back(
                    fmt::format("changes {} to {} of the change log", next, sequence - 1));
                last_gap = sequence - 1;
                next = sequence;
            }
        }
    }
    if (next <= from_.acknowledged) {
        salvaged_.holes.push_back(
            fmt::format("changes {} to {} of the change log", next, from_.acknowledged));
        last_gap = from_.acknowledged;
        rows_missing_ = true;
    }
    const bool names_lost = strangers_ > 0 || !from_.catalog.contains(kLogIdKey);
    if (names_lost) {  // the next tables may get the numbers of those that the log speaks of
        last_gap = std::max(next - 1, from_.acknowledged);
    }
    salvaged_.new_log = last_gap.has_value();
    const bool log_has_all = !last_gap && trimmed_ == 0 && catalog_.unversioned() == 0;
    salvaged_.incomplete = names_lost || (rows_missing_ && !log_has_all);
    if (last_gap) {
        trimmed_ = *last_gap;
    }
    return {};
}

Result<void> Rebuild::replay() {
    if (rows_missing_) {
        const auto open = database_.access();
        if (!open) {
            return std::unexpected(open.error());
        }
        const std::unique_ptr<rocksdb::Iterator> entry(
            (*open)->db->NewIterator({}, (*open)->log.get()));
        for (entry->SeekToFirst(); entry->Valid(); entry->Next()) {
            if (auto replayed = replay(entry->value().ToStringView()); !replayed) {
                return replayed;
            }
        }
    }
    for (const auto& change : loose_changes_) {
        if (auto replayed = replay(change); !replayed) {
            return replayed;
        }
    }
    const auto open = database_.access();
    if (!open) {
        return std::unexpected(open.error());
    }
    return done((*open)->db->DeleteRange(unlogged(), (*open)->log.get(), encode_number(0),
                                         encode_number(trimmed_ + 1)),
                database_.folder());
}

Result<void> Rebuild::replay(std::string_view logged) {
    const auto row = row_of_change(logged);
    if (!row || !belongs_to_a_table(row->row)) {
        return {};
    }
    const auto put_it = offer(row->deleted ? Family::kTombstones : Family::kItems, row->row,
                              row->sealed, Onto::kOlderOnly);
    if (!put_it) {
        return std::unexpected(put_it.error());
    }
    salvaged_.from_log += *put_it ? 1 : 0;
    return {};
}

Result<bool> Rebuild::offer(Family family, std::string_view row, std::string_view sealed,
                            Onto onto) {
    const auto stored = onto == Onto::kNothing
                            ? Result<VersionedImage>(VersionedImage{})
                            : reader_.state_at(row, Reader::Look::kItemOrTombstone);
    if (!stored && stored.error().code != ErrorCode::kCorruption) {
        return std::unexpected(stored.error());
    }
    Version version;
    if (family == Family::kTombstones) {
        version = version_of_tombstone(catalog_.regions(), sealed);
    } else if (const auto state = unseal_row(catalog_.regions(), sealed)) {
        version = state->version;
    } else {
        rows_missing_ = true;  // the log may have it
        if (stored && stored->version) {
            return false;
        }
    }
    if (stored && stored->version &&
        (version.stamp < stored->version.stamp ||
         (version.stamp == stored->version.stamp && onto == Onto::kOlderOnly))) {
        return false;
    }
    hybrid_clock_.observe(version.stamp.time, clock_.now());
    const bool is_item = family == Family::kItems;
    if (!stored || stored->version) {
        const auto removed = remove(is_item ? Family::kTombstones : Family::kItems, row);
        if (!removed) {
            return std::unexpected(removed.error());
        }
    }
    const auto made = put(family, row, sealed);
    return made ? Result<bool>(true) : std::unexpected(made.error());
}

Result<void> Rebuild::finish_catalog() {
    const auto newest = std::max(hybrid_clock_.newest(), hybrid_time_of(clock_.now()));
    const auto log_id = salvaged_.new_log ? new_log_id() : catalog_.log_id();
    // Without the row nobody knows which deletes were forgotten.
    const auto collected = from_.catalog.contains(kClockKey)
                               ? number_of(from_.catalog, kCollectedKey).value_or(0)
                               : newest.bits;
    for (const auto& [key, number] :
         {std::pair(kTrimmedKey, trimmed_), std::pair(kClockKey, newest.bits),
          std::pair(kLogIdKey, std::to_underlying(log_id)), std::pair(kCollectedKey, collected)}) {
        if (auto made = put(Family::kCatalog, key, seal(encode_number(number))); !made) {
            return made;
        }
    }
    for (const auto& [key, sealed] : from_.catalog) {
        if (key.starts_with(kCursorPrefix) && !salvaged_.incomplete) {
            if (auto made = put(Family::kCatalog, key, sealed); !made) {
                return made;
            }
        }
    }
    const auto open = database_.access();
    if (!open) {
        return std::unexpected(open.error());
    }
    return done(
        (*open)->db->Flush({}, {(*open)->catalog.get(), (*open)->items.get(), (*open)->log.get(),
                                (*open)->tombstones.get(), (*open)->conflicts.get()}),
        database_.folder());
}

Result<std::size_t> Rebuild::count(Family family) const {
    const auto open = database_.access();
    if (!open) {
        return std::unexpected(open.error());
    }
    rocksdb::ReadOptions options;
    options.fill_cache = false;
    const std::unique_ptr<rocksdb::Iterator> row(
        (*open)->db->NewIterator(options, handle_of(**open, family)));
    std::size_t count = 0;
    for (row->SeekToFirst(); row->Valid(); row->Next()) {
        ++count;
    }
    const auto read = done(row->status(), database_.folder());
    return read ? Result<std::size_t>(count) : std::unexpected(read.error());
}

}  // namespace meridian::store
