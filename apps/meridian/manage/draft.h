// A text that a person changes in an editor.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace meridian::app {

// Role: a file of its owner's only, in a folder of its own. It stays when the program ends, unless
// it was discarded: nothing that somebody typed is lost. Threads: one.
class Draft {
  public:
    // kIo.
    [[nodiscard]] static Result<Draft> make();

    // Writes the text, lets the person change it with $VISUAL, else $EDITOR, else vi, and gives
    // what stands there then. kInvalidInput: the editor failed. kIo.
    [[nodiscard]] Result<std::string> edit(std::string_view text) const;

    [[nodiscard]] const std::filesystem::path& file() const { return file_; }
    void discard() const;

  private:
    std::filesystem::path file_;
};

// "# " before each line of each note, and a blank line behind them.
[[nodiscard]] std::string as_comments(const std::vector<std::string>& notes);
// Without the lines that begin with '#'.
[[nodiscard]] std::string without_comments(std::string_view text);

}  // namespace meridian::app
