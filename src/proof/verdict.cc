#include "proof/verdict.h"

#include <algorithm>
#include <tuple>
#include <vector>

#include "item/codec.h"

namespace meridian::proof {
namespace {

// How good the content is among those of the same stamp.
auto rank_of(const Opinion& opinion, std::span<const Opinion* const> same_stamp) {
    const auto& image = opinion.state.image;
    const auto holders = std::ranges::count_if(
        same_stamp, [&](const Opinion* other) { return other->state.image == image; });
    const bool is_authors = std::ranges::any_of(same_stamp, [&](const Opinion* other) {
        return other->region == other->state.version.stamp.region && other->state.image == image;
    });
    return std::tuple(static_cast<bool>(image), holders, is_authors,
                      image ? item::encode(*image) : std::string());
}

}  // namespace

std::string_view to_string(Fault fault) {
    switch (fault) {
        case Fault::kDamaged:
            return "damaged";
        case Fault::kAltered:
            return "altered";
        case Fault::kMissing:
            return "missing";
        case Fault::kNotCarried:
            return "not carried";
    }
    return "";
}

std::optional<Verdict> judge(const std::optional<Opinion>& own, std::span<const Opinion> peers) {
    store::Stamp newest = own ? own->state.version.stamp : store::Stamp{};
    for (const auto& peer : peers) {
        newest = std::max(newest, peer.state.version.stamp);
    }
    if (newest == store::Stamp{}) {
        return std::nullopt;
    }
    std::vector<const Opinion*> same_stamp;
    if (own && own->state.version.stamp == newest) {
        same_stamp.push_back(&*own);
    }
    for (const auto& peer : peers) {
        if (peer.state.version.stamp == newest) {
            same_stamp.push_back(&peer);
        }
    }
    const auto* best = *std::ranges::max_element(
        same_stamp, {}, [&](const Opinion* opinion) { return rank_of(*opinion, same_stamp); });
    const bool has_newest = own && own->state.version.stamp == newest;
    if (has_newest && own->state.image == best->state.image) {
        return std::nullopt;
    }
    const Fault fault = !own ? Fault::kDamaged : has_newest ? Fault::kAltered : Fault::kMissing;
    return Verdict{static_cast<std::size_t>(best - peers.data()), fault};
}

}  // namespace meridian::proof
