#include "fault/drills.h"

#include <fmt/format.h>

#include <csignal>
#include <ctime>
#include <map>
#include <utility>
#include <vector>

#include "fault/fault_words.h"
#include "item/json.h"
#include "item/value.h"
#include "manage/terminal.h"
#include "manage/text_table.h"
#include "rest/faults.h"

namespace meridian::app {
namespace {

std::string_view to_string(RegionState state) {
    switch (state) {
        case RegionState::kRuns:
            return "runs";
        case RegionState::kStopped:
            return "stopped";
        case RegionState::kGone:
            return "gone";
    }
    return "";
}

// The region's faults, of one that can be told others.
Result<faults::Faults> faults_of_running(const Cluster& cluster, const std::string& region) {
    if (auto known = cluster.check(region); !known) {
        return std::unexpected(known.error());
    }
    auto look = cluster.look(region);
    if (!look) {
        return std::unexpected(look.error());
    }
    if (look->state == RegionState::kStopped) {
        return fail(ErrorCode::kUnavailable,
                    fmt::format("{0} stands still: `meridian fault continue {0}` first", region));
    }
    if (look->state == RegionState::kGone) {
        return fail(ErrorCode::kUnavailable,
                    fmt::format("{} does not run now: try again in a second", region));
    }
    return std::move(look->faults);
}

// The error that names all that went wrong.
Result<void> joined(const std::vector<Error>& errors) {
    if (errors.empty()) {
        return {};
    }
    std::string text;
    for (const auto& error : errors) {
        text += (text.empty() ? "" : "; ") + error.message;
    }
    return fail(errors.front().code, std::move(text));
}

}  // namespace

Result<void> change_faults(const Cluster& cluster, const std::string& region,
                           const std::function<void(faults::Faults&)>& change) {
    auto faults = faults_of_running(cluster, region);
    if (!faults) {
        return std::unexpected(faults.error());
    }
    change(*faults);
    return cluster.set(region, *faults);
}

Result<void> change_links(const Cluster& cluster, const LinkOf& link,
                          const std::function<void(faults::LinkFault&)>& change) {
    if (link.a == link.b) {
        return fail(ErrorCode::kInvalidInput, "a link is between two regions: name another one");
    }
    // A region's faults are in how it hears others.
    std::vector<std::pair<std::string, std::string>> hearers{{link.b, link.a}};
    if (!link.one_way) {
        hearers.emplace_back(link.a, link.b);
    }
    std::map<std::string, faults::Faults> changed;
    for (const auto& [hearer, heard] : hearers) {
        auto faults = faults_of_running(cluster, hearer);
        if (auto known = cluster.check(heard); !faults || !known) {
            return std::unexpected(faults ? known.error() : faults.error());
        }
        change(faults->links[heard]);
        changed.emplace(hearer, *std::move(faults));
    }
    for (const auto& [hearer, faults] : changed) {
        if (auto done = cluster.set(hearer, faults); !done) {
            return done;
        }
    }
    return {};
}

Result<void> heal_all(const Cluster& cluster) {
    std::vector<Error> errors;
    for (const auto& region : cluster.names()) {
        const auto process = cluster.process(region);
        if (!process) {
            continue;  // its faults have gone with it
        }
        auto done = process->signal(SIGCONT);
        if (done) {
            done = cluster.set(region, {});
        }
        if (!done) {
            errors.push_back(done.error());
        }
    }
    return joined(errors);
}

Result<void> print_faults(const Cluster& cluster) {
    TextTable table({"REGION", "WHAT", "LASTS"}, output_columns());
    std::vector<Error> errors;
    bool is_whole = true;
    for (const auto& region : cluster.names()) {
        const auto look = cluster.look(region);
        if (!look) {
            errors.push_back(look.error());
            continue;
        }
        std::vector<FaultLine> lines;
        if (look->state == RegionState::kStopped) {
            lines.push_back({"stands still", "until continued"});
        } else if (look->state == RegionState::kGone) {
            lines.push_back({"does not run", "until `up` has started it again"});
        }
        for (auto& line : fault_lines(look->faults)) {
            lines.push_back(std::move(line));
        }
        for (auto& [what, lasts] : lines) {
            table.add({region, std::move(what), std::move(lasts)});
            is_whole = false;
        }
    }
    if (!is_whole) {
        fmt::print("{}", table.render());
    } else if (errors.empty()) {
        fmt::print("Nothing is broken on purpose.\n");
    }
    return joined(errors);
}

Result<void> print_faults_as_json(const Cluster& cluster) {
    item::List regions;
    std::vector<Error> errors;
    for (const auto& region : cluster.names()) {
        const auto look = cluster.look(region);
        if (!look) {
            errors.push_back(look.error());
            continue;
        }
        auto entry = rest::faults_to_json(look->faults);
        entry.emplace("region", region);
        entry.emplace("state", to_string(look->state));
        regions.emplace_back(std::move(entry));
    }
    fmt::print("{}\n", item::to_plain_json(item::Map{{"regions", std::move(regions)}}));
    return joined(errors);
}

void wait_for_signal_or(std::chrono::milliseconds time) {
    sigset_t awaited;
    sigemptyset(&awaited);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
        sigaddset(&awaited, signal);
    }
    sigprocmask(SIG_BLOCK, &awaited, nullptr);
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time);
    const timespec longest{seconds.count(), std::chrono::nanoseconds(time - seconds).count()};
    sigtimedwait(&awaited, nullptr, &longest);
}

}  // namespace meridian::app
