// WriteStage: what other regions wrote, and the deletes that all regions have seen.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "store/merge.h"
#include "store/remote_check.h"
#include "store/row_key.h"
#include "store/write_stage.h"

namespace meridian::store {
namespace {

// What differs although it should not: only a mending replaces it.
bool differs_under_the_same_stamp(const VersionedImage& stored, const VersionedImage& arriving) {
    return stored.version.stamp == arriving.version.stamp && stored.image != arriving.image;
}

void append_time(HybridTime time, std::string& key) {
    for (int shift = 56; shift >= 0; shift -= 8) {
        key.push_back(static_cast<char>(time.bits >> shift));
    }
}

// Where the cursor is once the batch is applied.
Result<Cursor> cursor_after(const RemoteBatch& batch, const Cursor& at) {
    const auto reached = [&at](LogId log) { return at.log == log ? at.sequence : 0; };
    if (batch.complete) {
        return Cursor{batch.complete->log,
                      std::max(batch.complete->sequence, reached(batch.complete->log))};
    }
    if (!batch.part) {
        return at;
    }
    const auto& part = *batch.part;
    if (part.through <= reached(part.log)) {
        return at;
    }
    if (part.after != reached(part.log)) {
        return fail(ErrorCode::kVersionConflict,
                    fmt::format("Changes after {} of {} are wanted, not those after {}: nothing "
                                "was applied",
                                reached(part.log), batch.from, part.after));
    }
    return Cursor{part.log, part.through};
}

// Takes out what is of tables that were dropped here, and says how many items that were.
std::size_t pass_over_dropped(const TableDirectory& tables, RemoteBatch& batch) {
    std::erase_if(batch.tables,
                  [&](const TableSchema& schema) { return tables.is_dropped(schema.name); });
    return std::erase_if(batch.items,
                         [&](const VersionedItem& item) { return tables.is_dropped(item.table); });
}

}  // namespace

// Time (8 bytes, big-endian) · region · 0 · row.
std::string StagedConflict::key() const {
    const auto& stamp = conflict.lost.version.stamp;
    std::string key;
    append_time(stamp.time, key);
    key += stamp.region;
    key.push_back('\0');
    key += row;
    return key;
}

std::string conflict_keys_end(HybridTime up_to) {
    std::string key;
    append_time(HybridTime{std::min(up_to, kHybridTimeEnd).bits + 1}, key);
    return key;
}

Result<Applied> WriteStage::add_remote(RemoteBatch batch) {
    const auto passed_over = pass_over_dropped(start_.tables, batch);
    if (auto checked = check_batch(start_.tables, start_.region, batch); !checked) {
        return std::unexpected(std::move(checked).error());
    }
    const auto at = cursor(batch.from);
    if (!at) {
        return std::unexpected(at.error());
    }
    const auto moved = cursor_after(batch, *at);
    if (!moved) {
        return std::unexpected(moved.error());
    }
    if (batch.part && *moved == *at) {
        return Applied{.known = batch.items.size() + passed_over};
    }
    if (auto admitted = start_.committed.admit(batch); !admitted) {
        return std::unexpected(std::move(admitted).error());
    }
    auto arrived = look_up(batch);
    if (!arrived) {
        return std::unexpected(std::move(arrived).error());
    }
    Applied applied{.known = passed_over};
    for (std::size_t i = 0; i < batch.items.size(); ++i) {
        merge_in(std::move(batch.items[i]), std::move((*arrived)[i]), batch.mend, applied);
    }
    if (*moved != *at) {
        group_.cursors.insert_or_assign(batch.from, *moved);
    }
    return applied;
}

Result<Cursor> WriteStage::cursor(const std::string& region) const {
    const auto staged = group_.cursors.find(region);
    return staged == group_.cursors.end() ? start_.committed.cursor(region)
                                          : Result<Cursor>(staged->second);
}

// REQUIRES: the batch was admitted.
Result<std::vector<WriteStage::Arrived>> WriteStage::look_up(const RemoteBatch& batch) const {
    std::vector<Arrived> arrived;
    arrived.reserve(batch.items.size());
    for (const auto& item : batch.items) {
        const auto table = start_.tables.find(item.table);
        if (!table) {
            return std::unexpected(table.error());
        }
        auto row = row_key(**table, item.key);
        auto stored = current(row);
        if (stored) {
            arrived.push_back({*table, std::move(row), *std::move(stored), false});
        } else if (stored.error().code == ErrorCode::kCorruption) {
            arrived.push_back({*table, std::move(row), {}, true});
        } else {
            return std::unexpected(std::move(stored).error());
        }
    }
    return arrived;
}

void WriteStage::merge_in(VersionedItem item, Arrived arrived, bool mend, Applied& applied) {
    if (const auto staged = newest_.find(arrived.row); staged != newest_.end()) {
        const auto& change = group_.changes[staged->second];
        arrived = {
            arrived.table, std::move(arrived.row), {change.change.after, change.version}, false};
    }
    const auto& stored = arrived.stored;
    auto merged = merge(stored, item.state);
    if (mend && differs_under_the_same_stamp(stored, item.state)) {
        merged.arrival = Arrival::kWins;
    }
    const bool wins = merged.arrival == Arrival::kWins;
    ++(wins ? applied.won : merged.arrival == Arrival::kLoses ? applied.lost : applied.known);
    if (merged.conflict) {
        ++applied.conflicts;
        const auto& kept = wins ? item.state : stored;
        const auto& lost = wins ? stored : item.state;
        group_.conflicts.push_back({arrived.row, {item.table, item.key, kept, lost, start_.at}});
    }
    start_.clock.observe(item.state.version.stamp.time, start_.at);
    if (!wins && merged.version == stored.version) {
        return;
    }
    StagedChange change{std::move(arrived.row),
                        Change{0, start_.at, std::move(item.table), std::move(item.key),
                               stored.image, wins ? std::move(item.state.image) : stored.image},
                        std::move(merged.version),
                        stored.image || arrived.damaged,
                        (!stored.image && stored.version) || arrived.damaged,
                        arrived.table};
    if (wins && (change.change.before || change.change.after || arrived.damaged)) {
        applied.sequence = change.change.sequence = ++last_;
    }
    stage(std::move(change));
}

Mark WriteStage::mark() {
    group_.marked = true;
    return {start_.clock.tick(start_.at), last_};
}

Result<std::size_t> WriteStage::collect(std::span<const std::string> rows, HybridTime up_to) {
    // A delete ahead of the clock stays: a write after it must get a greater stamp.
    up_to = std::min(up_to, start_.clock.newest());
    std::vector<std::string> gone;
    for (const auto& row : rows) {
        const auto stored = current(row);
        if (!stored && stored.error().code == ErrorCode::kCorruption) {
            continue;
        }
        if (!stored) {
            return std::unexpected(stored.error());
        }
        if (!stored->image && stored->version && stored->version.stamp.time <= up_to) {
            gone.push_back(row);
        }
    }
    for (auto& row : gone) {
        stage({std::move(row), Change{}, Version{}, false, true});
    }
    group_.collected = collected_ = std::max(collected_, up_to);
    return gone.size();
}

}  // namespace meridian::store
