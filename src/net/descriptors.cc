#include "net/descriptors.h"

#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <system_error>

#include "base/log.h"

namespace meridian::net {
namespace {

// For the tables' files, peers, threads' loops and connections that are being refused.
constexpr std::size_t kOthers = 512;

std::size_t count_open() {
    std::error_code code;
    const std::filesystem::directory_iterator all("/proc/self/fd", code);
    return code ? 0 : static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

}  // namespace

std::size_t make_room_for_connections(std::size_t wanted) {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    const std::size_t others = count_open() + kOthers;
    const rlim_t needed = std::min<rlim_t>(wanted + others, limit.rlim_max);
    if (limit.rlim_cur < needed) {
        const rlimit raised{.rlim_cur = needed, .rlim_max = limit.rlim_max};
        if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) {
            limit = raised;
        } else {
            log(LogLevel::kWarn, "net", "raising the limit of open files to {}: {}", needed,
                std::strerror(errno));
        }
    }
    if (limit.rlim_cur >= wanted + others) {
        return wanted;
    }
    const std::size_t possible = limit.rlim_cur > others ? limit.rlim_cur - others : 1;
    log(LogLevel::kWarn, "net",
        "the system's limit of {} open files leaves room for {} connections, not for {}; raise it "
        "(ulimit -Hn, or LimitNOFILE= of the service)",
        limit.rlim_cur, possible, wanted);
    return possible;
}

}  // namespace meridian::net
