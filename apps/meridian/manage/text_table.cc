#include "manage/text_table.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/check.h"
#include "manage/terminal.h"
#include "manage/text.h"

namespace meridian::app {
namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kWidthMin = 6;  // below that a cell says nothing: the line may break instead

}  // namespace

TextTable::TextTable(std::vector<std::string> titles, std::size_t columns_max)
    : titles_(std::move(titles)), columns_max_(columns_max) {
    for (const auto& title : titles_) {
        widths_.push_back(display_columns(title));
    }
}

void TextTable::add(std::vector<std::string> cells) {
    CHECK(cells.size() == titles_.size());
    for (auto& cell : cells) {
        cell = printable(cell);
    }
    rows_.push_back(std::move(cells));
}

std::string TextTable::render() {
    fit();
    std::string out;
    if (!has_titles_) {
        append_line(titles_, out);
        has_titles_ = true;
    }
    for (const auto& row : rows_) {
        append_line(row, out);
    }
    rows_.clear();
    return out;
}

void TextTable::fit() {
    for (const auto& row : rows_) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            widths_[i] = std::max(widths_[i], display_columns(row[i]));
        }
    }
    if (columns_max_ == 0) {
        return;
    }
    const auto gaps = kGap * (widths_.size() - 1);
    auto total = std::accumulate(widths_.begin(), widths_.end(), gaps);
    while (total > columns_max_) {
        const auto widest = std::ranges::max_element(widths_);
        if (*widest <= kWidthMin) {
            return;
        }
        --*widest;
        --total;
    }
}

void TextTable::append_line(const std::vector<std::string>& cells, std::string& out) const {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const auto cell = columns_max_ == 0 ? cells[i] : cut_to(cells[i], widths_[i]);
        line += cell;
        line.append(widths_[i] - std::min(widths_[i], display_columns(cell)) + kGap, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out.append(line).push_back('\n');
}

}  // namespace meridian::app
