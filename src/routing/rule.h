// A routing rule, as a routing administrator writes it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace meridian::routing {

// Texts are the rule's own and are answered unchanged; empty means "not given". Which of a call's
// rules wins depends only on phone_number and region; the rest says what the winner answers.
struct Rule {
    std::string phone_number;  // a full number or a prefix, any text; part of the key
    std::string region;        // part of the key
    std::string contact_flow_id;
    std::string queue_id;
    std::string after_hours_contact_flow_id;
    std::string after_hours_queue_id;
    std::string business_hours_id;
    std::string routing_profile;
    std::int64_t priority = 0;
    std::int64_t version = 0;
    std::vector<std::string> fallback_regions;  // in order of preference
    std::string
        attributes;  // opaque here: written by the catalog, read by the edge that answers the call

    friend bool operator==(const Rule&, const Rule&) = default;
};

}  // namespace meridian::routing
