#include "lint/codes.h"

#include <algorithm>
#include <cstddef>

#include "base/check.h"

namespace meridian::lint {
namespace {

using enum Severity;

const std::vector<CodeInfo>& table() {
    static const auto& codes = *new std::vector<CodeInfo>{
        {"rule-never-wins", kError,
         "No call reaches the rule: no call arrives in its region, and wherever calls arrive other "
         "rules come first."},
        {"region-misspelt", kError,
         "The rule's region is no region's name: capitals, blanks, or a slip. No call arrives "
         "there."},
        {"fallback-unknown", kError,
         "A fallback region is not one of the deployment's: calls that fall back to it reach "
         "nobody."},
        {"arn-of-other-region", kError,
         "A flow or queue of the rule is of an instance in another region, which the region that "
         "serves the call cannot use."},
        {"arn-copied", kError,
         "The rule was copied from another region's and still points at that region's flow or "
         "queue."},
        {"arn-instances-differ", kError,
         "The rule's flows and queues are of different instances or accounts: a flow cannot use "
         "the queue."},
        {"arn-of-wrong-kind", kError, "A flow stands where a queue must, or the other way round."},
        {"hours-unknown", kError,
         "The rule's business hours do not exist: its calls count as open at all times."},
        {"hours-unusable", kError,
         "The business hours' time zone does not exist: rules that use them are open at all "
         "times."},
        {"number-not-dialled", kWarning,
         "No telephone number has the rule's number, or begins with it."},
        {"prefix-covered", kWarning,
         "Longer rules of the same region serve every telephone number that begins with the rule's "
         "prefix."},
        {"region-not-deployed", kWarning,
         "The rule's region is not one of the deployment's: it only serves calls to exactly its "
         "number from regions that have no rule for them."},
        {"fallback-own-region", kWarning,
         "The rule's own region is among its fallback regions, where it has no effect."},
        {"fallback-twice", kWarning,
         "A fallback region stands twice; the second time has no effect."},
        {"rule-without-destination", kWarning,
         "The rule has neither a flow nor a queue: its calls go to the defaults."},
        {"hours-misshapen", kWarning,
         "An attribute of the business hours has the wrong shape, and counts as not given."},
        {"hours-without-zone", kWarning,
         "The business hours have no time zone: their times are read as UTC."},
        {"weekday-unknown", kWarning,
         "The schedule has a day that is no weekday's name, and which never comes."},
        {"day-open-without-hours", kWarning, "A day is open and has no hours: it does not open."},
        {"day-closed-with-hours", kWarning, "A day has hours and is not open: it does not open."},
        {"periods-overlap", kWarning, "Two periods overlap: the schedule is open when either is."},
        {"period-very-long", kWarning,
         "A period runs past midnight and is longer than 18 hours: its closing time is before its "
         "opening time."},
        {"holiday-twice", kWarning,
         "Two holidays have one date and different names: callers get the first one's."},
        {"hours-never-open", kWarning,
         "The business hours are never open: all calls are treated as after hours."},
        {"hours-name-twice", kWarning,
         "Two business hours have one name and different content: people will take one for the "
         "other."},
        {"prefix-overlap", kNote,
         "Longer rules of the same region take calls from the prefix and send them elsewhere."},
        {"rule-redundant", kNote,
         "A shorter rule of the same region answers the same: without this one, calls go the same "
         "way."},
        {"hours-differ-by-region", kNote,
         "Two regions' rules for one number have different business hours: callers may find it "
         "open "
         "in one and closed in the other."},
        {"after-hours-missing", kNote,
         "The rule's hours can be closed, and it has no flow for then: the deployment's "
         "after-hours "
         "flow serves, or the default."},
        {"hours-always-open", kNote,
         "The business hours are open at all times but for their holidays."},
        {"hours-unused", kNote, "No rule uses the business hours."},
        {"emergency-active", kNote,
         "An emergency close is active: all calls are treated as after hours until someone ends "
         "it."},
    };
    return codes;
}

}  // namespace

std::string_view to_string(Severity severity) {
    switch (severity) {
        case kError:
            return "error";
        case kWarning:
            return "warning";
        case kNote:
            return "note";
    }
    return "";
}

const std::vector<CodeInfo>& all_codes() {
    CHECK(table().size() == static_cast<std::size_t>(Code::kCodes));
    return table();
}

const CodeInfo& info(Code code) {
    return all_codes()[static_cast<std::size_t>(code)];
}

}  // namespace meridian::lint
