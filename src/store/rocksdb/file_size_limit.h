// The kernel's refusal to let files grow, for a while.
#pragma once

#include <sys/resource.h>

#include <csignal>

#include "base/check.h"

namespace meridian::store {

// While it lives no file of this process grows past the limit: writes fail with EFBIG.
class FileSizeLimit {
  public:
    explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
        CHECK(::getrlimit(RLIMIT_FSIZE, &before_) == 0);
        const rlimit lower{bytes, before_.rlim_max};
        CHECK(::setrlimit(RLIMIT_FSIZE, &lower) == 0);
    }
    FileSizeLimit(const FileSizeLimit&) = delete;
    FileSizeLimit& operator=(const FileSizeLimit&) = delete;
    ~FileSizeLimit() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }

  private:
    void (*handler_)(int);
    rlimit before_{};
};

}  // namespace meridian::store
