#include "aws/environment.h"

#include <cstdlib>

namespace meridian::aws {

Environment process_environment() {
    return [](const char* name) -> std::optional<std::string> {
        const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
        return value == nullptr || *value == '\0' ? std::nullopt
                                                  : std::optional(std::string(value));
    };
}

}  // namespace meridian::aws
