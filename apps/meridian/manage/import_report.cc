#include "manage/import_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "csv/csv.h"
#include "item/json.h"
#include "manage/item_text.h"
#include "manage/text.h"

namespace meridian::app {

std::string counts_text(const ImportCounts& counts) {
    std::string text;
    const auto add = [&](std::uint64_t number, std::string_view what) {
        if (number > 0) {
            text += fmt::format("{}{} {}", text.empty() ? "" : ", ", with_commas(number), what);
        }
    };
    add(counts.created, "created");
    add(counts.updated, "updated");
    add(counts.unchanged, "unchanged");
    add(counts.failed, "failed");
    return text.empty() ? "nothing to import" : text;
}

ImportReport::ImportReport(ImportReportOptions options, Progress& progress)
    : options_(std::move(options)), progress_(progress) {}

Result<void> ImportReport::open() {
    if (options_.errors_file.empty()) {
        return {};
    }
    errors_.open(options_.errors_file, std::ios::binary | std::ios::trunc);
    if (errors_) {
        return {};
    }
    return fail(ErrorCode::kIo,
                fmt::format("cannot write {}: {}", options_.errors_file.string(),
                            std::error_code(errno, std::generic_category()).message()));
}

void ImportReport::set_header(const std::vector<std::string>& header) {
    const std::lock_guard lock(mutex_);
    csv::append_row(header, header_);
}

void ImportReport::add(const ImportCounts& counts) {
    const std::lock_guard lock(mutex_);
    counts_.created += counts.created;
    counts_.updated += counts.updated;
    counts_.unchanged += counts.unchanged;
    counts_.failed += counts.failed;
}

void ImportReport::reject(std::size_t line, std::string_view why, std::string_view text) {
    const std::lock_guard lock(mutex_);
    if (counts_.failed++ < options_.errors_max) {
        progress_.say(printable(fmt::format("meridian: {}:{}: {}", options_.file_name, line, why)));
    }
    keep(line, why, text);
}

// A CSV file with two columns of notes more, which import passes over: mended, it can be imported.
void ImportReport::keep(std::size_t line, std::string_view why, std::string_view text) {
    if (!errors_.is_open()) {
        return;
    }
    std::string row;
    if (options_.format == bulk::Format::kCsv) {
        if (!header_.empty()) {
            errors_ << "#line,#error," << std::exchange(header_, {});
        }
        csv::append_row({std::to_string(line), std::string(why)}, row);
        row.resize(row.size() - 2);
        errors_ << row << ',' << text;
        return;
    }
    auto value = item::parse_plain_json(text);
    item::append_plain_json(item::Map{{"line", item::Number(static_cast<std::int64_t>(line))},
                                      {"error", why},
                                      {"item", value ? std::move(*value) : item::Value(text)}},
                            row);
    errors_ << row << '\n';
}

void ImportReport::would_change(std::size_t line, std::string_view what,
                                const std::vector<management::Difference>& differences) {
    const std::lock_guard lock(mutex_);
    for (const auto& difference : differences) {
        ++fields_[dotted(difference.pointer)];
    }
    if (changes_told_++ < options_.changes_max) {
        const auto lines = difference_lines(differences);
        fmt::print("{}:{}: {}\n{}", options_.file_name, line, what, lines);
    }
}

ImportCounts ImportReport::counts() const {
    const std::lock_guard lock(mutex_);
    return counts_;
}

std::string ImportReport::changed_fields() const {
    const std::lock_guard lock(mutex_);
    std::string text;
    for (const auto& [name, count] : fields_) {
        text += fmt::format("{}{} ({})", text.empty() ? "fields that would change: " : ", ", name,
                            with_commas(count));
    }
    return text;
}

std::uint64_t ImportReport::untold() const {
    const std::lock_guard lock(mutex_);
    return counts_.failed - std::min<std::uint64_t>(counts_.failed, options_.errors_max);
}

Result<void> ImportReport::finish() {
    const std::lock_guard lock(mutex_);
    if (!errors_.is_open()) {
        return {};
    }
    errors_.close();
    return errors_ ? Result<void>{}
                   : fail(ErrorCode::kDiskFull,
                          fmt::format("cannot write all rejected rows to {}: {}",
                                      options_.errors_file.string(),
                                      std::error_code(errno, std::generic_category()).message()));
}

}  // namespace meridian::app
