#include "backup/backup_client.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <thread>
#include <utility>

#include "item/json.h"
#include "manage/progress.h"
#include "manage/terminal.h"
#include "manage/text.h"

namespace meridian::app {
namespace {

constexpr std::chrono::milliseconds kLookFirst{20};
constexpr std::chrono::milliseconds kLookMost{500};

}  // namespace

std::uint64_t number_at(const item::Map& map, std::string_view name) {
    const auto* value = item::find(map, name);
    const auto* number = value == nullptr ? nullptr : value->as<item::Number>();
    return number == nullptr ? 0 : static_cast<std::uint64_t>(number->to_int64().value_or(0));
}

std::string bytes_text(std::uint64_t bytes) {
    constexpr std::array<std::string_view, 4> kUnits{"KB", "MB", "GB", "TB"};
    constexpr double kStep = 1000;
    if (bytes < 1000) {
        return fmt::format("{} B", bytes);
    }
    auto amount = static_cast<double>(bytes) / kStep;
    std::size_t unit = 0;
    for (; amount >= kStep && unit + 1 < kUnits.size(); ++unit) {
        amount /= kStep;
    }
    return fmt::format("{:.1f} {}", amount, kUnits.at(unit));
}

Result<item::Map> ask_for_job(ManagementClient& client, const std::string& method,
                              const Target& target, const item::Map* body) {
    const auto answer = client.send(
        {method, target.text(), {}, body == nullptr ? std::string() : item::to_plain_json(*body)});
    if (!answer) {
        return std::unexpected(answer.error());
    }
    if (answer->status != 200 && answer->status != 202) {
        return std::unexpected(refusal_of(*answer));
    }
    return answer->map();
}

Result<item::Map> wait_for_job(ManagementClient& client, const Target& target,
                               std::string_view part, const Clock& clock) {
    const auto kind = is_terminal(STDERR_FILENO) ? ProgressKind::kBar : ProgressKind::kNone;
    std::optional<Progress> progress;
    for (auto wait = kLookFirst;; wait = std::min(wait * 2, kLookMost)) {
        const auto answer = client.get(target);
        if (!answer) {
            return std::unexpected(answer.error());
        }
        const auto& job = part.empty() ? answer->map() : map_at(answer->map(), part);
        const auto state = text_at(job, "state");
        if (state == "failed") {
            return fail(ErrorCode::kUnavailable, printable(text_at(job, "error")));
        }
        if (state == "completed") {
            return answer->map();
        }
        if (!progress) {
            progress.emplace(kind, number_at(job, "itemsTotal"), "items", clock);
        }
        progress->show(number_at(job, "items"), number_at(job, "items"));
        std::this_thread::sleep_for(wait);
    }
}

Result<item::Map> make_backup(ManagementClient& client, const Clock& clock) {
    const auto job = ask_for_job(client, "POST", Target("/backups"), nullptr);
    return job ? wait_for_job(client, Target("/backups").segment(text_at(*job, "id")), "", clock)
               : job;
}

}  // namespace meridian::app
