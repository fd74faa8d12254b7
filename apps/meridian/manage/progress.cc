#include "manage/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "manage/text.h"

namespace meridian::app {
namespace {

using std::chrono::nanoseconds;

constexpr nanoseconds kBarEvery = std::chrono::milliseconds{100};
constexpr nanoseconds kLineEvery = std::chrono::seconds{5};
constexpr std::size_t kBarColumns = 24;

}  // namespace

Progress::Progress(ProgressKind kind, std::uint64_t total, std::string unit, const Clock& clock)
    : kind_(kind),
      total_(total),
      unit_(std::move(unit)),
      clock_(clock),
      started_(clock.monotonic()),
      next_(started_ + (kind == ProgressKind::kBar ? kBarEvery : kLineEvery)) {}

Progress::~Progress() {
    wipe();
}

void Progress::show(std::uint64_t done, std::uint64_t share) {
    if (kind_ == ProgressKind::kNone) {
        return;
    }
    const std::lock_guard lock(mutex_);
    const auto now = clock_.monotonic();
    if (now < next_) {
        return;
    }
    next_ = now + (kind_ == ProgressKind::kBar ? kBarEvery : kLineEvery);
    const double part =
        total_ == 0 ? 0 : std::min(1.0, static_cast<double>(share) / static_cast<double>(total_));
    const auto text = progress_text(done, part, unit_, now - started_);
    if (kind_ == ProgressKind::kLines) {
        std::fputs((text + "\n").c_str(), stderr);
        return;
    }
    const auto filled = static_cast<std::size_t>(part * kBarColumns);
    std::fputs(fmt::format("\r[{}{}] {}\x1B[K", std::string(filled, '#'),
                           std::string(kBarColumns - filled, ' '), text)
                   .c_str(),
               stderr);
    std::fflush(stderr);
    is_painted_ = true;
}

void Progress::say(std::string_view line) {
    const std::lock_guard lock(mutex_);
    wipe();
    std::fputs(fmt::format("{}\n", line).c_str(), stderr);
}

void Progress::wipe() {
    if (std::exchange(is_painted_, false)) {
        std::fputs("\r\x1B[K", stderr);
    }
}

std::string progress_text(std::uint64_t done, double share, std::string_view unit,
                          nanoseconds elapsed) {
    const double seconds = std::max(1e-3, std::chrono::duration<double>(elapsed).count());
    std::string text;
    if (share > 0) {
        text = fmt::format("{:.0f}%  ", share * 100);
    }
    text +=
        fmt::format("{} {}  {}/s", with_commas(done), unit,
                    with_commas(static_cast<std::uint64_t>(static_cast<double>(done) / seconds)));
    if (share > 0.01) {
        const auto left = static_cast<std::uint64_t>(seconds / share * (1 - share) + 0.5);
        text += fmt::format("  {}:{:02} left", left / 60, left % 60);
    }
    return text;
}

}  // namespace meridian::app
