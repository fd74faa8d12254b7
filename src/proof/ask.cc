#include "proof/ask.h"

#include <utility>

#include "replication/wire.h"

namespace meridian::proof {

Ask ask_over(std::shared_ptr<replication::Link> link, std::chrono::milliseconds timeout) {
    return [link = std::move(link),
            timeout](const replication::Question& question) -> Result<replication::Answer> {
        const auto frame = link->ask(replication::encode(question), timeout);
        return frame ? replication::decode_answer(*frame)
                     : Result<replication::Answer>(std::unexpected(frame.error()));
    };
}

}  // namespace meridian::proof
