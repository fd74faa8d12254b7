#include "replication/local_link.h"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>

namespace meridian::replication {
namespace {

// Shared with the reply, which may come after the time is over.
struct Waited {
    std::mutex mutex;
    std::condition_variable wake;
    std::optional<std::string> answer;
};

}  // namespace

Result<std::string> LocalLink::ask(const std::string& question, std::chrono::milliseconds timeout) {
    const auto waited = std::make_shared<Waited>();
    peer_.answer(from_, question, [waited](std::string answer) {
        const std::lock_guard lock(waited->mutex);
        waited->answer = std::move(answer);
        waited->wake.notify_one();
    });
    std::unique_lock lock(waited->mutex);
    if (!waited->wake.wait_for(lock, timeout, [&] { return waited->answer.has_value(); })) {
        return fail(ErrorCode::kTimeout, "No answer came in time");
    }
    return *std::move(waited->answer);
}

}  // namespace meridian::replication
