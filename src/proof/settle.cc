#include "proof/settle.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace meridian::proof {
namespace {

using Sources = std::span<RegionSource* const>;
using States = std::vector<std::optional<ItemState>>;

std::unexpected<Failed> failed(std::size_t source, Error error) {
    return std::unexpected(Failed{source, std::move(error)});
}

std::expected<std::vector<Progress>, Failed> progress_of(Sources sources) {
    std::vector<Progress> all;
    for (std::size_t i = 0; i < sources.size(); ++i) {
        auto progress = sources[i]->progress();
        if (!progress) {
            return failed(i, std::move(progress).error());
        }
        all.push_back(*std::move(progress));
    }
    return all;
}

// Who has not applied what another one had written when `before` was asked.
std::vector<std::string> behind(Sources sources, const std::vector<Progress>& before,
                                const std::vector<Progress>& now) {
    std::vector<std::string> all;
    for (std::size_t observer = 0; observer < sources.size(); ++observer) {
        for (std::size_t origin = 0; origin < sources.size(); ++origin) {
            if (observer == origin) {
                continue;
            }
            const auto& name = sources[origin]->region();
            const auto cursor = now[observer].applied.find(name);
            if (cursor == now[observer].applied.end() || cursor->second.log != before[origin].log ||
                cursor->second.sequence < before[origin].sequence) {
                all.push_back(
                    fmt::format("{} has not applied all of {}", sources[observer]->region(), name));
            }
        }
    }
    return all;
}

std::expected<States, Failed> read_again(Sources sources, const Difference& difference) {
    States states;
    for (std::size_t i = 0; i < sources.size(); ++i) {
        auto page = sources[i]->items(difference.table, difference.row, "");
        if (!page) {
            return failed(i, std::move(page).error());
        }
        const auto found = std::ranges::find(page->items, difference.row, &ItemState::row);
        states.push_back(found == page->items.end() ? std::nullopt
                                                    : std::optional(std::move(*found)));
    }
    return states;
}

store::Stamp newest(const States& states) {
    store::Stamp stamp;
    for (const auto& state : states) {
        stamp = std::max(stamp, state ? state->stamp : store::Stamp{});
    }
    return stamp;
}

// After all have applied what the others had before: whether the cause can't be a write under way.
// One that has no such item may have deleted it since, unless nothing has moved.
bool stays(const States& before, const States& now) {
    const auto expected = newest(before);
    return before == now || std::ranges::any_of(now, [&](const auto& state) {
               return state && state->stamp < expected;
           });
}

class Settling {
  public:
    Settling(Sources sources, const SettleOptions& options, const Clock& clock)
        : sources_(sources),
          options_(options),
          clock_(clock),
          end_(clock.monotonic() + options.time) {}

    std::expected<Settled, Failed> run(std::vector<Difference> differences) {
        // What contradicts itself needs no waiting.
        std::vector<Difference> open;
        std::vector<Difference> others;
        for (auto& difference : differences) {
            (contradict(difference.states) ? open : others).push_back(std::move(difference));
        }
        if (auto sorted = sort_out(open, false); !sorted) {
            return std::unexpected(std::move(sorted).error());
        }
        std::ranges::move(others, std::back_inserter(open));
        while (!open.empty()) {
            auto late = catch_up(sources_, options_, clock_, end_);
            if (!late) {
                return std::unexpected(std::move(late).error());
            }
            settled_.behind = *std::move(late);
            if (auto sorted = sort_out(open, settled_.behind.empty()); !sorted) {
                return std::unexpected(std::move(sorted).error());
            }
            if (clock_.monotonic() >= end_) {
                break;
            }
            if (!open.empty()) {
                options_.pause(options_.poll);
            }
        }
        settled_.unsettled = std::move(open);
        return std::move(settled_);
    }

  private:
    std::expected<void, Failed> sort_out(std::vector<Difference>& open, bool caught_up) {
        for (auto& difference : std::exchange(open, {})) {
            auto now = read_again(sources_, difference);
            if (!now) {
                return std::unexpected(std::move(now).error());
            }
            const auto before = std::exchange(difference.states, *std::move(now));
            if (agree(difference.states)) {
                continue;
            }
            const bool is_certain =
                contradict(difference.states) || (caught_up && stays(before, difference.states));
            (is_certain ? settled_.stay : open).push_back(std::move(difference));
        }
        return {};
    }

    Sources sources_;
    const SettleOptions& options_;
    const Clock& clock_;
    const std::chrono::nanoseconds end_;
    Settled settled_;
};

}  // namespace

std::expected<Settled, Failed> settle(Sources sources, std::vector<Difference> differences,
                                      const SettleOptions& options, const Clock& clock) {
    return Settling(sources, options, clock).run(std::move(differences));
}

std::expected<std::vector<std::string>, Failed> catch_up(Sources sources,
                                                         const SettleOptions& options,
                                                         const Clock& clock,
                                                         std::chrono::nanoseconds end) {
    const auto before = progress_of(sources);
    if (!before) {
        return std::unexpected(before.error());
    }
    while (true) {
        const auto now = progress_of(sources);
        if (!now) {
            return std::unexpected(now.error());
        }
        auto late = behind(sources, *before, *now);
        if (late.empty() || clock.monotonic() >= end) {
            return late;
        }
        options.pause(options.poll);
    }
}

}  // namespace meridian::proof
