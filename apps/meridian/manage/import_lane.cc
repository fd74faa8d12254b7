#include "manage/import_lane.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "item/json.h"
#include "manage/item_text.h"
#include "manage/kind_words.h"
#include "manage/text.h"

namespace meridian::app {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kQueueBatches = 3;
constexpr milliseconds kRequestTimeout{120'000};
constexpr milliseconds kDelayFirst{100};
constexpr milliseconds kDelayMax{5'000};
constexpr milliseconds kLook{100};

bool is_worth_another_try(int status) {
    return status == 429 || status >= 500;
}

int status_of(const item::Map& result) {
    const auto* value = item::find(result, "status");
    const auto* number = value == nullptr ? nullptr : value->as<item::Number>();
    return number == nullptr ? 0 : static_cast<int>(number->to_int64().value_or(0));
}

std::uint64_t count_in(const item::Map& answer, std::string_view name) {
    const auto* value = item::find(answer, name);
    const auto* number = value == nullptr ? nullptr : value->as<item::Number>();
    return number == nullptr ? 0 : static_cast<std::uint64_t>(number->to_int64().value_or(0));
}

// Why a row isn't stored: its faults, or else what the server says of it.
std::string reason_of(const item::Map& result) {
    std::string text;
    for (const auto& fault : faults_of(result, "errors")) {
        text += (text.empty() ? "" : "; ") + fault_text(fault);
    }
    if (text.empty()) {
        text = text_at(result, "message");
    }
    return status_of(result) == 409 ? text + " (--force imports it whatever is stored)" : text;
}

std::string_view item_at(const Batch& batch, std::size_t index) {
    const auto start = batch.starts[index];
    const auto end = index + 1 < batch.size() ? batch.starts[index + 1] : batch.body.size();
    return std::string_view(batch.body).substr(start, end - start);
}

}  // namespace

void ImportStop::because(Error reason) {
    {
        const std::lock_guard lock(mutex);
        if (!error) {
            error = std::move(reason);
        }
    }
    is_wanted = true;
}

ImportLane::ImportLane(LaneOptions options, ManagementClient client, ImportReport& report,
                       ImportStop& stop, const Clock& clock)
    : options_(std::move(options)),
      client_(std::move(client)),
      report_(report),
      stop_(stop),
      clock_(clock),
      thread_([this] { run(); }) {}

ImportLane::~ImportLane() {
    {
        const std::lock_guard lock(mutex_);
        is_ending_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) {
        thread_.join();
    }
}

bool ImportLane::push(Batch batch, const std::function<void()>& idle) {
    std::unique_lock lock(mutex_);
    while (queue_.size() >= kQueueBatches && !stop_.is_wanted) {
        changed_.wait_for(lock, kLook);
        lock.unlock();
        idle();
        lock.lock();
    }
    queue_.push_back(std::move(batch));
    lock.unlock();
    changed_.notify_all();
    return !stop_.is_wanted;
}

void ImportLane::drain(const std::function<void()>& idle) {
    std::unique_lock lock(mutex_);
    while (!queue_.empty() && !stop_.is_wanted) {
        changed_.wait_for(lock, kLook);
        lock.unlock();
        idle();
        lock.lock();
    }
    is_ending_ = true;
    lock.unlock();
    changed_.notify_all();
    thread_.join();  // what is under way comes to its end
}

std::size_t ImportLane::first_undone_line() const {
    const std::lock_guard lock(mutex_);
    return queue_.empty() ? kAllDone : queue_.front().lines.front();
}

void ImportLane::run() {
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return is_ending_ || !queue_.empty(); });
        if (queue_.empty() || stop_.is_wanted) {
            return;
        }
        const auto& batch = queue_.front();  // stays where it is: others only push behind it
        lock.unlock();
        const bool is_done = deliver(batch);
        lock.lock();
        if (!is_done) {
            return;
        }
        queue_.pop_front();
        changed_.notify_all();
    }
}

bool ImportLane::deliver(const Batch& batch) {
    ImportCounts counts;
    std::size_t start = 0;
    auto delay = kDelayFirst;
    auto give_up = clock_.monotonic() + options_.retry_for;
    while (start < batch.size()) {
        const auto next = attempt(batch, start, counts);
        if (next) {
            start = *next;
            delay = kDelayFirst;
            give_up = clock_.monotonic() + options_.retry_for;
            continue;
        }
        if (stop_.is_wanted || clock_.monotonic() > give_up) {
            stop_.because(next.error());
            break;
        }
        wait(delay);
        delay = std::min(delay * 2, kDelayMax);
    }
    // Rows that were sent twice are unchanged the second time: what isn't known otherwise is that.
    const auto decided = counts.created + counts.updated + counts.failed;
    if (start == batch.size() && decided < batch.size()) {
        counts.unchanged = batch.size() - decided;
    }
    counts.failed = 0;  // counted as they were told
    report_.add(counts);
    return start == batch.size();
}

Result<std::size_t> ImportLane::attempt(const Batch& batch, std::size_t start,
                                        ImportCounts& counts) {
    const auto path = fmt::format("/{}/import", to_string(options_.kind));
    auto request = write_request("POST", Target(path), options_.write);
    request.headers.emplace_back("Content-Type", "application/x-ndjson");
    request.body = batch.body.substr(batch.starts[start]);
    request.timeout = kRequestTimeout;
    const auto answer = client_.send(std::move(request));
    if (!answer) {
        return std::unexpected(answer.error());
    }
    if (is_worth_another_try(answer->status)) {
        return std::unexpected(refusal_of(*answer));
    }
    if (answer->status == 413 && batch.size() - start == 1) {
        report_.reject(batch.lines[start], text_at(answer->map(), "message"),
                       batch.texts.empty() ? "" : batch.texts[start]);
        ++counts.failed;
        return batch.size();
    }
    if (answer->status != 200) {
        stop_.because(refusal_of(*answer));
        return std::unexpected(refusal_of(*answer));
    }
    return take_results(batch, start, answer->map(), counts);
}

Result<std::size_t> ImportLane::take_results(const Batch& batch, std::size_t start,
                                             const item::Map& answer, ImportCounts& counts) {
    auto next = batch.size();
    std::string why;
    for (const auto& entry : list_at(answer, "results")) {
        const auto* result = entry.as<item::Map>();
        const auto index = result == nullptr ? 0 : start + count_in(*result, "index");
        if (result == nullptr || index >= batch.size()) {
            continue;
        }
        const auto status = status_of(*result);
        if (status == 0) {  // of a dry run: what would become of it
            const auto item = item::parse_plain_json(item_at(batch, index));
            const auto id = item && item->as<item::Map>() != nullptr
                                ? id_in(options_.kind, *item->as<item::Map>())
                                : management::EntityId{options_.kind, "", ""};
            report_.would_change(
                batch.lines[index],
                fmt::format("{}: would be {}", name_of(id), text_at(*result, "outcome")),
                without_stamps(differences_in(*result)));
        } else if (is_worth_another_try(status)) {
            next = index;  // it, and all behind it: one of them may be for the same entity
            why = text_at(*result, "message");
            break;
        } else {
            report_.reject(batch.lines[index], reason_of(*result),
                           batch.texts.empty() ? "" : batch.texts[index]);
            ++counts.failed;
        }
    }
    counts.created += count_in(answer, "created");
    counts.updated += count_in(answer, "updated");
    if (next == start) {
        return fail(ErrorCode::kUnavailable,
                    fmt::format("region {} can't store rows now: {}", client_.region(), why));
    }
    return next;
}

void ImportLane::wait(milliseconds time) {
    const auto until = clock_.monotonic() + time;
    std::unique_lock lock(mutex_);
    while (!stop_.is_wanted && clock_.monotonic() < until) {
        changed_.wait_for(lock, std::min(time, kLook));
    }
}

}  // namespace meridian::app
