#include <fmt/format.h>

#include "commands.h"

namespace meridian::app {

int report(const Error& error) {
    fmt::print(stderr, "meridian: {}\n", error.message);
    return 1;
}

}  // namespace meridian::app
