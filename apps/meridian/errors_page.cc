// `meridian errors`: docs/errors.md, from the catalogue.

#include <fmt/format.h>

#include "base/result.h"
#include "commands.h"

namespace meridian::app {

int run_errors() {
    fmt::print(
        "# Errors\n\n"
        "Printed by `meridian errors` from `src/base/errors.def`. The AWS type is what a client of "
        "an AWS protocol sees.\n\n"
        "| number | name | AWS type | HTTP | what to do | what it means "
        "|\n|---|---|---|---|---|---|\n");
    for_each_error(
        [](const ErrorInfo& row, void* /*context*/) {
            fmt::print("| {} | {} | {} | {} | {} | {} |\n", row.number, row.name, row.aws_type,
                       row.http_status, to_string(row.reaction), row.meaning);
        },
        nullptr);
    return finish_output();
}

}  // namespace meridian::app
