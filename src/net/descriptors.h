// How many files and sockets the process may have open.
#pragma once

#include <cstddef>

namespace meridian::net {

// Raises the process's own limit (RLIMIT_NOFILE), as far as the system lets it, so that `wanted`
// connections can be held beside what is open already and what else the process may need. Says how
// many can; fewer than wanted is in the log, with the mend. Threads: one at a time.
[[nodiscard]] std::size_t make_room_for_connections(std::size_t wanted);

}  // namespace meridian::net
