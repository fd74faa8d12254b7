#include "faults/faulty_link.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>
#include <utility>
#include <vector>

#include "replication/wire.h"

namespace meridian::faults {
namespace {

using std::chrono::nanoseconds;

constexpr std::size_t kLateAnswersMax = 4;
// No network keeps an answer for ever, and replication relies on it.
constexpr std::chrono::seconds kLateMax{4};
// A page of everything has about a megabyte.
constexpr std::size_t kLateAnswerBytesMax = std::size_t{4} * 1024 * 1024;

// From 0 to `below`.
std::uint64_t pick(Random& random, std::uint64_t below) {
    return below == 0 ? 0 : random.next() % below;
}

// Answers to questions of one kind can take each other's place.
std::size_t kind_of(const std::string& question) {
    const auto read = replication::decode_question(question);
    return read ? read->index() : std::variant_npos;
}

}  // namespace

FaultyLink::FaultyLink(std::string peer, std::unique_ptr<replication::Link> link,
                       const Switchboard& board, LinkSurroundings surroundings)
    : peer_(std::move(peer)),
      link_(std::move(link)),
      board_(board),
      surroundings_(std::move(surroundings)) {}

Result<std::string> FaultyLink::ask(const std::string& question,
                                    std::chrono::milliseconds timeout) {
    if (board_.link(peer_).cut == Cut::kQuestions) {
        return std::unexpected(cut_error());
    }
    const auto start = surroundings_.clock.monotonic();
    auto answer = link_->ask(question, timeout);
    const auto fault = board_.link(peer_);  // it may have been cut since
    if (!answer || !fault.is_on()) {
        late_.clear();
        return answer;
    }
    if (fault.cut != Cut::kNone) {
        return std::unexpected(cut_error());
    }
    if (fault.reorder) {
        answer = swapped(question, *std::move(answer));
    }
    const auto wait = delay_of(fault, answer->size());
    const auto left = timeout - (surroundings_.clock.monotonic() - start);
    if (const auto slept = std::min<nanoseconds>(wait, left); slept > nanoseconds{0}) {
        surroundings_.sleep ? surroundings_.sleep(slept) : std::this_thread::sleep_for(slept);
    }
    return wait <= left ? std::move(answer)
                        : fail(ErrorCode::kTimeout,
                               fmt::format("the answer of {} did not come within {} ms: the link "
                                           "is slow on purpose (`meridian fault list`)",
                                           peer_, timeout.count()));
}

Error FaultyLink::cut_error() const {
    return {ErrorCode::kUnavailable,
            fmt::format("the link to {} is cut on purpose (`meridian fault list`)", peer_)};
}

// Half of the time an answer that is late; this one is then late itself.
std::string FaultyLink::swapped(const std::string& question, std::string answer) {
    const auto kind = kind_of(question);
    const auto now = surroundings_.clock.monotonic();
    std::erase_if(late_, [now](const Late& late) { return now - late.at > kLateMax; });
    if (answer.size() <= kLateAnswerBytesMax) {
        late_.push_back({now, kind, answer});
    }
    if (late_.size() > kLateAnswersMax) {
        late_.pop_front();
    }
    std::vector<std::size_t> candidates;
    for (std::size_t i = 0; i < late_.size(); ++i) {
        if (late_[i].kind == kind) {
            candidates.push_back(i);
        }
    }
    auto& random = surroundings_.random;
    if (candidates.empty() || pick(random, 2) == 0) {
        return answer;
    }
    return late_[candidates[pick(random, candidates.size())]].answer;
}

nanoseconds FaultyLink::delay_of(const LinkFault& fault, std::size_t answer_bytes) const {
    const auto jitter = nanoseconds{fault.jitter};
    auto wait =
        nanoseconds{fault.delay} +
        nanoseconds{pick(surroundings_.random, static_cast<std::uint64_t>(jitter.count()) + 1)};
    if (fault.bytes_per_second > 0) {
        wait += std::chrono::ceil<nanoseconds>(std::chrono::duration<double>(
            static_cast<double>(answer_bytes) / static_cast<double>(fault.bytes_per_second)));
    }
    return wait;
}

}  // namespace meridian::faults
