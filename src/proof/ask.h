// A peer, as whoever asks it sees it: a question in, an answer out.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <variant>

#include "base/result.h"
#include "replication/link.h"
#include "replication/message.h"

namespace meridian::proof {

// The peer's answer, or that it could not be had: kUnavailable, kTimeout, kAccessDenied,
// kInvalidInput (what came is no answer). May block. Threads: one at a time.
using Ask = std::function<Result<replication::Answer>(const replication::Question& question)>;

// Over a link that is used for nothing else.
[[nodiscard]] Ask ask_over(std::shared_ptr<replication::Link> link,
                           std::chrono::milliseconds timeout);

// The answer, when it is a T. Else the peer's own error, or kCorruption.
template <typename T>
[[nodiscard]] Result<T> answer_as(Result<replication::Answer> answer) {
    if (!answer) {
        return std::unexpected(std::move(answer).error());
    }
    if (auto* expected = std::get_if<T>(&*answer)) {
        return std::move(*expected);
    }
    if (auto* error = std::get_if<Error>(&*answer)) {
        return std::unexpected(std::move(*error));
    }
    return fail(ErrorCode::kCorruption, "the peer answered another question than it was asked");
}

}  // namespace meridian::proof
