#include "rest/routes.h"

#include <fmt/format.h>

#include <algorithm>

#include "rest/backups.h"
#include "rest/changes.h"
#include "rest/conflicts.h"
#include "rest/entities.h"
#include "rest/faults.h"
#include "rest/hours.h"
#include "rest/imports.h"
#include "rest/lists.h"
#include "rest/overview.h"
#include "rest/proofs.h"
#include "rest/replication.h"

namespace meridian::rest {
namespace {

using enum management::Role;
using enum management::Kind;

const std::vector<std::string_view> kWriteOptions{"dryRun", "strict"};
const std::vector<std::string_view> kIdPage{"prefix", "limit", "next"};
const std::vector<std::string_view> kHistoryPage{"limit", "next", "order"};

const std::vector<Route>& table() {
    // One line an operation, as in the document. The history has its paths in two spellings; the
    // document has the first one.
    // clang-format off
    static const std::vector<Route> routes{
        {"GET",    "/routing",                                        "listRules",                kViewer, list_rules,      {"prefix", "region", "limit", "next"}, kRule},
        {"POST",   "/routing",                                        "updateRouting",            kEditor, post_entity,     kWriteOptions, kRule},
        {"POST",   "/routing/import",                                 "importRules",              kEditor, import_entities, kWriteOptions, kRule},
        {"GET",    "/routing/{phoneNumber}/{region}",                 "getRule",                  kViewer, get_entity,      {},            kRule},
        {"PUT",    "/routing/{phoneNumber}/{region}",                 "putRule",                  kEditor, put_entity,      kWriteOptions, kRule},
        {"PATCH",  "/routing/{phoneNumber}/{region}",                 "patchRule",                kEditor, patch_entity,    kWriteOptions, kRule},
        {"DELETE", "/routing/{phoneNumber}/{region}",                 "deleteRule",               kEditor, delete_entity,   {"dryRun"},    kRule},
        {"GET",    "/business-hours",                                 "listBusinessHours",        kViewer, list_by_id,      kIdPage,       kHours},
        {"POST",   "/business-hours/import",                          "importBusinessHours",      kEditor, import_entities, kWriteOptions, kHours},
        {"GET",    "/business-hours/{regionId}",                      "getBusinessHours",         kViewer, get_entity,      {},            kHours},
        {"PUT",    "/business-hours/{regionId}",                      "putBusinessHours",         kEditor, put_entity,      kWriteOptions, kHours},
        {"PATCH",  "/business-hours/{regionId}",                      "patchBusinessHours",       kEditor, patch_entity,    kWriteOptions, kHours},
        {"DELETE", "/business-hours/{regionId}",                      "deleteBusinessHours",      kEditor, delete_entity,   {"dryRun"},    kHours},
        {"GET",    "/business-hours/{regionId}/status",               "getBusinessHoursStatus",   kViewer, hours_status,    {"at"},        kHours},
        {"GET",    "/business-hours/{regionId}/calendar",             "getBusinessHoursCalendar", kViewer, hours_calendar,  {"from", "to", "limit", "next"}, kHours},
        {"GET",    "/agents",                                         "listAgents",               kViewer, list_by_id,      kIdPage,       kAgent},
        {"POST",   "/agents/import",                                  "importAgents",             kEditor, import_entities, kWriteOptions, kAgent},
        {"GET",    "/agents/{agentId}",                               "getAgent",                 kViewer, get_entity,      {},            kAgent},
        {"PUT",    "/agents/{agentId}",                               "putAgent",                 kEditor, put_entity,      kWriteOptions, kAgent},
        {"PATCH",  "/agents/{agentId}",                               "patchAgent",               kEditor, patch_entity,    kWriteOptions, kAgent},
        {"DELETE", "/agents/{agentId}",                               "deleteAgent",              kEditor, delete_entity,   {"dryRun"},    kAgent},
        {"GET",    "/history/{entity}",                               "getHistory",               kViewer, list_changes,    kHistoryPage},
        {"GET",    "/history/routing/{phoneNumber}/{region}",         "getHistory",               kViewer, list_changes,    kHistoryPage,  kRule},
        {"GET",    "/history/business-hours/{regionId}",              "getHistory",               kViewer, list_changes,    kHistoryPage,  kHours},
        {"GET",    "/history/agents/{agentId}",                       "getHistory",               kViewer, list_changes,    kHistoryPage,  kAgent},
        {"GET",    "/history/{entity}/{changeId}",                    "getChange",                kViewer, get_change},
        {"GET",    "/history/routing/{phoneNumber}/{region}/{changeId}", "getChange",             kViewer, get_change,      {},            kRule},
        {"GET",    "/history/business-hours/{regionId}/{changeId}",   "getChange",                kViewer, get_change,      {},            kHours},
        {"GET",    "/history/agents/{agentId}/{changeId}",            "getChange",                kViewer, get_change,      {},            kAgent},
        {"POST",   "/history/{entity}/restore",                       "restoreChange",            kEditor, restore_change,  kWriteOptions},
        {"POST",   "/history/routing/{phoneNumber}/{region}/restore", "restoreChange",            kEditor, restore_change,  kWriteOptions, kRule},
        {"POST",   "/history/business-hours/{regionId}/restore",      "restoreChange",            kEditor, restore_change,  kWriteOptions, kHours},
        {"POST",   "/history/agents/{agentId}/restore",               "restoreChange",            kEditor, restore_change,  kWriteOptions, kAgent},
        {"GET",    "/faults",                                         "getFaults",                kViewer, get_faults},
        {"PUT",    "/faults",                                         "putFaults",                kOperator, put_faults},
        {"DELETE", "/faults",                                         "deleteFaults",             kOperator, delete_faults},
        {"POST",   "/explain",                                        "explain",                  kViewer, explain_call},
        {"GET",    "/lint",                                           "lint",                     kViewer, lint_tables},
        {"GET",    "/backups",                                        "listBackups",              kViewer, list_backups},
        {"POST",   "/backups",                                        "createBackup",             kOperator, create_backup},
        {"GET",    "/backups/{backupId}",                             "getBackup",                kViewer, get_backup},
        {"DELETE", "/backups/{backupId}",                             "deleteBackup",             kAdmin, delete_backup},
        {"POST",   "/backups/{backupId}/verify",                      "verifyBackup",             kOperator, verify_backup},
        {"GET",    "/backups/{backupId}/items",                       "listBackupItems",          kViewer, list_backup_items, {"table", "next"}},
        {"POST",   "/restores",                                       "createRestore",            kAdmin, create_restore},
        {"GET",    "/restores/{restoreId}",                           "getRestore",               kViewer, get_restore},
        {"POST",   "/tables/{table}/import",                          "importTable",              kAdmin, import_table, {"dryRun"}},
        {"GET",    "/regions",                                        "listRegions",              kViewer, list_regions},
        {"GET",    "/health",                                         "getHealth",                kViewer, get_health},
        {"GET",    "/replication",                                    "getReplication",           kViewer, get_replication},
        {"GET",    "/events",                                         "streamEvents",             kViewer, not_served,      {"kind", "after"}},
        {"GET",    "/proof",                                          "getProof",                 kViewer, get_proof,       {"brief"}},
        {"GET",    "/proof/{table}",                                  "getRangeHashes",           kViewer, get_range_hashes, {"prefix"}},
        {"GET",    "/proof/{table}/items",                            "getItemHashes",            kViewer, get_item_hashes, {"prefix", "limit", "next"}},
        {"POST",   "/repair",                                         "repair",                   kOperator, repair},
        {"GET",    "/conflicts",                                      "listConflicts",            kViewer, list_conflicts,  {"table", "limit", "next"}},
        {"DELETE", "/conflicts",                                      "deleteConflicts",          kOperator, forget_conflicts, {"upTo"}},
        {"GET",    "/openapi.json",                                   "getOpenApi",               kViewer, get_openapi},
        {"GET",    "/traffic/{policyId}",                             "getTrafficPolicy",         kViewer, not_served},
        {"PUT",    "/traffic/{policyId}",                             "putTrafficPolicy",         kOperator, not_served},
    };
    // clang-format on
    return routes;
}

using Segments = std::span<const std::string>;

// What stands for the {names} of a path; nothing: the segments are not such a path.
std::optional<std::vector<std::string>> arguments_of(std::string_view path, Segments segments) {
    std::vector<std::string> arguments;
    while (!path.empty()) {
        path.remove_prefix(1);
        const auto part = path.substr(0, path.find('/'));
        path.remove_prefix(part.size());
        if (segments.empty() || (!part.starts_with('{') && part != segments.front())) {
            return std::nullopt;
        }
        if (part.starts_with('{')) {
            arguments.push_back(segments.front());
        }
        segments = segments.subspan(1);
    }
    return segments.empty() ? std::optional(std::move(arguments)) : std::nullopt;
}

std::optional<Found> find_among(std::string_view method, Segments segments) {
    std::optional<Found> found;
    for (const auto& route : table()) {
        auto arguments = arguments_of(route.path, segments);
        if (!arguments) {
            continue;
        }
        if (!found) {
            found = Found{};
        }
        if (found->route == nullptr && route.method == method) {
            found->route = &route;
            found->arguments = *std::move(arguments);
        }
        if (found->allow.find(route.method) == std::string::npos) {
            found->allow +=
                fmt::format("{}, {}", route.method, route.method == "GET" ? "HEAD, " : "");
        }
    }
    if (found) {
        found->allow += "OPTIONS";
    }
    return found;
}

}  // namespace

std::span<const Route> routes() {
    return table();
}

std::optional<Found> find_route(std::string_view method, const std::vector<std::string>& segments) {
    const auto as_served = method == "HEAD" ? "GET" : method;
    const Segments all(segments);
    auto found = find_among(as_served, all);
    if ((!found || found->route == nullptr) && !all.empty()) {
        if (auto staged = find_among(as_served, all.subspan(1));
            staged && (!found || staged->route != nullptr)) {
            return staged;
        }
    }
    return found;
}

}  // namespace meridian::rest
