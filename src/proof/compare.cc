#include "proof/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

namespace meridian::proof {
namespace {

using Sources = std::span<HashSource* const>;
using Contents = std::vector<store::ContentHash>;
using Walked = std::expected<Onward, Failed>;

constexpr std::size_t kHashBytes = 2;  // of a row, before its key: deeper, there are only keys
constexpr std::size_t kDifferencesAtOnce = 1024;

std::unexpected<Failed> failed(std::size_t source, Error error) {
    return std::unexpected(Failed{source, std::move(error)});
}

bool all_equal(const Contents& contents) {
    return std::ranges::all_of(contents,
                               [&](const auto& content) { return content == contents.front(); });
}

// The rows of one source under a prefix, one after the other.
class Rows {
  public:
    Rows(HashSource& source, const std::string& table, const std::string& prefix)
        : source_(source), table_(table), prefix_(prefix) {}

    // The next row; null at the end.
    [[nodiscard]] Result<ItemState*> peek() {
        while (at_ == page_.items.size()) {
            if (!page_.next) {
                return nullptr;
            }
            if (auto turned = turn(); !turned) {
                return std::unexpected(std::move(turned).error());
            }
        }
        return &page_.items[at_];
    }
    ItemState take() { return std::move(page_.items[at_++]); }
    [[nodiscard]] std::uint64_t questions() const { return questions_; }

  private:
    Result<void> turn() {
        auto page = source_.items(table_, prefix_, *page_.next);
        ++questions_;
        if (!page) {
            return std::unexpected(std::move(page).error());
        }
        for (const auto& item : page->items) {
            if (!item.row.starts_with(prefix_) || (!last_.empty() && item.row <= last_)) {
                return out_of_order();
            }
            last_ = item.row;
        }
        if (page->next && (*page->next <= last_ || page->items.empty())) {
            return out_of_order();
        }
        page_ = *std::move(page);
        at_ = 0;
        return {};
    }
    [[nodiscard]] std::unexpected<Error> out_of_order() const {
        return fail(ErrorCode::kCorruption,
                    fmt::format("{} lists items of {} that don't belong there, or in no order",
                                source_.region(), table_));
    }

    HashSource& source_;
    const std::string& table_;
    const std::string& prefix_;
    ItemStatePage page_{{}, ""};
    std::size_t at_ = 0;
    std::string last_;
    std::uint64_t questions_ = 0;
};

class Walk {
  public:
    Walk(Sources sources, const CompareOptions& options, const DifferenceVisitor& visit)
        : sources_(sources), options_(options), visit_(visit) {}

    std::expected<Compared, Failed> run() {
        if (auto asked = ask_tables(); !asked) {
            return std::unexpected(std::move(asked).error());
        }
        for (const auto& table : compared_.tables) {
            const auto walked =
                table.is_equal() ? Walked(Onward::kGoOn) : descend(table.name, "", table.content);
            if (!walked) {
                return std::unexpected(walked.error());
            }
            if (*walked == Onward::kStop) {
                compared_.is_complete = false;
                break;
            }
        }
        return std::move(compared_);
    }

  private:
    [[nodiscard]] bool is_wanted(const std::string& table) const {
        return options_.tables.empty() ||
               std::ranges::find(options_.tables, table) != options_.tables.end();
    }

    std::expected<void, Failed> ask_tables() {
        std::map<std::string, Contents> all;
        std::vector<std::string> dropped;
        for (std::size_t i = 0; i < sources_.size(); ++i) {
            auto tables = sources_[i]->tables();
            ++compared_.questions;
            if (!tables) {
                return failed(i, std::move(tables).error());
            }
            for (const auto& table : *tables) {
                if (table.dropped) {
                    dropped.push_back(table.name);
                } else if (is_wanted(table.name)) {
                    all.try_emplace(table.name, sources_.size()).first->second[i] = table.content;
                }
            }
        }
        for (const auto& name : dropped) {
            all.erase(name);
        }
        for (auto& [name, contents] : all) {
            compared_.tables.push_back({name, std::move(contents)});
        }
        return {};
    }

    // REQUIRES: what is under the prefix differs.
    Walked descend(const std::string& table, const std::string& prefix, const Contents& contents) {
        const auto most = std::ranges::max(contents, {}, &store::ContentHash::items).items;
        return prefix.size() >= kHashBytes || most <= options_.items_listed ? list(table, prefix)
                                                                            : divide(table, prefix);
    }

    Walked divide(const std::string& table, const std::string& prefix) {
        std::map<std::string, Contents> ranges;
        for (std::size_t i = 0; i < sources_.size(); ++i) {
            auto answer = sources_[i]->ranges(table, prefix);
            ++compared_.questions;
            if (!answer) {
                return failed(i, std::move(answer).error());
            }
            for (auto& range : *answer) {
                if (range.prefix.size() != prefix.size() + 1 || !range.prefix.starts_with(prefix)) {
                    return failed(i, {ErrorCode::kCorruption,
                                      fmt::format("{} tells of ranges of {} that it was not asked",
                                                  sources_[i]->region(), table)});
                }
                ranges.try_emplace(std::move(range.prefix), sources_.size()).first->second[i] =
                    range.content;
            }
        }
        for (const auto& [under, contents] : ranges) {
            if (all_equal(contents)) {
                continue;
            }
            if (auto walked = descend(table, under, contents);
                !walked || *walked == Onward::kStop) {
                return walked;
            }
        }
        return Onward::kGoOn;
    }

    // Merges what the sources list, row by row.
    Walked list(const std::string& table, const std::string& prefix) {
        std::vector<Rows> rows;
        for (auto* source : sources_) {
            rows.emplace_back(*source, table, prefix);
        }
        const auto walked = merge(table, rows);
        for (const auto& of_one : rows) {
            compared_.questions += of_one.questions();
        }
        return walked;
    }

    Walked merge(const std::string& table, std::vector<Rows>& rows) {
        std::vector<Difference> found;
        while (true) {
            auto next = take_next(table, rows);
            if (!next) {
                return std::unexpected(std::move(next).error());
            }
            const bool is_end = next->states.empty();
            if (!is_end && !agree(next->states)) {
                found.push_back(*std::move(next));
            }
            if (!found.empty() && (is_end || found.size() == kDifferencesAtOnce) &&
                visit_(std::exchange(found, {})) == Onward::kStop) {
                return Onward::kStop;
            }
            if (is_end) {
                return Onward::kGoOn;
            }
        }
    }

    // What all say of the first row that any of them has; without states at the end.
    std::expected<Difference, Failed> take_next(const std::string& table, std::vector<Rows>& rows) {
        Difference next{table, {}, {}, {}};
        std::vector<ItemState*> heads;
        const ItemState* first = nullptr;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            auto head = rows[i].peek();
            if (!head) {
                return failed(i, std::move(head).error());
            }
            heads.push_back(*head);
            first =
                *head != nullptr && (first == nullptr || (*head)->row < first->row) ? *head : first;
        }
        if (first == nullptr) {
            return next;
        }
        next.row = first->row;
        next.key = first->key;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const bool has_it = heads[i] != nullptr && heads[i]->row == next.row;
            next.states.push_back(has_it ? std::optional(rows[i].take()) : std::nullopt);
        }
        return next;
    }

    Sources sources_;
    const CompareOptions& options_;
    const DifferenceVisitor& visit_;
    Compared compared_;
};

}  // namespace

bool agree(std::span<const std::optional<ItemState>> states) {
    return std::ranges::all_of(states, [&](const auto& state) {
        return state.has_value() == states.front().has_value() &&
               (!state || (!state->damaged && state->content == states.front()->content));
    });
}

bool contradict(std::span<const std::optional<ItemState>> states) {
    for (auto a = states.begin(); a != states.end(); ++a) {
        if (*a && (*a)->damaged) {
            return true;
        }
        for (auto b = states.begin(); *a && b != a; ++b) {
            if (*b && (*a)->stamp == (*b)->stamp && (*a)->content != (*b)->content) {
                return true;
            }
        }
    }
    return false;
}

bool ComparedTable::is_equal() const {
    return all_equal(content);
}

std::expected<Compared, Failed> compare(Sources sources, const CompareOptions& options,
                                        const DifferenceVisitor& visit) {
    return Walk(sources, options, visit).run();
}

}  // namespace meridian::proof
