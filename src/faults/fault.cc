#include "faults/fault.h"

#include <fmt/format.h>

#include <utility>

namespace meridian::faults {
namespace {

using std::chrono::milliseconds;

Result<void> check_lasting(const Lasting& lasts, std::string_view what) {
    return !lasts || (*lasts > milliseconds{0} && *lasts <= kLastsMax)
               ? Result<void>()
               : fail(ErrorCode::kInvalidInput,
                      fmt::format("{}: a fault lasts from 1 ms to {} days", what,
                                  kLastsMax.count() / 24));
}

Result<void> check_link(const std::string& peer, const LinkFault& link) {
    const auto is_in_range = [](milliseconds wait) {
        return wait >= milliseconds{0} && wait <= kDelayMax;
    };
    const auto what = fmt::format("the link to {}", peer);
    if (!is_in_range(link.delay) || !is_in_range(link.jitter)) {
        return fail(ErrorCode::kInvalidInput,
                    fmt::format("{}: a delay or its jitter is at most {} s", what,
                                kDelayMax.count() / 1'000));
    }
    return check_lasting(link.lasts, what);
}

template <typename Fault>
Fault left_of(const Fault& fault, std::chrono::nanoseconds elapsed) {
    if (!fault.lasts || !fault.is_on()) {
        return fault;
    }
    if (elapsed >= *fault.lasts) {
        return {};
    }
    auto left = fault;
    left.lasts = std::chrono::ceil<milliseconds>(*fault.lasts - elapsed);
    return left;
}

}  // namespace

bool LinkFault::is_on() const {
    return cut != Cut::kNone || delay.count() != 0 || jitter.count() != 0 ||
           bytes_per_second != 0 || reorder;
}

Result<void> check(const Faults& faults) {
    for (const auto& [peer, link] : faults.links) {
        if (auto sound = check_link(peer, link); !sound) {
            return sound;
        }
    }
    if (faults.clock.offset > kOffsetMax || faults.clock.offset < -kOffsetMax) {
        return fail(
            ErrorCode::kInvalidInput,
            fmt::format("the clock: it can be set at most {} days off", kOffsetMax.count() / 24));
    }
    auto sound = check_lasting(faults.clock.lasts, "the clock");
    return sound ? check_lasting(faults.disk.lasts, "the disk") : sound;
}

LinkFault after(const LinkFault& fault, std::chrono::nanoseconds elapsed) {
    return left_of(fault, elapsed);
}

DiskFault after(const DiskFault& fault, std::chrono::nanoseconds elapsed) {
    return left_of(fault, elapsed);
}

Faults after(const Faults& faults, std::chrono::nanoseconds elapsed) {
    Faults left{.clock = left_of(faults.clock, elapsed), .disk = left_of(faults.disk, elapsed)};
    for (const auto& [peer, link] : faults.links) {
        if (auto still = left_of(link, elapsed); still.is_on()) {
            left.links.emplace(peer, std::move(still));
        }
    }
    return left;
}

}  // namespace meridian::faults
