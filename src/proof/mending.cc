#include "proof/mending.h"

#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <optional>
#include <utility>

#include "base/log.h"
#include "item/codec.h"
#include "store/version.h"

namespace meridian::proof {
namespace {

// Of the largest items, so many fit into an answer (replication/wire.h).
constexpr std::size_t kItemsAsked = 16;
constexpr std::size_t kRecorded = 20;  // of a step: in the log, and in its report

// The peer has nothing that this region hasn't as new and alike: there is nothing to ask.
bool is_theirs(const Difference& difference) {
    const auto& own = difference.states.front();
    return own && !own->damaged && std::ranges::all_of(difference.states, [&](const auto& state) {
               return state && (state->damaged || state->content == own->content ||
                                state->stamp < own->stamp);
           });
}

bool is_of(const store::VersionedItem& item, const store::TableSchema& schema) {
    if (!item.state.image) {
        return true;
    }
    const auto key = item::key_of(schema.key, *item.state.image);
    return key && *key == item.key;
}

// Whether what a peer hands out is what it listed; a newer write is neither.
bool is_as_listed(const store::VersionedItem& item, const std::optional<ItemState>& listed,
                  const store::TableSchema& schema) {
    if (!listed || !item.state.image) {
        return listed.has_value() == static_cast<bool>(item.state.image);
    }
    const auto hash = store::hash_of(item::encode_key(schema.key, item.key),
                                     item::encode(*item.state.image), item.state.version.stamp);
    return item.state.version.stamp == listed->stamp && hash == listed->content;
}

}  // namespace

struct Mending::Asked {
    const Difference* difference;
    std::vector<Opinion> opinions;
    store::TableSchema schema;  // as the peers tell it
};

struct Mending::Waiting {
    const Difference* difference;
    Mend mend;
    std::future<Result<store::Applied>> applied;
};

void Mending::mend(std::span<const Difference> differences) {
    while (!differences.empty()) {
        const auto some = differences.first(std::min(differences.size(), kItemsAsked));
        differences = differences.subspan(some.size());
        auto all = ask(some);
        // First who was heard, then what is here: what was heard of is here, or lost.
        const auto heard = heard_();
        std::vector<Waiting> waiting;
        for (auto& asked : all) {
            decide(asked, heard, waiting);
        }
        finish(waiting);
    }
}

std::vector<Mending::Asked> Mending::ask(std::span<const Difference> differences) {
    std::vector<Asked> all;
    for (const auto& difference : differences) {
        if (is_theirs(difference)) {
            ++report_.theirs;
        } else {
            all.push_back({&difference, {}, {}});
        }
    }
    for (std::size_t peer = 0; peer < peers_.size() && !all.empty(); ++peer) {
        ask_peer(peer, all);
    }
    return all;
}

void Mending::ask_peer(std::size_t peer, std::vector<Asked>& all) {
    const auto listed_by_peer = [&](const Asked& asked) -> const auto& {
        return asked.difference->states[peer + 1];
    };
    replication::AskItems question;
    for (const auto& asked : all) {
        if (const auto& listed = listed_by_peer(asked); !listed || !listed->damaged) {
            question.items.push_back({asked.difference->table, asked.difference->key});
        }
    }
    auto answer = answer_as<replication::Items>(peers_[peer]->ask(question));
    if (!answer) {
        return;
    }
    for (auto& asked : all) {
        const auto& table = asked.difference->table;
        const auto schema = std::ranges::find(answer->tables, table, &store::TableSchema::name);
        const auto item = std::ranges::find_if(answer->items, [&](const auto& handed_out) {
            return handed_out.table == table && handed_out.key == asked.difference->key;
        });
        if (schema == answer->tables.end() || item == answer->items.end() ||
            !item::checked_key(schema->key, item->key) || !is_of(*item, *schema) ||
            !store::check_version(item->state.version) ||
            !is_as_listed(*item, listed_by_peer(asked), *schema)) {
            continue;
        }
        asked.schema = *schema;
        asked.opinions.push_back({peers_[peer]->region, std::move(item->state)});
    }
}

void Mending::decide(Asked& asked, const std::vector<replication::Heard>& heard,
                     std::vector<Waiting>& waiting) {
    const auto& difference = *asked.difference;
    auto here = store_.get_version({difference.table, difference.key});
    const bool is_damaged = !here && here.error().code == ErrorCode::kCorruption;
    if (!here && !is_damaged && here.error().code != ErrorCode::kTableNotFound) {
        return leave(difference, here.error().message);
    }
    std::optional<Opinion> own;
    if (!is_damaged) {
        own = Opinion{store_.region(), here ? *std::move(here) : store::VersionedImage{}};
    }
    auto verdict = judge(own, asked.opinions);
    if (!verdict) {
        if (is_damaged) {
            leave(difference, "it is damaged here, and no other region that answers has it");
        } else {
            ++report_.theirs;
        }
        return;
    }
    auto& [from, state] = asked.opinions[verdict->peer];
    const auto& stamp = state.version.stamp;
    if (verdict->fault == Fault::kMissing) {
        if (is_about_to_come(stamp, from, heard)) {
            ++report_.pending;
            return;
        }
        const bool has_log = stamp.region == store_.region() || stamp.region == store::kNoRegion ||
                             peer_named(stamp.region) != nullptr;
        verdict->fault = has_log ? Fault::kMissing : Fault::kNotCarried;
    }
    std::promise<Result<store::Applied>> told;
    waiting.push_back({&difference,
                       {clock_.now(), difference.table, masked_key(difference.key),
                        key_hash(difference.table, difference.key), from, verdict->fault},
                       told.get_future()});
    store_.submit_remote({.from = from,
                          .tables = {asked.schema},
                          .items = {{difference.table, difference.key, std::move(state)}},
                          .mend = true},
                         [told = std::move(told)](Result<store::Applied> applied) mutable {
                             told.set_value(std::move(applied));
                         });
}

// A write whose region's log was not yet applied to there, and can be.
bool Mending::is_about_to_come(const store::Stamp& stamp, const std::string& from,
                               const std::vector<replication::Heard>& heard) {
    if (stamp.region == store_.region()) {
        return false;
    }
    const auto& origin = stamp.region == store::kNoRegion ? from : stamp.region;
    const auto* peer = peer_named(origin);
    if (peer == nullptr) {
        return false;
    }
    const bool was_heard = std::ranges::any_of(heard, [&](const auto& entry) {
        return entry.observer == store_.region() && entry.origin == origin &&
               entry.through >= stamp.time;
    });
    if (was_heard) {
        return false;
    }
    // A stamp ahead of all clocks is heard of by the log's end.
    const auto hello = answer_as<replication::Hello>(
        peer->ask(replication::AskHello{replication::kProtocolVersion, store_.region()}));
    const auto cursor = store_.cursor(origin);
    return !hello || !cursor || cursor->log != hello->log ||
           cursor->sequence < hello->last_sequence;
}

void Mending::finish(std::vector<Waiting>& waiting) {
    for (auto& [difference, mend, applied] : waiting) {
        const auto done = applied.get();
        if (!done) {
            leave(*difference, done.error().message);
            continue;
        }
        if (done->won == 0) {  // a newer write came meanwhile
            ++report_.pending;
            continue;
        }
        if (++report_.mended <= kRecorded) {
            log(LogLevel::kWarn, "repair", "{} {} ({}) was {}; mended with the version of {}",
                mend.table, mend.key, mend.hash, to_string(mend.fault), mend.from);
        }
        if (report_.mends.size() < kMendsKept) {
            report_.mends.push_back(std::move(mend));
        }
    }
}

const RepairPeer* Mending::peer_named(const std::string& region) const {
    const auto found = std::ranges::find_if(
        peers_, [&](const RepairPeer* peer) { return peer->region == region; });
    return found == peers_.end() ? nullptr : *found;
}

void Mending::leave(const Difference& difference, std::string why) {
    if (++report_.unmended <= kRecorded) {
        const auto key = masked_key(difference.key);
        const auto hash = key_hash(difference.table, difference.key);
        log(LogLevel::kError, "repair", "{} {} ({}) cannot be mended: {}", difference.table, key,
            hash, why);
        report_.left.push_back({difference.table, key, hash, std::move(why)});
    }
}

}  // namespace meridian::proof
