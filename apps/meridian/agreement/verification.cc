#include "agreement/verification.h"

#include <algorithm>
#include <utility>

#include "agreement/probes.h"
#include "aws/encoding.h"
#include "aws/hash.h"
#include "manage/text.h"

namespace meridian::app {
namespace {

constexpr std::size_t kSuspectsMax = 10'000;  // more are not looked at one by one
constexpr int kRounds = 3;                    // of looking for what hid behind writes under way

bool all_equal(const std::vector<HttpRegion*>& regions) {
    return std::ranges::all_of(regions, [&](const HttpRegion* region) {
        return region->snapshot() == regions.front()->snapshot();
    });
}

}  // namespace

Verification::Verification(const std::vector<Member>& members, const VerificationOptions& options,
                           Progress& progress, const Clock& clock)
    : options_(options), clock_(clock) {
    for (const auto& member : members) {
        certificate_.regions.push_back({member.region, std::nullopt, {}});
        parts_.push_back(
            {member.region,
             std::make_unique<HttpRegion>(*member.client, options.settle.pause, [this, &progress] {
                 progress.show(++certificate_.questions, 0);
             })});
    }
}

Certificate Verification::run() {
    certificate_.started = clock_.now();
    using Step = std::expected<void, proof::Failed> (Verification::*)();
    for (const Step step : {&Verification::compare_items, &Verification::compare_snapshots,
                            &Verification::compare_decisions}) {
        while (!parts_.empty()) {
            const auto done = (this->*step)();
            if (done) {
                break;
            }
            leave_out(done.error());
        }
    }
    for (auto& region : certificate_.regions) {
        const auto part = std::ranges::find(parts_, region.region, &Part::name);
        if (part != parts_.end()) {
            region.proof = part->source->proof();
        }
    }
    certificate_.ended = clock_.now();
    return std::move(certificate_);
}

// What was found with it has one state too many.
void Verification::leave_out(const proof::Failed& failed) {
    const auto gone = parts_.begin() + static_cast<std::ptrdiff_t>(failed.source);
    std::ranges::find(certificate_.regions, gone->name, &CertifiedRegion::region)->error =
        failed.error.message;
    const auto forget = [&](std::vector<proof::Difference>& differences) {
        for (auto& found : differences) {
            found.states.erase(found.states.begin() + static_cast<std::ptrdiff_t>(failed.source));
        }
        std::erase_if(differences, [](const auto& found) { return proof::agree(found.states); });
    };
    forget(certificate_.differences);
    forget(certificate_.unsettled);
    for (auto& table : certificate_.tables) {
        table.content.erase(table.content.begin() + static_cast<std::ptrdiff_t>(failed.source));
    }
    parts_.erase(gone);
    if (parts_.empty()) {
        certificate_.tables.clear();
    }
}

std::expected<void, proof::Failed> Verification::compare_items() {
    const auto hashes = as<proof::HashSource>();
    const auto regions = as<proof::RegionSource>();
    for (int round = 0; round < kRounds; ++round) {
        certificate_.tables.clear();
        certificate_.differences.clear();
        certificate_.unsettled.clear();
        std::vector<proof::Difference> suspects;
        auto compared = proof::compare(
            hashes, {.tables = options_.tables}, [&](std::vector<proof::Difference> found) {
                std::ranges::move(found, std::back_inserter(suspects));
                return suspects.size() < kSuspectsMax ? proof::Onward::kGoOn : proof::Onward::kStop;
            });
        if (!compared) {
            return std::unexpected(std::move(compared).error());
        }
        auto settled = proof::settle(regions, std::move(suspects), options_.settle, clock_);
        if (!settled) {
            return std::unexpected(std::move(settled).error());
        }
        certificate_.tables = std::move(compared->tables);
        certificate_.differences = std::move(settled->stay);
        certificate_.unsettled = std::move(settled->unsettled);
        certificate_.behind = certificate_.unsettled.empty() ? std::vector<std::string>{}
                                                             : std::move(settled->behind);
        certificate_.are_all = compared->is_complete;
        if (compared->is_complete || !certificate_.differences.empty()) {
            break;
        }
    }
    return {};
}

// Equal snapshots of one moment prove it; different ones, when nobody has anything left to hear.
std::expected<void, proof::Failed> Verification::compare_snapshots() {
    const auto regions = as<proof::RegionSource>();
    const auto end = clock_.monotonic() + options_.settle.time;
    certificate_.snapshot = Agreement::kEqual;
    std::vector<std::string> before;
    while (!all_equal(sources())) {
        certificate_.snapshot = Agreement::kIncomplete;
        std::vector<std::string> now;
        for (const auto* region : sources()) {
            now.push_back(region->snapshot());
        }
        const auto late = proof::catch_up(regions, options_.settle, clock_, end);
        if (!late) {
            return std::unexpected(late.error());
        }
        if (late->empty() && now == before) {
            certificate_.snapshot = Agreement::kDifferent;
            return {};
        }
        if (clock_.monotonic() >= end) {
            return {};
        }
        before = std::move(now);
        options_.settle.pause(options_.settle.poll);
    }
    certificate_.snapshot = Agreement::kEqual;
    return {};
}

std::expected<void, proof::Failed> Verification::compare_decisions() {
    std::vector<std::string> names;
    for (const auto& part : parts_) {
        names.push_back(part.name);
    }
    auto probes = options_.numbers.empty()
                      ? choose_probes(*parts_.front().source, options_.probes)
                      : Result<std::vector<Probe>>(probes_of(options_.numbers, names));
    if (!probes) {
        return std::unexpected(proof::Failed{0, std::move(probes).error()});
    }
    certificate_.probed_at = options_.probed_at;
    certificate_.probes = probes->size();
    std::vector<std::string> all(parts_.size());
    auto different = ask_all(*probes, &all);
    if (!different) {
        return std::unexpected(std::move(different).error());
    }
    certificate_.decision_hashes.clear();
    for (const auto& decisions : all) {
        certificate_.decision_hashes.push_back(aws::hex(aws::sha256(decisions)));
    }
    if (!different->empty()) {
        // A rule may have been under way: asked again once everybody has heard everybody.
        const auto late = proof::catch_up(as<proof::RegionSource>(), options_.settle, clock_,
                                          clock_.monotonic() + options_.settle.time);
        if (!late) {
            return std::unexpected(late.error());
        }
        std::vector<Probe> again;
        for (const auto& one : *different) {
            again.push_back(one.probe);
        }
        different = ask_all(again, nullptr);
        if (!different) {
            return std::unexpected(std::move(different).error());
        }
    }
    certificate_.different_decisions = *std::move(different);
    return {};
}

// Those that are not decided alike. `all` gets everything that each region decided.
std::expected<std::vector<DifferentDecision>, proof::Failed> Verification::ask_all(
    const std::vector<Probe>& probes, std::vector<std::string>* all) {
    std::vector<DifferentDecision> different;
    const auto regions = sources();
    for (const auto& probe : probes) {
        auto decisions = decide(regions, probe, options_.probed_at);
        if (!decisions) {
            return std::unexpected(std::move(decisions).error());
        }
        for (std::size_t i = 0; all != nullptr && i < decisions->size(); ++i) {
            (*all)[i] += (*decisions)[i] + "\n";
        }
        if (!all_same(*decisions)) {
            different.push_back({probe, *std::move(decisions)});
        }
    }
    return different;
}

std::vector<HttpRegion*> Verification::sources() const {
    return as<HttpRegion>();
}

template <typename Source>
std::vector<Source*> Verification::as() const {
    std::vector<Source*> all;
    for (const auto& part : parts_) {
        all.push_back(part.source.get());
    }
    return all;
}

}  // namespace meridian::app
