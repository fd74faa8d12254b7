#include "backup/jobs.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "backup/new_file.h"
#include "base/log.h"
#include "item/json.h"

namespace meridian::backup {
namespace {

constexpr std::string_view kEnd = ".job";
constexpr std::array<std::string_view, 4> kStates{"queued", "running", "completed", "failed"};

std::string text_of(const item::Map& map, std::string_view name) {
    const auto* value = item::find(map, name);
    const auto* text = value == nullptr ? nullptr : value->as<std::string>();
    return text == nullptr ? std::string() : *text;
}

std::uint64_t number_of(const item::Map& map, std::string_view name) {
    const auto* value = item::find(map, name);
    const auto* number = value == nullptr ? nullptr : value->as<item::Number>();
    return number == nullptr ? 0 : static_cast<std::uint64_t>(number->to_int64().value_or(0));
}

item::Value number(std::uint64_t value) {
    return item::Number(static_cast<std::int64_t>(value));
}

std::string encode(const Job& job) {
    item::Map map{{"id", job.id},
                  {"kind", job.kind},
                  {"subject", job.subject},
                  {"state", to_string(job.state)},
                  {"error", job.error},
                  {"created", format_instant(job.created)},
                  {"items", number(job.items)},
                  {"bytes", number(job.bytes)},
                  {"itemsTotal", number(job.items_total)},
                  {"result", job.result}};
    if (job.finished) {
        map["finished"] = format_instant(*job.finished);
    }
    return item::to_plain_json(map);
}

std::optional<Job> decode(const std::string& text) {
    const auto value = item::parse_plain_json(text);
    const auto* map = value ? value->as<item::Map>() : nullptr;
    if (map == nullptr) {
        return std::nullopt;
    }
    const auto created = parse_instant(text_of(*map, "created"));
    const auto* const state = std::ranges::find(kStates, text_of(*map, "state"));
    if (!created || state == kStates.end()) {
        return std::nullopt;
    }
    Job job{.id = text_of(*map, "id"),
            .kind = text_of(*map, "kind"),
            .subject = text_of(*map, "subject"),
            .state = static_cast<JobState>(state - kStates.begin()),
            .error = text_of(*map, "error"),
            .created = *created,
            .items = number_of(*map, "items"),
            .bytes = number_of(*map, "bytes"),
            .items_total = number_of(*map, "itemsTotal")};
    if (const auto finished = parse_instant(text_of(*map, "finished"))) {
        job.finished = *finished;
    }
    const auto* result = item::find(*map, "result");
    if (const auto* fields = result == nullptr ? nullptr : result->as<item::Map>()) {
        job.result = *fields;
    }
    return job;
}

bool is_over(const Job& job) {
    return job.state == JobState::kCompleted || job.state == JobState::kFailed;
}

}  // namespace

std::string_view to_string(JobState state) {
    return kStates.at(static_cast<std::size_t>(state));
}

Result<std::unique_ptr<Jobs>> Jobs::open(std::filesystem::path folder, const Clock& clock) {
    if (auto made = make_folder(folder); !made) {
        return std::unexpected(std::move(made).error());
    }
    if (auto removed = remove_unfinished(folder); !removed) {
        return std::unexpected(std::move(removed).error());
    }
    std::unique_ptr<Jobs> jobs(new Jobs(std::move(folder), clock));
    if (auto recovered = jobs->recover(); !recovered) {
        return std::unexpected(std::move(recovered).error());
    }
    jobs->thread_ = std::thread([&all = *jobs] { all.run(); });
    return jobs;
}

Jobs::~Jobs() {
    stop();
}

void Jobs::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        if (tally_) {
            tally_->stop = true;
        }
    }
    changed_.notify_all();
    if (thread_.joinable()) {
        thread_.join();
    }
    waiting_.clear();
}

Result<void> Jobs::recover() {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder_, error)) {
        std::ifstream stream(entry.path());
        const std::string text((std::istreambuf_iterator<char>(stream)), {});
        auto job = entry.path().extension() == kEnd ? decode(text) : std::nullopt;
        if (!job) {
            continue;
        }
        if (!is_over(*job)) {
            job->state = JobState::kFailed;
            job->error = "Interrupted: the region's process ended; start it again";
            job->finished = clock_.now();
            if (auto saved = save(*job); !saved) {
                return saved;
            }
        }
        auto id = job->id;
        jobs_.insert_or_assign(std::move(id), *std::move(job));
    }
    return {};
}

Result<Job> Jobs::submit(Job job, JobWork work) {
    const std::lock_guard lock(mutex_);
    if (stopping_) {
        return fail(ErrorCode::kUnavailable, "The region is being stopped");
    }
    if (waiting_.size() >= kWaitingMax) {
        return fail(ErrorCode::kOverloaded,
                    "Too many backups, verifications or restores wait already; try again later");
    }
    job.state = JobState::kQueued;
    job.created = clock_.now();
    if (auto saved = save(job); !saved) {
        return std::unexpected(std::move(saved).error());
    }
    jobs_.insert_or_assign(job.id, job);
    waiting_.push_back({job.id, std::move(work)});
    drop_oldest();
    changed_.notify_all();
    return job;
}

std::optional<Job> Jobs::find(std::string_view id) const {
    const std::lock_guard lock(mutex_);
    const auto found = jobs_.find(id);
    if (found == jobs_.end()) {
        return std::nullopt;
    }
    auto job = found->second;
    if (job.id == running_ && tally_) {
        job.items = tally_->items;
        job.bytes = tally_->bytes;
        job.items_total = tally_->items_total;
    }
    return job;
}

std::vector<Job> Jobs::list() const {
    std::vector<std::string> ids;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [id, job] : jobs_) {
            ids.push_back(id);
        }
    }
    std::vector<Job> all;
    for (const auto& id : ids) {
        if (auto job = find(id)) {
            all.push_back(*std::move(job));
        }
    }
    return all;
}

Job Jobs::wait(std::string_view id) const {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] {
        const auto found = jobs_.find(id);
        return found == jobs_.end() || is_over(found->second);
    });
    const auto found = jobs_.find(id);
    return found == jobs_.end() ? Job{} : found->second;
}

void Jobs::forget(std::string_view id) {
    const std::lock_guard lock(mutex_);
    const auto found = jobs_.find(id);
    if (found != jobs_.end() && is_over(found->second)) {
        (void)remove_file(folder_ / (found->first + std::string(kEnd)));
        jobs_.erase(found);
    }
}

void Jobs::run() {
    while (true) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
        if (stopping_) {
            for (auto& left : std::exchange(waiting_, {})) {
                lock.unlock();
                finish(left.id, fail(ErrorCode::kUnavailable,
                                     "Interrupted: the region's process ended; start it again"));
                lock.lock();
            }
            return;
        }
        auto next = std::move(waiting_.front());
        waiting_.pop_front();
        running_ = next.id;
        tally_ = std::make_unique<Tally>();
        auto& job = jobs_.at(next.id);
        job.state = JobState::kRunning;
        if (auto saved = save(job); !saved) {
            log(LogLevel::kWarn, "backup", "{}", saved.error().message);
        }
        auto& tally = *tally_;
        lock.unlock();
        auto result = next.work(tally);
        finish(next.id, std::move(result));
    }
}

void Jobs::finish(const std::string& id, Result<item::Map> result) {
    {
        const std::lock_guard lock(mutex_);
        auto& job = jobs_.at(id);
        if (running_ == id) {
            job.items = tally_->items;
            job.bytes = tally_->bytes;
            job.items_total = tally_->items_total;
            running_.clear();
            tally_.reset();
        }
        job.state = result ? JobState::kCompleted : JobState::kFailed;
        job.finished = clock_.now();
        if (result) {
            job.result = *std::move(result);
        } else {
            job.error = result.error().message;
            log(LogLevel::kError, "backup", "{} {}: {}", job.kind, job.subject, job.error);
        }
        if (auto saved = save(job); !saved) {
            log(LogLevel::kWarn, "backup", "{}", saved.error().message);
        }
    }
    changed_.notify_all();
}

Result<void> Jobs::save(const Job& job) const {
    auto file = NewFile::create(folder_ / (job.id + std::string(kEnd)));
    if (!file) {
        return std::unexpected(std::move(file).error());
    }
    auto written = file->append(encode(job));
    return written ? file->finish() : written;
}

void Jobs::drop_oldest() {
    for (auto job = jobs_.begin(); job != jobs_.end() && jobs_.size() > kRememberedMax;) {
        if (is_over(job->second)) {
            (void)remove_file(folder_ / (job->first + std::string(kEnd)));
            job = jobs_.erase(job);
        } else {
            ++job;
        }
    }
}

}  // namespace meridian::backup
