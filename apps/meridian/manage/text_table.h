// A table for people: columns that line up, within the width of their terminal.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace meridian::app {

// Role: lays rows out, a page after another under one line of titles. A value.
class TextTable {
  public:
    // `columns_max`: what a line may take; 0: any. Longer lines have their widest cells cut.
    TextTable(std::vector<std::string> titles, std::size_t columns_max);

    // REQUIRES: as many cells as there are titles.
    void add(std::vector<std::string> cells);
    // The rows since the last time, under the titles when it is the first. Columns don't become
    // narrower from page to page.
    [[nodiscard]] std::string render();

  private:
    void fit();
    void append_line(const std::vector<std::string>& cells, std::string& out) const;

    std::vector<std::string> titles_;
    std::size_t columns_max_;
    std::vector<std::size_t> widths_;
    std::vector<std::vector<std::string>> rows_;
    bool has_titles_ = false;
};

}  // namespace meridian::app
