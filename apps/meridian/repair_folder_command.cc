#include "repair_folder_command.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/log.h"
#include "commands.h"
#include "data_folder.h"
#include "option_checks.h"
#include "store/rocksdb/rocksdb_store.h"
#include "store/rocksdb/salvage.h"

namespace meridian::app {
namespace {

struct Options {
    std::string region;
    std::filesystem::path data;
};

Result<void> repair(const Options& options) {
    const auto folder = data_folder(options.data);
    if (!folder) {
        return std::unexpected(folder.error());
    }
    store::RocksDbOptions rocksdb;
    rocksdb.folder = *folder / options.region;
    rocksdb.region = options.region;
    std::error_code error;
    if (!std::filesystem::is_directory(rocksdb.folder, error)) {
        return fail(ErrorCode::kInvalidInput,
                    fmt::format("{}: there is no such folder; name another one with --data, or "
                                "another region",
                                rocksdb.folder.string()));
    }
    const SystemClock clock;
    const auto opened = store::open_rocksdb_store(rocksdb, clock);
    if (opened) {
        fmt::print("{} can be read; nothing was done\n", rocksdb.folder.string());
        return {};
    }
    if (opened.error().code != ErrorCode::kCorruption) {
        return std::unexpected(opened.error());
    }
    fmt::print("{}\n", opened.error().message);
    const auto salvaged = store::salvage(rocksdb, clock);
    if (!salvaged) {
        return std::unexpected(salvaged.error());
    }
    fmt::print("{}\n", store::to_string(*salvaged));
    return {};
}

}  // namespace

void add_repair_folder_command(CLI::App& app) {
    const auto options = std::make_shared<Options>();
    auto* command = app.add_subcommand(
        "repair-folder", "Make a damaged folder of a stopped region whole from what can be read");
    command->add_option("--region", options->region, "The region whose folder it is")
        ->required()
        ->check(refuse_odd_region);
    command
        ->add_option("--data", options->data,
                     "Data folder [$MERIDIAN_DATA or ~/.local/state/meridian]")
        ->check(refuse_empty);
    command->footer(
        "A region that starts does the same by itself. The damaged folder is kept beside the new "
        "one, as\n"
        "REGION.damaged-INSTANT. A single item whose bytes are damaged needs no salvage: "
        "`meridian verify` names it,\n"
        "and a repair fetches it from another region.\n"
        "\n"
        "Example: meridian repair-folder --region us-east-1");
    command->callback([options] {
        start_log("repair-folder", LogLevel::kWarn);
        const auto done = repair(*options);
        throw CLI::RuntimeError(done ? finish_output() : report(done.error()));
    });
}

}  // namespace meridian::app
