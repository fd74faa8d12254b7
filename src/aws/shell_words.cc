#include "aws/shell_words.h"

#include <utility>

namespace meridian::aws {
namespace {

class Splitter {
  public:
    bool take(std::string_view text) {
        for (std::size_t at = 0; at < text.size(); ++at) {
            const char c = text[at];
            if (quote_ == '\'' || (quote_ == '"' && c != '\\')) {
                take_quoted(c);
                continue;
            }
            if (c == '\\') {
                if (++at == text.size()) {
                    return false;
                }
                const bool keeps_backslash = quote_ == '"' && text[at] != '"' && text[at] != '\\';
                add(keeps_backslash ? "\\" : "");
                add(text.substr(at, 1));
            } else {
                take_plain(c);
            }
        }
        finish_word();
        return quote_ == 0;
    }
    [[nodiscard]] std::vector<std::string> words() && { return std::move(words_); }

  private:
    void take_quoted(char c) {
        if (c == quote_) {
            quote_ = 0;
        } else {
            add({&c, 1});
        }
    }
    void take_plain(char c) {
        if (c == '\'' || c == '"') {
            quote_ = c;
            has_word_ = true;  // even an empty one
        } else if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
            finish_word();
        } else {
            add({&c, 1});
        }
    }
    void add(std::string_view text) {
        word_ += text;
        has_word_ = true;
    }
    void finish_word() {
        if (std::exchange(has_word_, false)) {
            words_.push_back(std::exchange(word_, {}));
        }
    }

    std::vector<std::string> words_;
    std::string word_;
    bool has_word_ = false;
    char quote_ = 0;
};

}  // namespace

std::optional<std::vector<std::string>> split_words(std::string_view text) {
    Splitter splitter;
    return splitter.take(text) ? std::optional(std::move(splitter).words()) : std::nullopt;
}

}  // namespace meridian::aws
