// What every command that changes something has in common.
#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "api/region_client.h"
#include "base/result.h"
#include "manage/management_client.h"
#include "management/entity.h"

namespace meridian::app {

struct WriteOptions {
    std::optional<std::int64_t> version;  // write only over this one
    bool force = false;                   // write over whatever is stored
    bool dry_run = false;
    bool strict = false;
    std::string reason;
    std::string output = "text";
};

// --reason, --dry-run, --output, and where they make sense --version and --force, --strict.
struct WriteOptionsWanted {
    bool version = true;
    bool strict = true;
};
void add_write_options(CLI::App& command, WriteOptions& options, WriteOptionsWanted wanted);

// A request with those of the options that are the request's: reason, ?dryRun, ?strict.
[[nodiscard]] api::ApiRequest write_request(std::string method, Target target,
                                            const WriteOptions& options);

// As refusal_of(), for commands that have --version: of a conflict it says how to use it.
[[nodiscard]] Error write_refusal_of(const Answer& answer);

// Prints what became of a write: one line and the warnings, or the answer itself (--output json).
// With --dry-run, what would.
void print_written(const management::EntityId& id, const Answer& answer,
                   const WriteOptions& options);

}  // namespace meridian::app
