#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace meridian {

void check_failed(const char* condition, const char* file, int line) {
    std::fprintf(stderr, "%s:%d: CHECK failed: %s. This is a bug in Meridian.\n", file, line,
                 condition);
    std::abort();
}

}  // namespace meridian
