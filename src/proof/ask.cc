#include "proof/ask.h"

#include <chrono>
#include <utility>

#include "replication/wire.h"

namespace meridian::proof {
namespace {

constexpr std::chrono::seconds kTimeout{5};
constexpr std::chrono::minutes kScanTimeout{2};

std::chrono::milliseconds timeout_of(const replication::Question& question) {
    const bool scans = std::holds_alternative<replication::AskTableHashes>(question) ||
                       std::holds_alternative<replication::AskRangeHashes>(question);
    return scans ? std::chrono::milliseconds(kScanTimeout) : std::chrono::milliseconds(kTimeout);
}

}  // namespace

Ask ask_over(std::shared_ptr<replication::Link> link) {
    return [link = std::move(link)](
               const replication::Question& question) -> Result<replication::Answer> {
        const auto frame = link->ask(replication::encode(question), timeout_of(question));
        return frame ? replication::decode_answer(*frame)
                     : Result<replication::Answer>(std::unexpected(frame.error()));
    };
}

}  // namespace meridian::proof
