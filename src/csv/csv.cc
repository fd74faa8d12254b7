#include "csv/csv.h"

#include <csv.h>
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/check.h"

namespace meridian::csv {
namespace {

// The library cannot be stopped within a piece, so a refused row costs this much reading.
constexpr std::size_t kPieceBytesMax = std::size_t{64} * 1024;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kQuote = "\"";

constexpr std::string_view kStrayQuote =
    "a quote stands within a field that does not begin with one; write \"a \"\"b\"\" c\"";
constexpr std::string_view kTextBehindQuote =
    "something stands between a field's closing quote and the next comma; write a quote within a "
    "field twice";

// CR LF, CR and LF each end a line.
std::size_t line_ends(std::string_view text) {
    auto count = static_cast<std::size_t>(std::ranges::count(text, '\n'));
    for (auto cr = text.find('\r'); cr != text.npos; cr = text.find('\r', cr + 1)) {
        count += text.substr(cr + 1).starts_with('\n') ? 0 : 1;
    }
    return count;
}

bool needs_quotes(std::string_view field) {
    const auto is_special = [](char c) { return c == ',' || c == '"' || c == '\r' || c == '\n'; };
    return std::ranges::any_of(field, is_special) || field.starts_with(kByteOrderMark);
}

void append_quoted(std::string_view field, std::string& out) {
    out += kQuote;
    for (auto quote = field.find(kQuote); quote != field.npos; quote = field.find(kQuote)) {
        out.append(field.substr(0, quote + 1)).append(kQuote);
        field.remove_prefix(quote + 1);
    }
    out.append(field).append(kQuote);
}

}  // namespace

// What the library calls back into. The first error is kept, and after it nothing is looked at.
struct Reader::State {
    explicit State(std::function<Result<void>(const Row&)> on_row) : row_taken(std::move(on_row)) {
        // Each line's end is reported, so that lines can be counted.
        CHECK(csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL) == 0);
        csv_set_space_func(&parser, [](unsigned char) { return 0; });  // blanks are a field's own
        csv_set_blk_size(&parser, 4096);
    }
    ~State() { csv_free(&parser); }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    static void field_ended(void* text, std::size_t size, void* self) {
        static_cast<State*>(self)->add_field({static_cast<const char*>(text), size});
    }
    static void row_ended(int end, void* self) { static_cast<State*>(self)->end_row(end); }

    void add_field(std::string_view text) {
        row_bytes += text.size() + 1;
        refuse_longer_than_max(row_bytes);
        if (error) {
            return;
        }
        after_cr = false;
        lines_within += line_ends(text);
        if (fields == row.fields.size()) {
            row.fields.emplace_back(text);
        } else {
            row.fields[fields].assign(text);  // in the memory that a row before had
        }
        ++fields;
    }

    void end_row(int end) {
        if (error || (end == '\n' && std::exchange(after_cr, false))) {
            return;  // the second half of CR LF
        }
        if (fields > 0) {
            row.fields.resize(fields);
            if (auto taken = row_taken(row); !taken) {
                error = std::move(taken.error());
            }
        }
        row.line += lines_within + 1;
        fields = row_bytes = lines_within = 0;
        after_cr = end == '\r';
    }

    // What has come of the field that has not ended.
    [[nodiscard]] std::string_view open_field() const {
        return {reinterpret_cast<const char*>(parser.entry_buf), parser.entry_pos};
    }
    [[nodiscard]] std::size_t line_now() const {
        return row.line + lines_within + line_ends(open_field());
    }
    void refuse(std::size_t line, std::string_view what) {
        if (!error) {
            error = Error{ErrorCode::kInvalidInput, fmt::format("line {}: {}", line, what)};
        }
    }
    void refuse_longer_than_max(std::size_t bytes) {
        if (bytes > kRowBytesMax) {
            refuse(row.line, fmt::format("the row that begins here has more than {} bytes; is a "
                                         "quote not closed?",
                                         kRowBytesMax));
        }
    }

    // One piece, without zero bytes.
    void parse(std::string_view piece) {
        const std::size_t used = csv_parse(&parser, piece.data(), piece.size(), &State::field_ended,
                                           &State::row_ended, this);
        // Never more than the row will have in the end: so it makes no difference how a file is cut
        // into pieces.
        refuse_longer_than_max(row_bytes + open_field().size());
        if (used == piece.size()) {
            return;
        }
        CHECK(csv_error(&parser) == CSV_EPARSE);  // else there is no memory
        refuse(line_now(), piece[used] == '"' ? kStrayQuote : kTextBehindQuote);
    }
    void read(std::string_view piece) {
        for (; !piece.empty() && !error;
             piece.remove_prefix(std::min(piece.size(), kPieceBytesMax))) {
            const auto part = piece.substr(0, kPieceBytesMax);
            const auto zero = part.find('\0');
            parse(part.substr(0, zero));
            if (zero != part.npos) {
                refuse(line_now(), "there is a zero byte; is the file UTF-16? Save it as UTF-8");
            }
        }
    }
    // The file's beginning, until it is known whether it is a byte order mark.
    void read_beginning(std::string_view& piece) {
        const auto missing = std::min(piece.size(), kByteOrderMark.size() - beginning.size());
        beginning += piece.substr(0, missing);
        piece.remove_prefix(missing);
        if (beginning.size() == kByteOrderMark.size() || !kByteOrderMark.starts_with(beginning)) {
            begin();
        }
    }
    void begin() {
        if (!std::exchange(has_begun, true) && beginning != kByteOrderMark) {
            read(beginning);
        }
    }
    void finish() {
        begin();
        if (!error && csv_fini(&parser, &State::field_ended, &State::row_ended, this) != 0) {
            refuse(row.line, "a quote in the row that begins here is never closed");
        }
    }
    [[nodiscard]] Result<void> outcome() const {
        return error ? Result<void>(std::unexpected(*error)) : Result<void>();
    }

    csv_parser parser{};
    std::function<Result<void>(const Row&)> row_taken;
    std::string beginning;  // the file's first bytes, as long as they may be a byte order mark
    bool has_begun = false;
    Row row{.fields = {},
            .line = 1};      // the one being read; its line is the next one's between rows
    std::size_t fields = 0;  // of row.fields
    std::size_t row_bytes = 0;
    std::size_t lines_within = 0;  // line ends within the fields
    bool after_cr = false;
    std::optional<Error> error;
};

Reader::Reader(std::function<Result<void>(const Row&)> row)
    : state_(std::make_unique<State>(std::move(row))) {}
Reader::~Reader() = default;
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;

Result<void> Reader::read(std::string_view piece) {
    if (!state_->has_begun) {
        state_->read_beginning(piece);
    }
    state_->read(piece);
    return state_->outcome();
}

Result<void> Reader::finish() {
    state_->finish();
    return state_->outcome();
}

void append_row(const std::vector<std::string>& fields, std::string& out) {
    const bool is_blank = fields.size() == 1 && fields[0].empty();  // as a line, it is no row
    for (std::size_t i = 0; i < fields.size(); ++i) {
        out += i == 0 ? "" : ",";
        if (is_blank || needs_quotes(fields[i])) {
            append_quoted(fields[i], out);
        } else {
            out += fields[i];
        }
    }
    out += "\r\n";
}

}  // namespace meridian::csv
