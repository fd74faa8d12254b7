#include "lint/findings.h"

#include <fmt/format.h>

#include <tuple>

namespace meridian::lint {
namespace {

constexpr std::size_t kQuotedBytesMax = 64;

using Rank =
    std::tuple<Severity, management::Kind, std::string_view, std::string_view, std::string_view>;

Rank rank(const CodeInfo& info, const EntityRef& entity) {
    return {info.severity, entity.kind, entity.first, entity.second, info.code};
}

bool before(const Finding& a, const Finding& b) {
    const auto rank_of = [](const Finding& finding) {
        return Rank{finding.severity, finding.entity.kind, finding.entity.first,
                    finding.entity.second, finding.code};
    };
    return std::pair(rank_of(a), std::string_view(a.message)) <
           std::pair(rank_of(b), std::string_view(b.message));
}

}  // namespace

std::string quoted(std::string_view text) {
    return text.size() > kQuotedBytesMax ? fmt::format("'{}…'", text.substr(0, kQuotedBytesMax))
                                         : fmt::format("'{}'", text);
}

bool Findings::is_wanted(const CodeInfo& info, const EntityRef& entity) const {
    if (listed_.size() < listed_max_) {
        return true;
    }
    if (listed_max_ == 0) {
        return false;
    }
    const Finding& last = listed_.front();
    return rank(info, entity) <
           Rank{last.severity, last.entity.kind, last.entity.first, last.entity.second, last.code};
}

void Findings::keep(Finding finding) {
    if (listed_.size() == listed_max_) {
        std::ranges::pop_heap(listed_, before);
        listed_.pop_back();
    }
    listed_.push_back(std::move(finding));
    std::ranges::push_heap(listed_, before);
}

void Findings::into(Report& report) && {
    std::ranges::sort(listed_, before);
    report.findings = std::move(listed_);
    report.counts = std::move(counts_);
}

}  // namespace meridian::lint
