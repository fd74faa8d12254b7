// `export`: a table, or all, as lines of DynamoDB JSON, as of one moment.

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "backup/backup_client.h"
#include "backup/backup_commands.h"
#include "base/clock.h"
#include "commands.h"
#include "item/json.h"
#include "manage/endpoint_options.h"
#include "manage/output_file.h"
#include "manage/progress.h"
#include "manage/terminal.h"
#include "manage/text.h"
#include "net/gzip.h"
#include "option_checks.h"

namespace meridian::app {
namespace {

struct ExportOptions {
    EndpointOptions endpoint;
    std::string table;
    std::string backup;
    std::filesystem::path output;
    bool all = false;
};

// Role: writes tables of one backup. Memory: a page.
class Exporter {
  public:
    Exporter(ManagementClient& client, std::string id, std::uint64_t items, const Clock& clock)
        : client_(client),
          id_(std::move(id)),
          progress_(is_terminal(STDERR_FILENO) ? ProgressKind::kBar : ProgressKind::kNone, items,
                    "items", clock) {}

    Result<void> write(const std::string& table, const std::filesystem::path& file) {
        auto output = OutputFile::open(file);
        if (!output) {
            return std::unexpected(std::move(output).error());
        }
        const bool is_packed = file.extension() == ".gz";
        std::string next;
        do {
            const auto page = client_.get(Target("/backups")
                                              .segment(id_)
                                              .segment("items")
                                              .query("table", table)
                                              .query("next", next));
            if (!page) {
                return std::unexpected(page.error());
            }
            std::string lines;
            for (const auto& item : list_at(page->map(), "items")) {
                item::append_plain_json(item, lines);
                lines += '\n';
                ++count_;
            }
            if (!lines.empty()) {
                auto written = output->write(is_packed ? net::gzip(lines) : lines);
                if (!written) {
                    return written;
                }
            }
            progress_.show(count_, count_);
            next = text_at(page->map(), "next");
        } while (!next.empty());
        return output->finish();
    }

    [[nodiscard]] std::uint64_t count() const { return count_; }

  private:
    ManagementClient& client_;
    const std::string id_;
    Progress progress_;
    std::uint64_t count_ = 0;
};

Result<std::uint64_t> export_from(ManagementClient& client, const ExportOptions& options,
                                  const item::Map& backup, const Clock& clock) {
    Exporter exporter(client, text_at(backup, "id"), number_at(backup, "items"), clock);
    if (!options.all) {
        const auto done = exporter.write(
            options.table, options.output == "-" ? std::filesystem::path() : options.output);
        return done ? Result<std::uint64_t>(exporter.count()) : std::unexpected(done.error());
    }
    std::error_code error;
    std::filesystem::create_directories(options.output, error);
    for (const auto& value : list_at(backup, "tables")) {
        const auto name = value.as<item::Map>() == nullptr
                              ? std::string()
                              : text_at(*value.as<item::Map>(), "name");
        if (const auto done = exporter.write(name, options.output / (name + ".json")); !done) {
            return std::unexpected(done.error());
        }
    }
    return exporter.count();
}

Result<std::uint64_t> run(const ExportOptions& options) {
    const SystemClock clock;
    auto client = connect(options.endpoint, clock);
    if (!client) {
        return std::unexpected(client.error());
    }
    const auto given =
        options.backup.empty()
            ? make_backup(*client, clock)
            : wait_for_job(*client, Target("/backups").segment(options.backup), "", clock);
    if (!given) {
        return std::unexpected(given.error());
    }
    auto count = export_from(*client, options, *given, clock);
    if (options.backup.empty()) {
        const auto target = Target("/backups").segment(text_at(*given, "id"));
        const auto removed = client->ask({"DELETE", target.text(), {}, {}});
        if (!removed) {
            complain(fmt::format("the backup {} that this was made from stays: {}",
                                 text_at(*given, "id"), removed.error().message));
        }
    }
    return count;
}

int run_export(const ExportOptions& options) {
    const auto count = run(options);
    if (!count) {
        return report(count.error());
    }
    if (!options.output.empty() && options.output != "-") {
        fmt::print("{} in {}\n", counted(*count, "item", "items"), options.output.string());
    }
    return finish_output();
}

}  // namespace

void add_table_export(CLI::App& app) {
    const auto options = std::make_shared<ExportOptions>();
    auto* command =
        app.add_subcommand("export", "Write a table as lines of DynamoDB JSON, as of one moment");
    command->add_option("TABLE", options->table)->check(refuse_empty);
    command->add_flag("--all", options->all, "All tables: TABLE.json in the folder of --output");
    command
        ->add_option("-o,--output", options->output,
                     "Where to; packed when it ends in .gz [standard output]")
        ->type_name("FILE")
        ->check(refuse_empty);
    command->add_option("--backup", options->backup, "As of this backup [now]")
        ->check(refuse_empty);
    add_endpoint_options(*command, options->endpoint);
    command->footer(
        "Lines are as in DynamoDB's exports to S3: "
        "{\"Item\":{\"phoneNumber\":{\"S\":\"+1800…\"}}}. "
        "`meridian import` takes them.\n"
        "\n"
        "Examples:\n"
        "  meridian export GlobalCallRouting -o rules.json.gz\n"
        "  meridian export --all -o /srv/export");
    command->callback([options] {
        if (options->table.empty() != options->all) {
            throw CLI::ValidationError("export", "takes either a TABLE, or --all");
        }
        if (options->all && (options->output.empty() || options->output == "-")) {
            throw CLI::ValidationError("--all", "needs --output with a folder");
        }
        throw CLI::RuntimeError(run_export(*options));
    });
}

}  // namespace meridian::app
