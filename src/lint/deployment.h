// What a deployment says of itself, as rules are judged by it. For this module.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lint/lint.h"

namespace meridian::lint {

class Deployment {
  public:
    explicit Deployment(const Options& options);

    // Whether its regions are known; if not, none is judged.
    [[nodiscard]] bool is_known() const { return !regions_.empty(); }
    [[nodiscard]] std::size_t region_count() const { return regions_.size(); }
    [[nodiscard]] bool has(std::string_view region) const {
        return std::ranges::binary_search(regions_, region);
    }
    // Calls may arrive there.
    [[nodiscard]] bool may_have(std::string_view region) const {
        return !is_known() || has(region);
    }

    [[nodiscard]] const NumberPlan& numbers() const { return numbers_; }
    // How many digits a telephone number or the beginning of one has: "+1800" has 4. Nothing for
    // any other text.
    [[nodiscard]] std::optional<std::size_t> digits_of(std::string_view text) const;
    // Whether a call can be to exactly this address. True where it is not known.
    [[nodiscard]] bool may_be_dialled(std::string_view text) const;

  private:
    std::vector<std::string> regions_;  // sorted
    NumberPlan numbers_;
};

// Digits and what people write between them, and no more: meant as a telephone number.
[[nodiscard]] bool looks_like_a_number(std::string_view text);

}  // namespace meridian::lint
