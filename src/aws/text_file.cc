#include "aws/text_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace meridian::aws {
namespace {

std::unexpected<Error> cannot_read(const std::filesystem::path& file, int error) {
    return fail(
        error == ENOENT ? ErrorCode::kConfiguration : ErrorCode::kIo,
        fmt::format("cannot read {}: {}", file.string(), std::generic_category().message(error)));
}

Result<std::string> read_all(int fd, const std::filesystem::path& file) {
    std::string text(kTextFileBytesMax + 1, '\0');
    std::size_t size = 0;
    while (size < text.size()) {
        const auto count = ::read(fd, text.data() + size, text.size() - size);
        if (count < 0 && errno != EINTR) {
            return cannot_read(file, errno);
        }
        if (count == 0) {
            break;
        }
        size += count > 0 ? static_cast<std::size_t>(count) : 0;
    }
    text.resize(size);
    return text;
}

}  // namespace

Result<std::string> read_text_file(const std::filesystem::path& file, std::string_view kind) {
    const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return cannot_read(file, errno);
    }
    auto text = read_all(fd, file);
    ::close(fd);
    if (text && text->size() > kTextFileBytesMax) {
        return fail(ErrorCode::kConfiguration,
                    fmt::format("{}: over 1 MiB is no {} file", file.string(), kind));
    }
    return text;
}

}  // namespace meridian::aws
