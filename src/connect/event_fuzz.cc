// Any bytes are an event or an error, and whatever was read can be answered within the limit.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "connect/answer.h"
#include "connect/contact_event.h"
#include "item/json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace meridian;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto event = connect::parse_contact_event(bytes);
    connect::Answer answer;
    if (event.contact) {
        if (event.contact->number.empty() || event.contact->region.empty()) {
            std::abort();
        }
        answer.contact_flow_id = event.contact->number;
        answer.queue_id = event.contact->id;
        answer.rule_id = event.contact->region;
    }
    answer.message = bytes;
    for (const auto type : {connect::ResponseType::kJson, connect::ResponseType::kStringMap}) {
        const auto text = connect::render_answer(answer, type);
        if (answer.contact_flow_id.size() + answer.queue_id.size() < 1024 &&
            (text.size() > connect::kAnswerBytesMax || !item::parse_plain_json(text))) {
            std::abort();
        }
    }
    return 0;
}
