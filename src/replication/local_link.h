// A link to a source in the same process: for tests, simulations and measurements.
#pragma once

#include <string>
#include <utility>

#include "replication/link.h"
#include "replication/source.h"

namespace meridian::replication {

// Role: asks the peer's source as `from`. The source must outlive it.
class LocalLink final : public Link {
  public:
    LocalLink(Source& peer, std::string from) : peer_(peer), from_(std::move(from)) {}

    [[nodiscard]] Result<std::string> ask(const std::string& question,
                                          std::chrono::milliseconds timeout) override;

  private:
    Source& peer_;
    const std::string from_;
};

}  // namespace meridian::replication
