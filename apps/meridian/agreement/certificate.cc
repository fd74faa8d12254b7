#include "agreement/certificate.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "aws/encoding.h"
#include "aws/hash.h"
#include "item/json.h"
#include "manage/terminal.h"
#include "manage/text.h"
#include "manage/text_table.h"
#include "proof/answers.h"

namespace meridian::app {
namespace {

using proof::to_value;

constexpr std::size_t kShortDigits = 12;

std::vector<const CertifiedRegion*> compared(const Certificate& certificate) {
    std::vector<const CertifiedRegion*> all;
    for (const auto& region : certificate.regions) {
        if (!region.error) {
            all.push_back(&region);
        }
    }
    return all;
}

// Whether anything in the table stays different, or may.
Agreement table_agreement(const Certificate& certificate, const std::string& table) {
    const auto is_here = [&](const proof::Difference& found) { return found.table == table; };
    if (std::ranges::any_of(certificate.differences, is_here)) {
        return Agreement::kDifferent;
    }
    return std::ranges::any_of(certificate.unsettled, is_here) ? Agreement::kIncomplete
                                                               : Agreement::kEqual;
}

item::Value state_value(const std::optional<proof::ItemState>& state) {
    if (!state) {
        return item::Map{{"state", "absent"}};
    }
    if (state->damaged) {
        return item::Map{{"state", "damaged"}, {"hash", to_string(state->content)}};
    }
    return item::Map{{"state", "present"},
                     {"hash", to_string(state->content)},
                     {"stamp", to_value(state->stamp)}};
}

item::List difference_list(const Certificate& certificate,
                           const std::vector<proof::Difference>& differences) {
    const auto regions = compared(certificate);
    item::List list;
    for (const auto& found : differences) {
        item::Map states;
        for (std::size_t i = 0; i < std::min(regions.size(), found.states.size()); ++i) {
            states[regions[i]->region] = state_value(found.states[i]);
        }
        list.emplace_back(item::Map{{"table", found.table},
                                    {"key", found.key},
                                    {"row", proof::to_hex(found.row)},
                                    {"regions", std::move(states)}});
    }
    return list;
}

item::List region_list(const Certificate& certificate) {
    item::List list;
    for (const auto& region : certificate.regions) {
        auto entry = region.proof;
        entry.erase("repairs");
        entry["region"] = region.region;
        entry["error"] = region.error ? item::Value(*region.error) : item::Value();
        list.emplace_back(std::move(entry));
    }
    return list;
}

item::List table_list(const Certificate& certificate) {
    item::List list;
    for (const auto& table : certificate.tables) {
        list.emplace_back(item::Map{{"name", table.name},
                                    {"result", to_string(table_agreement(certificate, table.name))},
                                    {"same", table.is_equal()}});
    }
    return list;
}

item::Map probe_map(const Certificate& certificate) {
    const auto regions = compared(certificate);
    item::Map hashes;
    for (std::size_t i = 0; i < std::min(regions.size(), certificate.decision_hashes.size()); ++i) {
        hashes[regions[i]->region] = certificate.decision_hashes[i];
    }
    item::List different;
    for (const auto& [probe, decisions] : certificate.different_decisions) {
        item::Map by_region;
        for (std::size_t i = 0; i < std::min(regions.size(), decisions.size()); ++i) {
            const auto decision = item::parse_plain_json(decisions[i]);
            by_region[regions[i]->region] = decision ? *decision : item::Value(decisions[i]);
        }
        different.emplace_back(item::Map{{"number", probe.number},
                                         {"region", probe.region},
                                         {"decisions", std::move(by_region)}});
    }
    return {{"at", format_instant(certificate.probed_at)},
            {"count", to_value(certificate.probes)},
            {"decisions", std::move(hashes)},
            {"different", std::move(different)}};
}

// ---- For people

std::string shortened(const std::string& hash) {
    return hash.substr(0, kShortDigits);
}

std::string state_text(const std::optional<proof::ItemState>& state) {
    if (!state) {
        return "has no such item";
    }
    if (state->damaged) {
        return fmt::format("damaged: its bytes are not what was stored  {}",
                           shortened(to_string(state->content)));
    }
    return fmt::format("{}  written {} in {}", shortened(to_string(state->content)),
                       format_instant(instant_of(state->stamp.time)),
                       state->stamp.region.empty() ? "no region" : state->stamp.region);
}

std::string difference_text(const Certificate& certificate, const proof::Difference& found) {
    auto text = fmt::format("{} {}\n", painted(found.table, Paint::kBold),
                            printable(item::to_plain_json(found.key)));
    const auto regions = compared(certificate);
    for (std::size_t i = 0; i < std::min(regions.size(), found.states.size()); ++i) {
        text += fmt::format("  {}: {}\n", regions[i]->region, state_text(found.states[i]));
    }
    return text;
}

std::string region_table(const Certificate& certificate) {
    TextTable table({"REGION", "SEQUENCE", "RULES", "SNAPSHOT", "PROBLEM"}, output_columns());
    for (const auto& region : certificate.regions) {
        const auto& snapshot = map_at(region.proof, "snapshot");
        table.add({region.region, text_at(region.proof, "sequence"), text_at(snapshot, "rules"),
                   shortened(text_at(snapshot, "hash")), printable(region.error.value_or(""))});
    }
    return table.render();
}

std::string tables_table(const Certificate& certificate) {
    TextTable table({"TABLE", "ITEMS", "HASH", "RESULT"}, output_columns());
    for (const auto& compared_table : certificate.tables) {
        const auto agreement = table_agreement(certificate, compared_table.name);
        const bool is_same = compared_table.is_equal();
        const auto& content = compared_table.content.front();
        table.add({compared_table.name, with_commas(content.items),
                   is_same ? to_string(content).substr(0, kShortDigits) : "-",
                   agreement == Agreement::kEqual && !is_same ? "equal, while written"
                                                              : std::string(to_string(agreement))});
    }
    return table.render();
}

std::string decisions_text(const Certificate& certificate, std::size_t listed) {
    std::string text;
    const auto regions = compared(certificate);
    for (const auto& [probe, decisions] : certificate.different_decisions) {
        if (listed-- == 0) {
            break;
        }
        text += fmt::format("{} in {} is decided differently\n",
                            painted(printable(probe.number), Paint::kBold), probe.region);
        for (std::size_t i = 0; i < std::min(regions.size(), decisions.size()); ++i) {
            const auto decision = item::parse_plain_json(decisions[i]);
            const auto* map = decision ? decision->as<item::Map>() : nullptr;
            const auto& answer = map == nullptr ? item::Map{} : map_at(*map, "answer");
            text += fmt::format("  {}: queue {}, flow {}, in {}\n", regions[i]->region,
                                printable(text_at(answer, "queueId")),
                                printable(text_at(answer, "contactFlowId")),
                                printable(text_at(answer, "targetRegion")));
        }
    }
    return text;
}

std::string listed_differences(const Certificate& certificate, std::size_t listed) {
    std::string text;
    const auto add = [&](const std::vector<proof::Difference>& differences, const char* title) {
        if (differences.empty()) {
            return;
        }
        text += fmt::format("\n{}\n", title);
        for (std::size_t i = 0; i < std::min(listed, differences.size()); ++i) {
            text += difference_text(certificate, differences[i]);
        }
        if (differences.size() > listed || !certificate.are_all) {
            text += fmt::format("{} in all{}; --limit shows more\n",
                                counted(differences.size(), "item", "items"),
                                certificate.are_all ? "" : ", or more");
        }
    };
    add(certificate.differences, "Items that differ:");
    add(certificate.unsettled, "Items that replication may yet bring:");
    for (const auto& line : certificate.behind) {
        text += line + "\n";
    }
    return text;
}

}  // namespace

std::string_view to_string(Agreement agreement) {
    switch (agreement) {
        case Agreement::kEqual:
            return "equal";
        case Agreement::kDifferent:
            return "different";
        case Agreement::kIncomplete:
            return "incomplete";
    }
    return "";
}

Agreement Certificate::result() const {
    if (!differences.empty() || !different_decisions.empty() || snapshot == Agreement::kDifferent) {
        return Agreement::kDifferent;
    }
    const bool all_asked = std::ranges::none_of(
        regions, [](const CertifiedRegion& region) { return region.error.has_value(); });
    return all_asked && unsettled.empty() && are_all ? Agreement::kEqual : Agreement::kIncomplete;
}

item::Map certificate_json(const Certificate& certificate) {
    item::Map json{{"format", to_value(std::uint64_t{1})},
                   {"program", "meridian " MERIDIAN_VERSION},
                   {"started", format_instant(certificate.started)},
                   {"ended", format_instant(certificate.ended)},
                   {"result", to_string(certificate.result())},
                   {"regions", region_list(certificate)},
                   {"tables", table_list(certificate)},
                   {"snapshot", certificate.snapshot == Agreement::kIncomplete
                                    ? std::string_view("being written")
                                    : to_string(certificate.snapshot)},
                   {"differences", difference_list(certificate, certificate.differences)},
                   {"unsettled", difference_list(certificate, certificate.unsettled)},
                   {"differencesAreAll", certificate.are_all},
                   {"behind", item::List(certificate.behind.begin(), certificate.behind.end())},
                   {"probes", probe_map(certificate)},
                   {"questions", to_value(certificate.questions)}};
    json["hash"] = aws::hex(aws::sha256(item::to_plain_json(json)));
    return json;
}

std::string certificate_text(const Certificate& certificate, std::size_t listed) {
    const auto result = certificate.result();
    auto text = fmt::format("Agreement of {} as of {}\n\n{}\n{}",
                            counted(certificate.regions.size(), "region", "regions"),
                            format_instant(certificate.started), region_table(certificate),
                            tables_table(certificate));
    text += listed_differences(certificate, listed);
    text += fmt::format("\n{} decided, {} differently\n",
                        counted(certificate.probes, "probe", "probes"),
                        certificate.different_decisions.size());
    text += decisions_text(certificate, listed);
    if (certificate.snapshot != Agreement::kEqual) {
        text += certificate.snapshot == Agreement::kDifferent
                    ? "The snapshots that decisions are made from differ.\n"
                    : "Rules are being written: snapshots were not compared at one moment.\n";
    }
    return text + fmt::format("Result: {}\nSHA-256 of the certificate: {}\n",
                              painted(to_string(result),
                                      result == Agreement::kEqual ? Paint::kGreen : Paint::kRed),
                              text_at(certificate_json(certificate), "hash"));
}

}  // namespace meridian::app
