// `import`: a file of any length into a region, in order, as fast as the region takes it.

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "bulk/item_reader.h"
#include "commands.h"
#include "item/json.h"
#include "manage/endpoint_options.h"
#include "manage/import_lane.h"
#include "manage/import_report.h"
#include "manage/item_text.h"
#include "manage/kind_words.h"
#include "manage/management_commands.h"
#include "manage/progress.h"
#include "manage/terminal.h"
#include "manage/text.h"
#include "manage/write_options.h"
#include "option_checks.h"

namespace meridian::app {
namespace {

using management::Kind;

constexpr std::size_t kPieceBytes = std::size_t{256} * 1024;
constexpr std::size_t kBatchItems = 1'000;
constexpr std::size_t kBatchBytes = std::size_t{2} * 1024 * 1024;

struct ImportOptions {
    EndpointOptions endpoint;
    WriteOptions write;
    Kind kind = Kind::kRule;
    std::string file;
    std::string format;
    std::size_t errors_max = 20;
    std::filesystem::path errors_file;
    std::size_t lanes = 3;
    unsigned retry_seconds = 60;
    bool with_progress = false;
};

volatile std::sig_atomic_t interrupted = 0;

// The first Ctrl-C lets what is under way end; the second is the usual one.
void watch_interrupts() {
    struct sigaction action{};
    action.sa_handler = [](int) { interrupted = 1; };
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
}

// Signals are for the thread that reads the file.
class SignalsBlocked {
  public:
    SignalsBlocked() {
        sigset_t signals;
        sigemptyset(&signals);
        sigaddset(&signals, SIGINT);
        sigaddset(&signals, SIGTERM);
        pthread_sigmask(SIG_BLOCK, &signals, &before_);
    }
    SignalsBlocked(const SignalsBlocked&) = delete;
    SignalsBlocked& operator=(const SignalsBlocked&) = delete;
    ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

  private:
    sigset_t before_{};
};

class InputFile {
  public:
    explicit InputFile(const std::string& name)
        : name_(name == "-" ? "standard input" : name),
          fd_(name == "-" ? STDIN_FILENO : open(name.c_str(), O_RDONLY | O_CLOEXEC)) {}
    InputFile(const InputFile&) = delete;
    InputFile& operator=(const InputFile&) = delete;
    ~InputFile() {
        if (fd_ > STDERR_FILENO) {
            close(fd_);
        }
    }

    // Empty at the end, and when a signal came.
    Result<std::string_view> read() {
        const auto got = fd_ < 0 ? -1 : ::read(fd_, piece_.data(), piece_.size());
        if (got < 0 && (fd_ < 0 || errno != EINTR)) {
            return fail(ErrorCode::kIo,
                        fmt::format("cannot read {}: {}", name_,
                                    std::error_code(errno, std::generic_category()).message()));
        }
        const auto bytes = got < 0 ? 0 : static_cast<std::size_t>(got);
        bytes_ += bytes;
        return std::string_view(piece_).substr(0, bytes);
    }

    // 0 when nobody knows.
    [[nodiscard]] std::uint64_t total_bytes() const {
        struct stat status{};
        const bool is_file = fstat(fd_, &status) == 0 && S_ISREG(status.st_mode);
        return is_file ? static_cast<std::uint64_t>(status.st_size) : 0;
    }
    [[nodiscard]] std::uint64_t bytes_read() const { return bytes_; }
    [[nodiscard]] const std::string& name() const { return name_; }

  private:
    std::string name_;
    int fd_;
    std::uint64_t bytes_ = 0;
    std::string piece_ = std::string(kPieceBytes, '\0');
};

// Role: reads the file, parts its items into lanes by their entity. Threads: one.
class Importer {
  public:
    Importer(const ImportOptions& options, InputFile& file, bulk::Format format,
             ImportReport& report, Progress& progress)
        : options_(options),
          file_(file),
          report_(report),
          progress_(progress),
          reader_({options.kind, format, !options.errors_file.empty()},
                  [this](bulk::SourceItem item) { return take(std::move(item)); }) {}

    Result<void> connect_lanes() {
        const SignalsBlocked blocked;
        LaneOptions lane;
        lane.kind = options_.kind;
        lane.write = options_.write;
        lane.retry_for = std::chrono::seconds{options_.retry_seconds};
        const auto endpoint = find_endpoint(options_.endpoint);
        if (!endpoint) {
            return std::unexpected(endpoint.error());
        }
        for (std::size_t i = 0; i < options_.lanes; ++i) {
            lanes_.push_back(std::make_unique<ImportLane>(lane, ManagementClient(*endpoint, clock_),
                                                          report_, stop_, clock_));
        }
        filling_.resize(options_.lanes);
        return {};
    }

    // An error: not all of the file is imported, and why; the message says up to where it is.
    Result<void> run(std::string_view first_piece) {
        auto done = read_all(first_piece);
        const bool is_cut = !done;
        for (std::size_t i = 0; i < lanes_.size() && !stop_.is_wanted; ++i) {
            flush(i);
        }
        auto undone = last_line_ + 1;
        for (std::size_t i = 0; i < lanes_.size(); ++i) {
            lanes_[i]->drain([this] { idle(); });
            undone = std::min(undone, lanes_[i]->first_undone_line());
            undone =
                filling_[i].lines.empty() ? undone : std::min(undone, filling_[i].lines.front());
        }
        if (stop_.error) {
            done = std::unexpected(*stop_.error);
        } else if (interrupted != 0 && !is_cut) {
            done = fail(ErrorCode::kUnavailable, "interrupted");
        }
        if (done && stop_.is_wanted) {
            done = fail(ErrorCode::kUnavailable, "interrupted");
        }
        return done ? done : std::unexpected(stopped(done.error(), undone));
    }

  private:
    Result<void> read_all(std::string_view piece) {
        while (!piece.empty()) {
            if (auto read = reader_.read(piece); !read) {
                return read;
            }
            idle();
            if (stop_.is_wanted) {
                return fail(ErrorCode::kUnavailable, "interrupted");
            }
            const auto next = file_.read();
            if (!next) {
                return std::unexpected(next.error());
            }
            piece = *next;
        }
        idle();
        return stop_.is_wanted ? fail(ErrorCode::kUnavailable, "interrupted") : reader_.finish();
    }

    Result<void> take(bulk::SourceItem source) {
        last_line_ = source.line;
        if (!has_header_ && !reader_.header().empty()) {
            has_header_ = true;
            report_.set_header(reader_.header());
        }
        if (!source.faults.empty()) {
            std::string why;
            for (const auto& fault : source.faults) {
                why += (why.empty() ? "" : "; ") + fault_text(fault);
            }
            report_.reject(source.line, why, source.text);
            return {};
        }
        if (options_.write.force) {
            source.item.erase("version");
        }
        const auto lane = lane_of(source.item);
        line_.clear();
        item::append_plain_json(std::move(source.item), line_);
        line_ += '\n';
        if (filling_[lane].body.size() + line_.size() > kBatchBytes ||
            filling_[lane].size() == kBatchItems) {
            flush(lane);
        }
        auto& batch = filling_[lane];
        batch.starts.push_back(batch.body.size());
        batch.lines.push_back(source.line);
        batch.body += line_;
        if (!options_.errors_file.empty()) {
            batch.texts.push_back(std::move(source.text));
        }
        return stop_.is_wanted ? fail(ErrorCode::kUnavailable, "interrupted") : Result<void>{};
    }

    [[nodiscard]] std::size_t lane_of(const item::Map& item) const {
        const auto part = [&](std::string_view name) {
            const auto* value = item::find(item, name);
            const auto* text = value == nullptr ? nullptr : value->as<std::string>();
            return text == nullptr ? 0 : std::hash<std::string>{}(*text);
        };
        const auto key = part(words_of(options_.kind).key_field);
        return (options_.kind == Kind::kRule ? key * 31 + part("region") : key) % lanes_.size();
    }

    void flush(std::size_t lane) {
        if (filling_[lane].size() > 0) {
            const auto bytes = filling_[lane].body.size();
            (void)lanes_[lane]->push(std::exchange(filling_[lane], {}), [this] { idle(); });
            filling_[lane].body.reserve(bytes + bytes / 8);
        }
    }

    void idle() {
        if (interrupted != 0) {
            stop_.is_wanted = true;
        }
        progress_.show(report_.counts().rows(), file_.bytes_read());
    }

    Error stopped(const Error& error, std::size_t undone) const {
        const bool nothing = report_.counts().rows() == 0;
        return {error.code,
                fmt::format("{}: {}{}", file_.name(), error.message,
                            nothing ? ""
                                    : fmt::format("; what is before line {} is imported: run it "
                                                  "again to go on",
                                                  with_commas(undone)))};
    }

    const ImportOptions& options_;
    InputFile& file_;
    ImportReport& report_;
    Progress& progress_;
    SystemClock clock_;
    ImportStop stop_;
    bulk::ItemReader reader_;
    std::vector<std::unique_ptr<ImportLane>> lanes_;
    std::vector<Batch> filling_;
    std::string line_;
    std::size_t last_line_ = 0;
    bool has_header_ = false;
};

bulk::Format format_of(const ImportOptions& options, std::string_view first_piece) {
    if (!options.format.empty()) {
        return options.format == "csv" ? bulk::Format::kCsv : bulk::Format::kJson;
    }
    return bulk::format_of_name(options.file).value_or(bulk::format_of_text(first_piece));
}

void print_summary(const ImportOptions& options, const ImportReport& report, double seconds) {
    const auto counts = report.counts();
    if (options.write.output == "json") {
        const auto number = [](std::uint64_t n) {
            return item::Number(static_cast<std::int64_t>(n));
        };
        item::Map summary{{"created", number(counts.created)},
                          {"updated", number(counts.updated)},
                          {"unchanged", number(counts.unchanged)},
                          {"failed", number(counts.failed)}};
        if (options.write.dry_run) {
            summary["dryRun"] = true;
        }
        fmt::print("{}\n", pretty_json(summary));
        return;
    }
    if (const auto fields = report.changed_fields(); !fields.empty()) {
        fmt::print("{}\n", fields);
    }
    fmt::print("{}{} ({:.1f} s)\n", options.write.dry_run ? "would be: " : "", counts_text(counts),
               seconds);
}

Result<bool> import(const ImportOptions& options) {
    const SystemClock clock;
    const auto started = clock.monotonic();
    InputFile file(options.file);
    const auto first = file.read();
    if (!first) {
        return std::unexpected(first.error());
    }
    const auto format = format_of(options, *first);
    const auto kind = is_terminal(STDERR_FILENO) ? ProgressKind::kBar
                      : options.with_progress    ? ProgressKind::kLines
                                                 : ProgressKind::kNone;
    std::optional<Progress> progress;
    progress.emplace(kind, file.total_bytes(), "rows", clock);
    ImportReport report({file.name(), options.errors_max, options.write.output == "json" ? 0U : 10U,
                         options.errors_file, format},
                        *progress);
    if (auto opened = report.open(); !opened) {
        return std::unexpected(opened.error());
    }
    watch_interrupts();
    Importer importer(options, file, format, report, *progress);
    auto done = importer.connect_lanes();
    if (!done) {
        return std::unexpected(done.error());
    }
    done = importer.run(*first);
    const auto kept = report.finish();
    progress.reset();
    const auto seconds = std::chrono::duration<double>(clock.monotonic() - started).count();
    if (done || report.counts().rows() > 0) {
        print_summary(options, report, seconds);
    }
    if (report.untold() > 0) {
        complain(fmt::format("{} more not shown; --max-errors shows more, --errors FILE keeps all",
                             counted(report.untold(), "bad row", "bad rows")));
    }
    if (!done || !kept) {
        return std::unexpected(!done ? done.error() : kept.error());
    }
    return report.counts().failed == 0;
}

}  // namespace

void add_import(CLI::App& group, Kind kind) {
    const auto& words = words_of(kind);
    const auto options = std::make_shared<ImportOptions>();
    options->kind = kind;
    auto* command =
        group.add_subcommand("import", fmt::format("Store the {} of a file", words.many));
    command->add_option("FILE", options->file, "CSV or JSON; - is standard input")
        ->required()
        ->check(refuse_empty);
    command->add_option("--format", options->format, "csv or json [by FILE's name, or its begin]")
        ->check(CLI::IsMember({"csv", "json"}));
    add_write_options(*command, options->write, {.version = false, .strict = true});
    command->add_flag("--force", options->write.force,
                      "Whatever is stored: don't look at the column version");
    command->add_option("--max-errors", options->errors_max, "Bad rows to show; all are counted")
        ->capture_default_str();
    command->add_option("--errors", options->errors_file, "Write bad rows there, with reasons")
        ->type_name("FILE")
        ->check(refuse_empty);
    command->add_flag("--progress", options->with_progress,
                      "A line every 5 s when there is no terminal for a bar");
    command->add_option("--lanes", options->lanes, "Connections")
        ->check(CLI::Range(1, 16))
        ->capture_default_str();
    command
        ->add_option("--retry-for", options->retry_seconds,
                     "How long to try again when the region does not answer")
        ->type_name("SECONDS")
        ->capture_default_str();
    add_endpoint_options(*command, options->endpoint);
    command->footer(fmt::format(
        "CSV has a column a field; the first line names them (`meridian {0} export` shows how). "
        "Good rows are stored, also\n"
        "when others are bad. The same file again changes nothing: an import that was stopped is "
        "simply run again.\n"
        "\n"
        "Examples:\n"
        "  meridian {0} import {0}.csv --dry-run\n"
        "  meridian {0} import {0}.csv --reason \"New plan\" --errors bad.csv\n"
        "  zcat {0}.ndjson.gz | meridian {0} import - --progress",
        words.command));
    command->callback([options] {
        const auto all_good = import(*options);
        if (!all_good) {
            throw CLI::RuntimeError(report(all_good.error()));
        }
        const auto printed = finish_output();
        throw CLI::RuntimeError(*all_good ? printed : 1);
    });
}

}  // namespace meridian::app
