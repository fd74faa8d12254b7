#include "lint/lint.h"

#include <utility>

#include "lint/deployment.h"
#include "lint/findings.h"
#include "lint/hours_book.h"
#include "lint/prefix_chain.h"
#include "lint/rule_checks.h"

namespace meridian::lint {
namespace {

// Gathers the rules of each number, which come one after the other.
class RuleWalk {
  public:
    RuleWalk(const Deployment& deployment, HoursBook& hours, Findings& findings)
        : checks_(deployment, hours, findings), chain_(deployment, findings) {}

    void visit(const routing::Rule& rule) {
        if (!rules_.empty() && rules_.front().phone_number != rule.phone_number) {
            judge();
        }
        rules_.push_back(rule);
    }
    void finish() {
        if (!rules_.empty()) {
            judge();
        }
        chain_.finish();
    }

  private:
    void judge() {
        chain_.leave_for(rules_.front().phone_number);
        checks_.check(rules_, chain_.regions_with_prefix());
        chain_.enter(std::exchange(rules_, {}));
    }

    RuleChecks checks_;
    PrefixChain chain_;
    std::vector<routing::Rule> rules_;  // of one number
};

}  // namespace

Report lint(const routing::Snapshot& snapshot, const std::vector<item::Item>& hours_items,
            const Options& options) {
    const Deployment deployment(options);
    Findings findings(options.findings_max);
    HoursBook hours(hours_items, findings);
    RuleWalk walk(deployment, hours, findings);
    snapshot.for_each_rule([&walk](const routing::Rule& rule) { walk.visit(rule); });
    walk.finish();
    hours.report_unused(findings);

    Report report;
    report.rules = snapshot.rule_count();
    report.hours = hours_items.size();
    std::move(findings).into(report);
    return report;
}

}  // namespace meridian::lint
