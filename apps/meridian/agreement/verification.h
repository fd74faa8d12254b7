// Compares all regions with each other, and writes the certificate.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "agreement/certificate.h"
#include "agreement/cluster.h"
#include "agreement/region_source.h"
#include "base/clock.h"
#include "manage/progress.h"
#include "proof/settle.h"

namespace meridian::app {

struct VerificationOptions {
    std::vector<std::string> tables;  // empty: all
    std::vector<std::string> numbers;
    std::size_t probes = 64;  // where there are no numbers
    Instant probed_at;
    proof::SettleOptions settle;
};

// Role: one certificate. A region that stops to answer is named in it, and the others go on.
// Threads: one. Everything must outlive it.
class Verification {
  public:
    Verification(const std::vector<Member>& members, const VerificationOptions& options,
                 Progress& progress, const Clock& clock);

    [[nodiscard]] Certificate run();

  private:
    struct Part {
        std::string name;
        std::unique_ptr<HttpRegion> source;
    };

    // Each does its part of the certificate, with the regions that answer.
    [[nodiscard]] std::expected<void, proof::Failed> compare_items();
    [[nodiscard]] std::expected<void, proof::Failed> compare_snapshots();
    [[nodiscard]] std::expected<void, proof::Failed> compare_decisions();

    [[nodiscard]] std::expected<std::vector<DifferentDecision>, proof::Failed> ask_all(
        const std::vector<Probe>& probes, std::vector<std::string>* all);
    [[nodiscard]] std::vector<HttpRegion*> sources() const;
    template <typename Source>
    [[nodiscard]] std::vector<Source*> as() const;
    void leave_out(const proof::Failed& failed);

    const VerificationOptions& options_;
    const Clock& clock_;
    std::vector<Part> parts_;  // those that answer
    Certificate certificate_;
};

}  // namespace meridian::app
