#include "agreement/region_source.h"

#include <utility>

#include "item/json.h"
#include "manage/text.h"
#include "proof/answers.h"

namespace meridian::app {
namespace {

constexpr std::chrono::minutes kTimeout{10};  // of a scan of all tables
constexpr int kBusy = 429;
constexpr int kTriesMax = 100;
constexpr std::chrono::milliseconds kBetweenTries{100};

Target under(const std::string& table) {
    return Target("/proof").segment(table);
}

}  // namespace

Result<item::Map> HttpRegion::ask(api::ApiRequest request) {
    request.timeout = kTimeout;
    for (int tries = 1;; ++tries) {
        auto answer = client_.send(request);
        if (asked_) {
            asked_();
        }
        if (!answer) {
            return std::unexpected(std::move(answer).error());
        }
        if (answer->status == 200) {
            return answer->map();
        }
        if (answer->status != kBusy || tries == kTriesMax) {
            return std::unexpected(refusal_of(*answer));
        }
        pause_(kBetweenTries);
    }
}

Result<item::Map> HttpRegion::get(const Target& target) {
    return ask({"GET", target.text(), {}, {}});
}

Result<std::vector<proof::TableState>> HttpRegion::tables() {
    auto answer = get(Target("/proof"));
    if (!answer) {
        return std::unexpected(std::move(answer).error());
    }
    proof_ = *std::move(answer);
    snapshot_ = text_at(map_at(proof_, "snapshot"), "hash");
    return proof::read_tables(proof_);
}

Result<std::vector<store::RangeHash>> HttpRegion::ranges(const std::string& table,
                                                         const std::string& prefix) {
    const auto answer = get(under(table).query("prefix", proof::to_hex(prefix)));
    return answer ? proof::read_ranges(*answer) : std::unexpected(answer.error());
}

Result<proof::ItemStatePage> HttpRegion::items(const std::string& table, const std::string& prefix,
                                               const std::string& position) {
    constexpr std::size_t kMost = 1000;
    return some_items(table, prefix, position, kMost);
}

Result<proof::ItemStatePage> HttpRegion::some_items(const std::string& table,
                                                    const std::string& prefix,
                                                    const std::string& position,
                                                    std::size_t count) {
    const auto answer = get(under(table)
                                .segment("items")
                                .query("prefix", proof::to_hex(prefix))
                                .query("limit", std::to_string(count))
                                .query("next", proof::to_hex(position)));
    return answer ? proof::read_items(*answer) : std::unexpected(answer.error());
}

Result<proof::Progress> HttpRegion::progress() {
    const auto answer = get(Target("/proof").flag("brief", true));
    if (!answer) {
        return std::unexpected(answer.error());
    }
    snapshot_ = text_at(map_at(*answer, "snapshot"), "hash");
    return proof::read_progress(*answer);
}

Result<item::Map> HttpRegion::explain(const item::Map& question) {
    return ask({"POST", "/explain", {}, item::to_plain_json(question)});
}

}  // namespace meridian::app
