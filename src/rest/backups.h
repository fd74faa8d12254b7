// Backups, restores, and tables as wholes.
#pragma once

#include "rest/call.h"

namespace meridian::rest {

[[nodiscard]] Answer list_backups(const Call& call);
[[nodiscard]] Answer create_backup(const Call& call);
[[nodiscard]] Answer get_backup(const Call& call);
[[nodiscard]] Answer delete_backup(const Call& call);
[[nodiscard]] Answer verify_backup(const Call& call);
[[nodiscard]] Answer list_backup_items(const Call& call);
[[nodiscard]] Answer create_restore(const Call& call);
[[nodiscard]] Answer get_restore(const Call& call);
[[nodiscard]] Answer import_table(const Call& call);

}  // namespace meridian::rest
