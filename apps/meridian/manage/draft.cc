#include "manage/draft.h"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <system_error>

#include "data_folder.h"

namespace meridian::app {
namespace {

std::string reason(int error) {
    return std::error_code(error, std::generic_category()).message();
}

std::string editor() {
    for (const char* name : {"VISUAL", "EDITOR"}) {
        const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): one thread
        if (value != nullptr && *value != '\0') {
            return value;
        }
    }
    return "vi";
}

// Runs a shell's command with one argument; Ctrl-C is the command's meanwhile, not ours.
Result<int> run_in_shell(const std::string& command, const std::string& argument) {
    struct sigaction ignore{};
    struct sigaction interrupt{};
    struct sigaction quit{};
    ignore.sa_handler = SIG_IGN;
    sigaction(SIGINT, &ignore, &interrupt);
    sigaction(SIGQUIT, &ignore, &quit);
    const pid_t pid = fork();
    if (pid == 0) {
        sigaction(SIGINT, &interrupt, nullptr);
        sigaction(SIGQUIT, &quit, nullptr);
        const auto script = command + " \"$1\"";
        execl("/bin/sh", "sh", "-c", script.c_str(), "sh", argument.c_str(), nullptr);
        _exit(127);
    }
    int status = 0;
    const int error = errno;
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    sigaction(SIGINT, &interrupt, nullptr);
    sigaction(SIGQUIT, &quit, nullptr);
    return pid > 0
               ? Result<int>(status)
               : fail(ErrorCode::kIo, fmt::format("cannot start '{}': {}", command, reason(error)));
}

}  // namespace

Result<Draft> Draft::make() {
    std::error_code error;
    auto name = (std::filesystem::temp_directory_path(error) / "meridian-edit-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) {
        return fail(ErrorCode::kIo, fmt::format("cannot make {}: {}", name, reason(errno)));
    }
    Draft draft;
    draft.file_ = std::filesystem::path(name) / "draft.json";
    return draft;
}

Result<std::string> Draft::edit(std::string_view text) const {
    std::ofstream stream(file_, std::ios::binary | std::ios::trunc);
    stream << text;
    stream.close();
    if (!stream) {
        return fail(ErrorCode::kIo,
                    fmt::format("cannot write {}: {}", file_.string(), reason(errno)));
    }
    const auto command = editor();
    const auto status = run_in_shell(command, file_.string());
    if (!status) {
        return std::unexpected(status.error());
    }
    if (!WIFEXITED(*status) || WEXITSTATUS(*status) != 0) {
        return fail(ErrorCode::kInvalidInput,
                    fmt::format("the editor '{}' failed, and nothing was stored; EDITOR names "
                                "another one",
                                command));
    }
    return read_file(file_);
}

void Draft::discard() const {
    std::error_code ignored;
    std::filesystem::remove_all(file_.parent_path(), ignored);
}

std::string as_comments(const std::vector<std::string>& notes) {
    std::string text;
    for (const auto& note : notes) {
        text += "# ";
        for (const char c : note) {
            text += c;
            text += c == '\n' ? "# " : "";
        }
        text += '\n';
    }
    return text;
}

std::string without_comments(std::string_view text) {
    std::string result;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size() - 1) + 1;
        const auto line = text.substr(0, end);
        const auto first = line.find_first_not_of(" \t");
        if (first == std::string_view::npos || line[first] != '#') {
            result += line;
        }
        text.remove_prefix(end);
    }
    return result;
}

}  // namespace meridian::app
