// Tables that are filled with what was: out of a backup, or with what a moment of the archive had.
//
// The new table is there at once, as CREATING: its name is taken, and its clients have to wait. It
// is filled in the background with ordinary writes, and a record says so until it is (
// backup_records.h): after a crash it is filled again from the start, which ends the same.
#pragma once

#include <string>

#include "dynamo/backup_records.h"
#include "dynamo/failure.h"
#include "dynamo/operation.h"
#include "dynamo/table_description.h"

namespace meridian::dynamo {

// Where a restored table comes from.
struct RestoreOrigin {
    std::string backup_arn = {};  // empty: the archive
    std::string table_arn;
    Instant moment;
};

// Makes `table`, marked as being restored from there, and begins to fill it as the record says.
// TableAlreadyExistsException; LimitExceededException, too many wait to be filled.
// REQUIRES: there are backups; the record names the table's storage.
[[nodiscard]] Outcome<TablePtr> begin_restore(World& world, TableDescription table,
                                              const RestoreOrigin& origin,
                                              const RestoreRecord& record);

// Goes on with what a former process was about to fill. To be called once, before the first call is
// taken. The tables are filled on a thread of the backups: before the world goes,
// Backups::stop_restores() is to be called.
[[nodiscard]] Result<void> resume_restores(World& world);

}  // namespace meridian::dynamo
