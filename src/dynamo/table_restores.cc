#include "dynamo/table_restores.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "backup/backups.h"
#include "base/log.h"

namespace meridian::dynamo {
namespace {

constexpr std::size_t kWritesAtOnce = 500;
constexpr std::chrono::milliseconds kWhenOverloaded{20};
constexpr int kAttemptsMax = 500;

item::Number seconds_of(Instant moment) {
    const auto ms = moment.time_since_epoch().count();
    return item::Number::parse(fmt::format("{}.{:03}", ms / 1000, ms % 1000))
        .value_or(item::Number(ms / 1000));
}

item::Map summary_of(const RestoreOrigin& origin) {
    item::Map summary{{"RestoreDateTime", seconds_of(origin.moment)},
                      {std::string(kRestoreInProgress), true},
                      {"SourceTableArn", origin.table_arn}};
    if (!origin.backup_arn.empty()) {
        summary["SourceBackupArn"] = origin.backup_arn;
    }
    return summary;
}

// ---- Filling

store::Write write_of(const std::string& table, const store::VersionedItem& item) {
    if (item.state.image) {
        return {table, store::PutItem{*item.state.image}, std::nullopt};
    }
    return {table, store::DeleteItem{item.key}, std::nullopt};
}

// Waits while clients have filled the queue.
Result<void> write_some(store::TableStore& store, std::vector<store::Write> writes) {
    for (int attempt = 1;; ++attempt) {
        auto outcomes = store.write_all(writes, store::Atomicity::kEach);
        const auto failed = std::ranges::find_if(
            outcomes, [](const auto& outcome) { return outcome.error.has_value(); });
        if (failed == outcomes.end()) {
            return {};
        }
        if (failed->error->code != ErrorCode::kOverloaded || attempt == kAttemptsMax) {
            return std::unexpected(*std::move(failed->error));
        }
        std::this_thread::sleep_for(kWhenOverloaded);
    }
}

Result<void> write_items(store::TableStore& store, const std::string& table,
                         const std::vector<store::VersionedItem>& items) {
    for (std::size_t from = 0; from < items.size(); from += kWritesAtOnce) {
        std::vector<store::Write> writes;
        for (auto i = from; i < std::min(items.size(), from + kWritesAtOnce); ++i) {
            writes.push_back(write_of(table, items[i]));
        }
        if (auto written = write_some(store, std::move(writes)); !written) {
            return written;
        }
    }
    return {};
}

Result<void> fill(World& world, const RestoreRecord& record, backup::Tally& tally) {
    const auto read = world.backups->read_table(
        {.id = record.engine, .to = record.moment, .table = record.source},
        [&](const std::vector<store::VersionedItem>& items) {
            return write_items(world.store, record.storage, items);
        },
        tally);
    // An archive hears of a table with its first item.
    const bool is_empty =
        !read && read.error().code == ErrorCode::kTableNotFound && record.moment.has_value();
    return read || is_empty ? Result<void>() : std::unexpected(read.error());
}

// ---- The table while and after it is filled

std::unexpected<Failure> no_longer_there(const RestoreRecord& record) {
    return resource_not_found(
        fmt::format("Requested resource not found: Table: {} not found", record.name));
}

// Changes the description of the record's own table.
Outcome<void> change_table(World& world, const RestoreRecord& record,
                           const std::function<void(TableDescription&)>& change) {
    const auto changed =
        world.tables.change(record.name, [&](const TablePtr& now) -> Outcome<TableDescription> {
            if (now == nullptr || now->storage != record.storage) {
                return no_longer_there(record);
            }
            auto table = *now;
            change(table);
            return table;
        });
    return changed ? Outcome<void>() : std::unexpected(changed.error());
}

void set_done(TableDescription& table) {
    if (auto* summary = table.further[std::string(kRestoreSummary)].as<item::Map>()) {
        (*summary)[std::string(kRestoreInProgress)] = false;
    }
}

// Whether another time will bring the same.
bool is_final(ErrorCode code) {
    return code == ErrorCode::kInvalidInput || code == ErrorCode::kCorruption ||
           code == ErrorCode::kTableNotFound || code == ErrorCode::kTooLarge;
}

Result<item::Map> run_restore(World& world, const RestoreRecord& record, backup::Tally& tally) {
    const auto filled = fill(world, record, tally);
    if (!filled && !is_final(filled.error().code)) {
        return std::unexpected(filled.error());  // the next start tries again
    }
    const auto changed = change_table(world, record, [&](TableDescription& table) {
        filled ? set_done(table) : void(table.deleted = true);
    });
    if (!changed && changed.error().type != "ResourceNotFoundException") {
        return fail(ErrorCode::kUnavailable, changed.error().message);
    }
    auto records = BackupRecords::open(world.store);
    const auto removed = records ? records->remove_restore(record.storage)
                                 : std::unexpected(std::move(records).error());
    if (!filled || !removed) {
        return std::unexpected(filled ? removed.error() : filled.error());
    }
    return item::Map{{"table", record.name}};
}

// Fills the tables one after the other, in one job.
Result<void> submit(World& world, std::vector<RestoreRecord> records) {
    const auto job = world.backups->restore_by(
        records.front().name,
        [&world, records = std::move(records)](backup::Tally& tally) -> Result<item::Map> {
            Result<item::Map> last;
            for (const auto& record : records) {
                last = run_restore(world, record, tally);
                if (tally.stop) {
                    break;
                }
                if (!last) {
                    log(LogLevel::kError, "dynamo", "The table {} could not be restored: {}",
                        record.name, last.error().message);
                }
            }
            return last;
        });
    return job ? Result<void>() : std::unexpected(job.error());
}

}  // namespace

Outcome<TablePtr> begin_restore(World& world, TableDescription table, const RestoreOrigin& origin,
                                const RestoreRecord& record) {
    table.further[std::string(kRestoreSummary)] = summary_of(origin);
    auto records = BackupRecords::open(world.store);
    if (!records) {
        return passed_on(std::move(records).error());
    }
    // Before the table: one that nobody fills would be CREATING for ever.
    if (auto added = records->add(record); !added) {
        return passed_on(std::move(added).error());
    }
    auto made =
        world.tables.change(record.name, [&](const TablePtr& now) -> Outcome<TableDescription> {
            if (now != nullptr) {
                return refuse("TableAlreadyExistsException",
                              fmt::format("Table already exists: {}", record.name));
            }
            return table;
        });
    if (made) {
        const auto submitted = submit(world, {record});
        if (submitted) {
            return made;
        }
        (void)change_table(world, record, [](TableDescription& now) { now.deleted = true; });
        made =
            submitted.error().code == ErrorCode::kOverloaded
                ? limit_exceeded("Too many tables are being restored; try again when one is done")
                : passed_on(submitted.error());
    }
    (void)records->remove_restore(record.storage);  // else the next start finds that it has gone
    return made;
}

Result<void> resume_restores(World& world) {
    if (world.backups == nullptr) {
        return {};
    }
    const auto records = BackupRecords::open(world.store);
    const auto restores = records ? records->list_restores() : std::unexpected(records.error());
    if (!restores) {
        return std::unexpected(restores.error());
    }
    return restores->empty() ? Result<void>() : submit(world, *restores);
}

}  // namespace meridian::dynamo
