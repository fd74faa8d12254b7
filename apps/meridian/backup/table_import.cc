// `import`: lines of DynamoDB JSON into a table of a running region.

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "backup/backup_client.h"
#include "backup/backup_commands.h"
#include "base/clock.h"
#include "commands.h"
#include "data_folder.h"
#include "item/json.h"
#include "manage/endpoint_options.h"
#include "manage/progress.h"
#include "manage/terminal.h"
#include "manage/text.h"
#include "net/gzip.h"
#include "option_checks.h"

namespace meridian::app {
namespace {

constexpr std::size_t kBatchLines = 1'000;
constexpr std::size_t kBatchBytes = std::size_t{2} * 1024 * 1024;
constexpr std::size_t kLineBytesMax = std::size_t{3} * 1024 * 1024;  // 400 KB, escaped
constexpr std::size_t kUnpackedBytesMax = std::size_t{1024} * 1024 * 1024;

struct ImportOptions {
    EndpointOptions endpoint;
    std::string file;
    std::string table;
    std::string output = "text";
    std::uint64_t from_line = 1;
    std::uint64_t errors_max = 20;
    bool dry_run = false;
};

// Role: sends lines in batches, and keeps the account.
class Importer {
  public:
    Importer(ManagementClient& client, const ImportOptions& options, const Clock& clock)
        : client_(client),
          options_(options),
          progress_(is_terminal(STDERR_FILENO) ? ProgressKind::kBar : ProgressKind::kNone, 0,
                    "lines", clock) {}

    Result<void> read(std::istream& stream) {
        std::string line;
        for (std::uint64_t number = 1; std::getline(stream, line); ++number) {
            if (number < options_.from_line ||
                line.find_first_not_of(" \t\r") == std::string::npos) {
                continue;
            }
            if (auto added = add(number, line); !added) {
                return added;
            }
        }
        return stream.bad() ? fail(ErrorCode::kIo, fmt::format("cannot read {}", options_.file))
                            : send();
    }

    [[nodiscard]] std::uint64_t failed() const { return failed_; }
    [[nodiscard]] item::Map account() const {
        const auto number = [](std::uint64_t count) {
            return item::Number(static_cast<std::int64_t>(count));
        };
        return {{"added", number(added_)},
                {"changed", number(changed_)},
                {"same", number(same_)},
                {"failed", number(failed_)}};
    }

  private:
    Result<void> add(std::uint64_t number, const std::string& line) {
        if (line.size() > kLineBytesMax) {
            refuse(number, "is over 400 KB, the most that one item may have");
            return {};
        }
        if (numbers_.size() == kBatchLines || body_.size() + line.size() > kBatchBytes) {
            if (auto sent = send(); !sent) {
                return sent;
            }
        }
        numbers_.push_back(number);
        body_ += line;
        body_ += '\n';
        return {};
    }

    Result<void> send() {
        if (numbers_.empty()) {
            return {};
        }
        const auto target = Target("/tables")
                                .segment(options_.table)
                                .segment("import")
                                .flag("dryRun", options_.dry_run);
        const auto answer = client_.ask({"POST",
                                         target.text(),
                                         {{"Content-Type", "application/x-ndjson"}},
                                         std::exchange(body_, {})});
        if (!answer) {
            return fail(answer.error().code, fmt::format("lines {} and on: {}", numbers_.front(),
                                                         answer.error().message));
        }
        const auto& told = answer->map();
        added_ += number_at(told, "added");
        changed_ += number_at(told, "changed");
        same_ += number_at(told, "same");
        auto untold = number_at(told, "failed");
        for (const auto& value : list_at(told, "errors")) {
            if (const auto* error = value.as<item::Map>()) {
                refuse(numbers_.at(number_at(*error, "index")), text_at(*error, "message"));
                --untold;
            }
        }
        failed_ += untold;
        progress_.show(numbers_.back(), 0);
        numbers_.clear();
        return {};
    }

    void refuse(std::uint64_t number, const std::string& why) {
        if (++failed_ <= options_.errors_max) {
            progress_.say(printable(fmt::format("line {}: {}", number, why)));
        }
    }

    ManagementClient& client_;
    const ImportOptions& options_;
    Progress progress_;
    std::vector<std::uint64_t> numbers_;  // of the lines of the batch
    std::string body_;
    std::uint64_t added_ = 0;
    std::uint64_t changed_ = 0;
    std::uint64_t same_ = 0;
    std::uint64_t failed_ = 0;
};

Result<std::unique_ptr<std::istream>> open_lines(const std::string& file) {
    if (file == "-") {
        return std::make_unique<std::istream>(std::cin.rdbuf());
    }
    if (file.ends_with(".gz")) {
        const auto packed = read_file(file);
        auto text = packed ? net::gunzip(*packed, kUnpackedBytesMax)
                           : Result<std::string>(std::unexpected(packed.error()));
        if (!text) {
            return fail(text.error().code, fmt::format("{}: {}", file, text.error().message));
        }
        return std::make_unique<std::istringstream>(*std::move(text));
    }
    auto stream = std::make_unique<std::ifstream>(file, std::ios::binary);
    std::error_code error;
    return *stream && !std::filesystem::is_directory(file, error)
               ? Result<std::unique_ptr<std::istream>>(std::move(stream))
               : fail(ErrorCode::kIo, fmt::format("cannot read {}", file));
}

int run_import(const ImportOptions& options) {
    const auto lines = open_lines(options.file);
    if (!lines) {
        return report(lines.error());
    }
    const SystemClock clock;
    auto client = connect(options.endpoint, clock);
    if (!client) {
        return report(client.error());
    }
    Importer importer(*client, options, clock);
    const auto done = importer.read(**lines);
    const auto account = importer.account();
    fmt::print("{}\n", options.output == "json"
                           ? item::to_plain_json(account)
                           : fmt::format("{} added, {} changed, {} as they were, {} refused{}",
                                         with_commas(number_at(account, "added")),
                                         with_commas(number_at(account, "changed")),
                                         with_commas(number_at(account, "same")),
                                         with_commas(number_at(account, "failed")),
                                         options.dry_run ? "; nothing was written" : ""));
    if (!done) {
        return report(done.error());
    }
    const auto finished = finish_output();
    return importer.failed() > 0 ? 1 : finished;
}

}  // namespace

void add_table_import(CLI::App& app) {
    const auto options = std::make_shared<ImportOptions>();
    auto* command =
        app.add_subcommand("import", "Put lines of DynamoDB JSON into a table that there is");
    command->add_option("FILE", options->file, "Unpacked when it ends in .gz; - is standard input")
        ->required()
        ->check(refuse_empty);
    command->add_option("--table", options->table, "Which table")->required()->check(refuse_empty);
    command->add_flag("--dry-run", options->dry_run, "Only say what would change");
    command->add_option("--from-line", options->from_line, "Pass over the lines before")
        ->check(CLI::PositiveNumber);
    command->add_option("--errors", options->errors_max, "Lines that are told to be bad, at most")
        ->capture_default_str();
    command->add_option("--output", options->output, "text for people, json for programs")
        ->check(CLI::IsMember({"text", "json"}))
        ->capture_default_str();
    add_endpoint_options(*command, options->endpoint);
    command->footer(
        "Rules, hours and agents get new versions and an entry in the history; items that are "
        "there as such are left as\n"
        "they are, so that it can be run again. `meridian rules import` checks what a person "
        "wrote; this takes what was exported.\n"
        "\n"
        "Examples:\n"
        "  meridian import rules.json.gz --table GlobalCallRouting --dry-run\n"
        "  aws s3 cp s3://BUCKET/AWSDynamoDB/…/data/x.json.gz - | gunzip | "
        "meridian import - --table AgentSkills");
    command->callback([options] { throw CLI::RuntimeError(run_import(*options)); });
}

}  // namespace meridian::app
