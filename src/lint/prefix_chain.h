// Rules whose numbers begin with one another. For this module.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "lint/deployment.h"
#include "lint/findings.h"
#include "routing/rule.h"

namespace meridian::lint {

// Role: follows the rules in the order of their numbers. At each number it has, for each region
// where calls may arrive, the rules whose numbers are prefixes of it, and says what each rule and
// the next shorter one of its region mean for each other. Memory: of one number's prefixes.
class PrefixChain {
  public:
    PrefixChain(const Deployment& deployment, Findings& findings)
        : deployment_(deployment), findings_(findings) {}

    // Leaves the numbers that are no prefix of `number`. What can only be said of a rule when all
    // longer ones are known is said then.
    void leave_for(std::string_view number);
    // In how many regions a rule is a prefix of the number. (Of all regions where calls may
    // arrive.)
    [[nodiscard]] std::size_t regions_with_prefix() const { return innermost_.size(); }
    // The rules of one number. REQUIRES: leave_for(that number).
    void enter(std::vector<routing::Rule> rules);
    void finish();

  private:
    struct Frame {
        routing::Rule rule;
        Frame* shorter = nullptr;  // the next shorter rule of the region
        // Of the next longer rules:
        std::uint64_t numbers_covered = 0;  // counted in numbers of digits_max digits
        bool has_gap = false;               // there is a number between this and a longer rule
        std::size_t elsewhere = 0;          // rules that send their calls elsewhere
        std::string first_elsewhere;
        std::string first_longer;
    };
    struct Level {
        std::string number;
        std::vector<Frame> frames;  // stay where they are until the level is left
    };

    void relate(Frame& shorter, const Frame& longer);
    void report_redundant(const Frame& shorter, const Frame& longer);
    void close(const Frame& frame);
    void leave_one();
    [[nodiscard]] bool is_covered(const Frame& frame) const;

    const Deployment& deployment_;
    Findings& findings_;
    std::vector<Level> levels_;
    std::unordered_map<std::string_view, Frame*> innermost_;  // by region, whose text is
                                                              // the shortest one's
};

}  // namespace meridian::lint
