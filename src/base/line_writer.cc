#include "base/line_writer.h"

#include <unistd.h>

#include <cerrno>
#include <mutex>
#include <string>

namespace meridian {
namespace {

void write_line(std::string_view line) {
    static std::mutex mutex;
    std::string bytes(line);
    bytes.push_back('\n');
    const std::lock_guard lock(mutex);
    for (std::string_view rest = bytes; !rest.empty();) {
        const ssize_t count = ::write(STDOUT_FILENO, rest.data(), rest.size());
        if (count < 0 && errno != EINTR) {
            return;
        }
        rest.remove_prefix(count < 0 ? 0 : static_cast<std::size_t>(count));
    }
}

}  // namespace

LineWriter standard_output() {
    return write_line;
}

}  // namespace meridian
