#include "aws/xml_leaves.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <system_error>

#include "aws/encoding.h"

namespace meridian::aws {
namespace {

constexpr std::size_t kBytesMax = std::size_t{256} << 10U;
// Together they bound what the paths take.
constexpr std::size_t kDepthMax = 16;
constexpr std::size_t kNameBytesMax = 128;
constexpr std::size_t kLeavesMax = 1'024;

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool is_name_character(char c) {
    const char l = to_lower(c);
    return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.' ||
           c == ':' || static_cast<unsigned char>(c) >= 0x80;
}

void append_utf8(std::string& out, std::uint32_t code) {
    const auto put = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
    if (code < 0x80U) {
        put(code);
    } else if (code < 0x800U) {
        put(0xC0U | (code >> 6U));
        put(0x80U | (code & 0x3FU));
    } else if (code < 0x10000U) {
        put(0xE0U | (code >> 12U));
        put(0x80U | ((code >> 6U) & 0x3FU));
        put(0x80U | (code & 0x3FU));
    } else {
        put(0xF0U | (code >> 18U));
        put(0x80U | ((code >> 12U) & 0x3FU));
        put(0x80U | ((code >> 6U) & 0x3FU));
        put(0x80U | (code & 0x3FU));
    }
}

// "#65", "#x41", "amp". False: there is no such.
bool append_entity(std::string& out, std::string_view name) {
    constexpr std::pair<std::string_view, char> kNamed[] = {
        {"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}};
    if (name.starts_with('#')) {
        const bool is_hex = name.starts_with("#x");
        const auto digits = name.substr(is_hex ? 2 : 1);
        std::uint32_t code = 0;
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), code, is_hex ? 16 : 10);
        const bool is_character = error == std::errc{} && end == digits.data() + digits.size() &&
                                  code != 0 && code <= 0x10FFFFU &&
                                  (code < 0xD800U || code > 0xDFFFU);
        if (is_character) {
            append_utf8(out, code);
        }
        return is_character;
    }
    const auto* found = std::ranges::find(kNamed, name, &std::pair<std::string_view, char>::first);
    if (found == std::end(kNamed)) {
        return false;
    }
    out += found->second;
    return true;
}

class Reader {
  public:
    explicit Reader(std::string_view text) : rest_(text) {}

    bool read() {
        for (;;) {
            if (open_.empty()) {
                skip_blanks();
            }
            if (rest_.empty()) {
                return has_root_ && open_.empty();
            }
            const bool is_behind_root = open_.empty() && has_root_;
            const bool is_sound = is_behind_root           ? take_misc()
                                  : rest_.starts_with('<') ? take_markup()
                                                           : take_text();
            if (!is_sound) {
                return false;
            }
        }
    }
    [[nodiscard]] XmlLeaves leaves() && { return std::move(leaves_); }

  private:
    struct Element {
        std::string_view name;
        std::size_t path_bytes;  // of the path without it
        bool has_children = false;
    };

    void skip_blanks() {
        while (!rest_.empty() && is_blank(rest_.front())) {
            rest_.remove_prefix(1);
        }
    }
    // Everything up to `end`, and that too. Nothing: it isn't there.
    std::optional<std::string_view> take_until(std::string_view end) {
        const auto at = rest_.find(end);
        if (at == std::string_view::npos) {
            return std::nullopt;
        }
        const auto taken = rest_.substr(0, at);
        rest_.remove_prefix(at + end.size());
        return taken;
    }

    // A comment or a processing instruction, which may stand anywhere.
    bool take_misc() {
        if (rest_.starts_with("<!--")) {
            rest_.remove_prefix(4);
            return take_until("-->").has_value();
        }
        return rest_.starts_with("<?") && take_until("?>").has_value();
    }

    bool take_markup() {
        if (rest_.starts_with("<!--") || rest_.starts_with("<?")) {
            return take_misc();
        }
        if (rest_.starts_with("<![CDATA[")) {
            rest_.remove_prefix(9);
            const auto characters = take_until("]]>");
            if (!characters || open_.empty()) {
                return false;
            }
            text_ += *characters;
            return true;
        }
        return rest_.starts_with("</") ? take_end_tag() : take_start_tag();
    }

    std::string_view take_name() {
        const auto end = std::ranges::find_if_not(rest_, is_name_character);
        const auto name = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
        rest_.remove_prefix(name.size());
        return name;
    }

    bool take_start_tag() {
        rest_.remove_prefix(1);
        const auto name = take_name();
        if (name.empty() || name.size() > kNameBytesMax || !take_attributes() ||
            open_.size() >= kDepthMax || leaves_.size() >= kLeavesMax) {
            return false;
        }
        const bool is_empty = rest_.starts_with('/');
        rest_.remove_prefix(is_empty ? 1 : 0);
        if (!rest_.starts_with('>')) {
            return false;
        }
        rest_.remove_prefix(1);
        open(name);
        return !is_empty || close(name);
    }

    // They say nothing that anybody here needs.
    bool take_attributes() {
        for (;;) {
            const auto before = rest_.size();
            skip_blanks();
            if (rest_.starts_with('>') || rest_.starts_with('/')) {
                return true;
            }
            if (rest_.size() == before || take_name().empty()) {
                return false;
            }
            skip_blanks();
            if (!rest_.starts_with('=')) {
                return false;
            }
            rest_.remove_prefix(1);
            skip_blanks();
            if (!rest_.starts_with('"') && !rest_.starts_with('\'')) {
                return false;
            }
            const auto quote = rest_.substr(0, 1);
            rest_.remove_prefix(1);
            if (!take_until(quote)) {
                return false;
            }
        }
    }

    bool take_end_tag() {
        rest_.remove_prefix(2);
        const auto name = take_name();
        skip_blanks();
        if (!rest_.starts_with('>')) {
            return false;
        }
        rest_.remove_prefix(1);
        return close(name);
    }

    void open(std::string_view name) {
        if (!open_.empty()) {
            open_.back().has_children = true;
        }
        has_root_ = true;
        open_.push_back({name, path_.size()});
        const auto colon = name.rfind(':');
        path_ += path_.empty() ? "" : "/";
        path_ += name.substr(colon == std::string_view::npos ? 0 : colon + 1);
        text_.clear();
    }

    bool close(std::string_view name) {
        if (open_.empty() || open_.back().name != name) {
            return false;
        }
        if (!open_.back().has_children) {
            leaves_.emplace_back(path_, text_);
        }
        path_.resize(open_.back().path_bytes);
        open_.pop_back();
        text_.clear();
        return true;
    }

    bool take_text() {
        const auto end = std::min(rest_.find('<'), rest_.size());
        auto text = rest_.substr(0, end);
        rest_.remove_prefix(end);
        if (open_.empty()) {
            return false;
        }
        while (!text.empty()) {
            const auto ampersand = std::min(text.find('&'), text.size());
            text_ += text.substr(0, ampersand);
            text.remove_prefix(ampersand);
            if (text.empty()) {
                break;
            }
            const auto semicolon = text.find(';');
            if (semicolon == std::string_view::npos ||
                !append_entity(text_, text.substr(1, semicolon - 1))) {
                return false;
            }
            text.remove_prefix(semicolon + 1);
        }
        return true;
    }

    std::string_view rest_;
    std::vector<Element> open_;
    std::string path_;  // of the innermost one
    std::string text_;  // of the innermost one, so far
    XmlLeaves leaves_;
    bool has_root_ = false;
};

}  // namespace

std::optional<XmlLeaves> read_xml_leaves(std::string_view text) {
    if (text.size() > kBytesMax) {
        return std::nullopt;
    }
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    text.remove_prefix(text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0);
    Reader reader(text);
    return reader.read() ? std::optional(std::move(reader).leaves()) : std::nullopt;
}

std::string_view leaf(const XmlLeaves& leaves, std::string_view path) {
    const auto found = std::ranges::find(leaves, path, &std::pair<std::string, std::string>::first);
    return found == leaves.end() ? std::string_view() : std::string_view(found->second);
}

}  // namespace meridian::aws
