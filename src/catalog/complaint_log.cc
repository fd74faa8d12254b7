#include "catalog/complaint_log.h"

#include "base/log.h"
#include "base/mask.h"

namespace meridian::catalog {

void ComplaintLog::add(const Complaints& complaints) {
    if (complaints.empty()) {
        return;
    }
    const std::lock_guard lock(mutex_);
    for (const auto& complaint : complaints) {
        if (seen_.size() < kRememberedMax && seen_.insert(complaint).second) {
            log(LogLevel::kWarn, "catalog", "{}; it counts as not given",
                mask_numbers_in(complaint));
        }
    }
}

std::size_t ComplaintLog::count() const {
    const std::lock_guard lock(mutex_);
    return seen_.size();
}

std::vector<std::string> ComplaintLog::first() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> shown;
    for (const auto& complaint : seen_) {
        if (shown.size() == kShownMax) {
            break;
        }
        shown.push_back(mask_numbers_in(complaint));
    }
    return shown;
}

}  // namespace meridian::catalog
