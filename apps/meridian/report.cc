#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>
#include <system_error>

#include "commands.h"

namespace meridian::app {

void complain(std::string_view message) {
    const auto line = fmt::format("meridian: {}\n", message);
    std::fputs(line.c_str(), stderr);  // not fmt::print: that throws when nobody can read it
}

int report(const Error& error) {
    complain(error.message);
    return 1;
}

int finish_output() {
    if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) {
        return 0;
    }
    return report(
        {ErrorCode::kIo, fmt::format("cannot write to standard output: {}",
                                     std::error_code(errno, std::generic_category()).message())});
}

void open_standard_streams() {
    for (int fd = open("/dev/null", O_RDWR); fd >= 0; fd = open("/dev/null", O_RDWR)) {
        if (fd > STDERR_FILENO) {
            close(fd);
            return;
        }
    }
}

}  // namespace meridian::app
