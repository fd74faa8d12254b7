#include "rest/imports.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "item/json.h"
#include "rest/answers.h"
#include "rest/bodies.h"
#include "rest/writing.h"

namespace meridian::rest {
namespace {

// Parsed and written together.
constexpr std::size_t kItemsTogether = 500;
constexpr std::size_t kBytesTogether = std::size_t{2} * 1024 * 1024;
// From there on only what failed is told, and why: Lambda's answers have at most 6 MB.
constexpr std::size_t kResultsBytesMax = std::size_t{4} * 1024 * 1024;

// The number of items. Counting first means that a body that is too long, or an array without an
// end, changes nothing.
Result<std::size_t> count_items(std::string_view body) {
    std::size_t items = 0;
    auto counted = for_each_text(body, [&items](std::string_view) {
        ++items;
        return items <= kImportItemsMax;
    });
    if (!counted) {
        return std::unexpected(std::move(counted.error()));
    }
    if (items > kImportItemsMax) {
        return fail(ErrorCode::kTooLarge,
                    fmt::format("the body has over {} items; send it in parts", kImportItemsMax));
    }
    return items;
}

// Takes items one after the other, writes them in groups, and keeps the account.
class Import {
  public:
    Import(const Call& call, management::EditOptions options)
        : call_(call), options_(std::move(options)) {}

    void add(std::string_view text) {
        if (bodies_.size() == kItemsTogether || bytes_ > kBytesTogether) {
            write();
        }
        if (auto body = parse_body(text)) {
            bodies_.push_back(*std::move(body));
            indexes_.push_back(next_index_++);
            bytes_ += text.size();
        } else {
            fail_item(next_index_++, std::move(body.error()));
        }
    }

    [[nodiscard]] item::Map finish() && {
        write();
        if (call_.parts.on_import && !options_.dry_run) {
            call_.parts.on_import(counts());
        }
        std::ranges::sort(results_, {}, &Told::index);
        item::List results;
        for (auto& told : results_) {
            results.emplace_back(std::move(told.result));
        }
        const auto [created, updated, unchanged, failed] = counts();
        item::Map account{{"created", item::Number(created)},
                          {"updated", item::Number(updated)},
                          {"unchanged", item::Number(unchanged)},
                          {"failed", item::Number(failed)},
                          {"results", std::move(results)}};
        if (options_.dry_run) {
            account["dryRun"] = true;
        }
        return account;
    }

  private:
    struct Told {
        std::size_t index = 0;
        item::Map result;
    };

    [[nodiscard]] ImportCounts counts() const {
        const auto count = [this](management::Outcome outcome) {
            return outcomes_.at(static_cast<std::size_t>(outcome));
        };
        return {count(management::Outcome::kCreated), count(management::Outcome::kUpdated),
                count(management::Outcome::kUnchanged), failed_};
    }

    void write() {
        const auto results =
            call_.parts.editor.import(*call_.kind, bodies_, options_, call_.caller);
        for (std::size_t i = 0; i < results.size(); ++i) {
            if (results[i]) {
                take(indexes_[i], *results[i]);
            } else {
                fail_item(indexes_[i], results[i].error());
            }
        }
        bodies_.clear();
        indexes_.clear();
        bytes_ = 0;
    }

    void take(std::size_t index, const management::Edited& edited) {
        ++outcomes_.at(static_cast<std::size_t>(edited.outcome));
        if (options_.dry_run && edited.outcome != management::Outcome::kUnchanged) {
            tell(index, {{"outcome", management::to_string(edited.outcome)}},
                 [&edited] { return item::Map{{"diff", difference_list(edited)}}; });
        }
    }

    void fail_item(std::size_t index, const management::Refusal& refusal) {
        ++failed_;
        const auto [code, message] = refused(refusal);
        item::Map brief{{"status", item::Number(info(code).http_status)}, {"message", message}};
        tell(index, std::move(brief), [&refusal] {
            auto details = refusal_details(refusal);
            details.erase("currentVersion");
            details.erase("warnings");
            return details;
        });
    }

    // The details are left out of a long answer.
    void tell(std::size_t index, item::Map result, const std::function<item::Map()>& details) {
        result["index"] = item::Number(static_cast<std::int64_t>(index));
        if (results_bytes_ < kResultsBytesMax) {
            result.merge(details());
            results_bytes_ += item::size_bytes(result);
        }
        results_.push_back({index, std::move(result)});
    }

    const Call& call_;
    const management::EditOptions options_;
    std::size_t next_index_ = 0;
    std::vector<item::Value> bodies_;   // that wait to be written
    std::vector<std::size_t> indexes_;  // theirs
    std::size_t bytes_ = 0;             // of their texts
    std::array<std::int64_t, 4> outcomes_{};
    std::int64_t failed_ = 0;
    std::vector<Told> results_;
    std::size_t results_bytes_ = 0;
};

}  // namespace

Answer import_entities(const Call& call) {
    if (auto type = check_media_type(call.request, std::array{kLines, kJson}); !type) {
        return std::unexpected(std::move(type.error()));
    }
    auto options = edit_options_of(call);
    if (!options) {
        return std::unexpected(std::move(options.error()));
    }
    if (call.request.body.size() > kImportBytesMax) {
        return fail(ErrorCode::kTooLarge,
                    fmt::format("the body is over {} bytes; send it in parts", kImportBytesMax));
    }
    if (auto items = count_items(call.request.body); !items) {
        return std::unexpected(std::move(items.error()));
    }
    if (options->via == "rest") {
        options->via = "import";
    }
    Import import(call, *std::move(options));
    const auto read = for_each_text(call.request.body, [&import](std::string_view text) {
        import.add(text);
        return true;
    });
    return read ? json_answer(200, item::Value(std::move(import).finish()))
                : Answer(std::unexpected(read.error()));
}

}  // namespace meridian::rest
