// Backups and restores of a running region, as the commands ask for them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "item/value.h"
#include "manage/management_client.h"

namespace meridian::app {

// Starts a job: a request that is answered with 202, or 200.
[[nodiscard]] Result<item::Map> ask_for_job(ManagementClient& client, const std::string& method,
                                            const Target& target, const item::Map* body);

// Looks at it until it is over, and says on a terminal how far it is. `part`: where in the answer
// the job stands; empty: it is the answer. The last answer; a job that failed is an error.
[[nodiscard]] Result<item::Map> wait_for_job(ManagementClient& client, const Target& target,
                                             std::string_view part, const Clock& clock);

// A new backup, when it is made.
[[nodiscard]] Result<item::Map> make_backup(ManagementClient& client, const Clock& clock);

[[nodiscard]] std::uint64_t number_at(const item::Map& map, std::string_view name);
// "1.5 MB".
[[nodiscard]] std::string bytes_text(std::uint64_t bytes);

}  // namespace meridian::app
