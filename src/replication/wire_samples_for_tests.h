// One message of each kind, with all that it can hold.
#pragma once

#include <chrono>
#include <vector>

#include "replication/message.h"

namespace meridian::replication {

inline const store::TableSchema kRules{"GlobalCallRouting",
                                       {{"phoneNumber", item::KeyType::kString},
                                        item::KeyAttribute{"region", item::KeyType::kString}}};
inline const store::TableSchema kAgents{"AgentSkills", {{"agentId", item::KeyType::kNumber}, {}}};

inline Instant sample_instant(std::int64_t ms) {
    return Instant{std::chrono::milliseconds{1'700'000'000'000 + ms}};
}

inline std::vector<store::VersionedItem> sample_items() {
    const item::Key rule_key{{"phoneNumber", "+1800"}, {"region", "us-east-1"}};
    auto rule = rule_key;
    rule.emplace("queueId", "q");
    rule.emplace("skills", item::List{"a", item::Number(7), item::Null{}});
    const item::Key agent_key{{"agentId", item::Number(12)}};
    const item::Key other_key{{"agentId", item::Number(-3)}};
    return {{kRules.name, rule_key, {rule, {{{77}, "us-east-1"}, {}}}},
            {kAgents.name,
             agent_key,
             {std::nullopt, {{{99}, "eu-west-1"}, {{{5}, "*"}, {{77}, "us-east-1"}}}}},
            {kAgents.name, other_key, {other_key, {{{55}, ""}, {}}}}};
}

inline std::vector<Heard> sample_heard() {
    return {{"us-east-1", "eu-west-1", {70}, store::LogId{3}},
            {"eu-west-1", "us-east-1", {71}, store::LogId{4}}};
}

inline Changes sample_changes() {
    Changes changes;
    changes.log = store::LogId{0x1234567890abcdef};
    changes.after = 20;
    changes.part.through = 300;
    changes.part.tables = {kRules, kAgents};
    std::uint64_t sequence = 21;
    for (auto& item : sample_items()) {
        changes.part.changes.push_back({sequence, sample_instant(1), std::move(item)});
        sequence += 7;
    }
    changes.mark = store::Mark{HybridTime{1000}, 299};
    changes.last_sequence = 400;
    changes.now = sample_instant(9);
    changes.oldest_waiting = sample_instant(3);
    changes.heard = sample_heard();
    return changes;
}

inline std::vector<Question> sample_questions() {
    return {AskHello{.region = "us-east-1"},
            AskChanges{store::LogId{7}, 900, std::chrono::milliseconds{500}, sample_heard()},
            AskPage{"i\x01\xff"},
            AskTableHashes{},
            AskRangeHashes{"GlobalCallRouting", "\x01"},
            AskItemHashes{"GlobalCallRouting", "\x01\x02", "\x01\x02xyz"},
            AskItems{{{"AgentSkills", {{"agentId", item::Number(12)}}},
                      {"AgentSkills", {{"agentId", item::Number(13)}}}}}};
}

inline std::vector<Answer> sample_answers() {
    const store::ContentHash hash{1, 2, 3};
    return {Hello{.region = "us-east-1", .log = store::LogId{7}, .last_sequence = 11},
            sample_changes(),
            LogGone{store::LogId{8}},
            Page{store::LogId{8}, 40, "i\x01", {{kRules, kAgents}, sample_items(), "d\x02"}},
            TableHashes{5, {{kRules, hash}, {kAgents, {}}}},
            TableHashes{5, {{kRules, hash}}, {"Former", "Older"}},
            RangeHashes{{{"\x01", hash}, {"\x02", hash}}},
            ItemHashes{{{{{{"agentId", item::Number(12)}}, {{9}, "us-east-1"}, hash, false},
                         {{{"agentId", item::Number(13)}}, {}, hash, true}},
                        "next"}},
            Items{{kRules, kAgents}, sample_items()},
            Error{ErrorCode::kLogTrimmed, "no longer kept"}};
}

}  // namespace meridian::replication
