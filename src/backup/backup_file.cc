#include "backup/backup_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <system_error>
#include <utility>

#include "backup/bytes.h"
#include "item/codec.h"
#include "item/key.h"

namespace meridian::backup {
namespace {

// Counts an item of a backup. REQUIRES: it is of one of the header's tables.
void count_in(const Header& header, const store::VersionedItem& item, Trailer& trailer) {
    if (!item.state.image) {
        ++trailer.deletes;
        return;
    }
    ++trailer.items;
    const auto table = std::ranges::find(header.tables, item.table, &store::TableSchema::name);
    auto& hash = trailer.hashes[static_cast<std::size_t>(table - header.tables.begin())];
    hash += store::hash_of(item::encode_key(table->key, item.key), item::encode(*item.state.image),
                           item.state.version.stamp);
}

Error stopped() {
    return {ErrorCode::kUnavailable, "The work was stopped before its end; start it again"};
}

}  // namespace

Result<BackupInfo> write_backup(const store::ReplicaStore& store, const store::StoreView& view,
                                const BackupPlan& plan, Tally& tally) {
    BackupInfo info;
    info.header = {plan.id,         plan.kind, store.region(),     store.log_id(),
                   view.sequence(), plan.at,   store.list_tables()};
    info.trailer.hashes.resize(info.header.tables.size());
    auto file = NewFile::create(plan.file);
    if (!file) {
        return std::unexpected(std::move(file).error());
    }
    RecordFramer framer;
    auto written = file->append(kMagic);
    if (written) {
        written = file->append(framer.frame(RecordKind::kHeader, encode(info.header)));
    }
    std::optional<std::string> position = "";
    while (written && position) {
        if (tally.stop) {
            return std::unexpected(stopped());
        }
        auto page = view.page(*position);
        if (!page) {
            return std::unexpected(std::move(page).error());
        }
        if (!page->damaged.empty()) {
            return fail(ErrorCode::kCorruption,
                        fmt::format("An item of {} is damaged and would be missing; repair it "
                                    "first (meridian verify names it)",
                                    page->damaged.front().table));
        }
        for (const auto& item : page->items) {
            count_in(info.header, item, info.trailer);
        }
        written = file->append(
            framer.frame(RecordKind::kItems, encode_items(info.header.tables, page->items)));
        tally.items += page->items.size();
        tally.bytes = file->size();
        position = std::move(page->next);
    }
    if (written) {
        written = file->append(framer.frame(RecordKind::kTrailer, encode(info.trailer)));
    }
    if (written) {
        written = file->finish();
    }
    if (!written) {
        return std::unexpected(std::move(written).error());
    }
    info.bytes = tally.bytes = file->size();
    info.checksum = framer.checksum();
    return info;
}

BackupReader::BackupReader(RecordReader records, Header header)
    : records_(std::move(records)), header_(std::move(header)) {
    counted_.hashes.resize(header_.tables.size());
}

Result<BackupReader> BackupReader::open(std::unique_ptr<Input> input) {
    RecordReader records(std::move(input));
    auto first = records.next();
    if (!first) {
        return std::unexpected(std::move(first).error());
    }
    if (!*first || (*first)->kind != RecordKind::kHeader) {
        return records.damaged("a backup starts with another record");
    }
    auto header = decode_header((*first)->payload);
    if (!header) {
        return records.damaged(header.error().message);
    }
    return BackupReader(std::move(records), *std::move(header));
}

Result<std::optional<std::vector<store::VersionedItem>>> BackupReader::next() {
    if (info_) {
        return std::nullopt;
    }
    auto record = records_.next();
    if (!record) {
        return std::unexpected(std::move(record).error());
    }
    if (!*record) {
        return records_.damaged("it ends before its trailer");
    }
    if ((*record)->kind == RecordKind::kTrailer) {
        const auto trailer = decode_trailer((*record)->payload);
        if (!trailer) {
            return records_.damaged(trailer.error().message);
        }
        if (auto finished = finish(*trailer); !finished) {
            return std::unexpected(std::move(finished).error());
        }
        return std::nullopt;
    }
    if ((*record)->kind != RecordKind::kItems) {
        return records_.damaged("a record that is not of a backup");
    }
    auto items = decode_items(header_.tables, (*record)->payload);
    if (!items) {
        return records_.damaged(items.error().message);
    }
    for (const auto& item : *items) {
        count_in(header_, item, counted_);
    }
    return *std::move(items);
}

Result<void> BackupReader::finish(const Trailer& trailer) {
    if (trailer != counted_) {
        return records_.damaged("the trailer counts other items than there are");
    }
    const BackupInfo info{header_, trailer, records_.offset(), records_.checksum()};
    const auto more = records_.next();
    if (!more) {
        return std::unexpected(more.error());
    }
    if (*more) {
        return records_.damaged("there is more behind its trailer");
    }
    info_ = info;
    return {};
}

Result<TablePage> read_table_page(const std::filesystem::path& file, std::string_view table,
                                  std::optional<RecordPosition> from) {
    auto whole = open_file(file);
    if (!whole) {
        return std::unexpected(std::move(whole).error());
    }
    const auto start = BackupReader::open(*std::move(whole));
    if (!start) {
        return std::unexpected(start.error());
    }
    const auto& tables = start->header().tables;
    if (std::ranges::find(tables, table, &store::TableSchema::name) == tables.end()) {
        return fail(ErrorCode::kTableNotFound, fmt::format("The backup has no table {}", table));
    }
    const auto position = from.value_or(start->position());
    auto rest = open_file(file, position.offset);
    if (!rest) {
        return std::unexpected(std::move(rest).error());
    }
    RecordReader records(*std::move(rest), position);
    TablePage page;
    while (page.items.empty()) {
        const auto record = records.next();
        if (!record && from && records.offset() == from->offset) {
            return fail(ErrorCode::kInvalidInput, "No page of this backup ends there");
        }
        if (!record) {
            return std::unexpected(record.error());
        }
        if (!*record || (*record)->kind != RecordKind::kItems) {
            page.next.reset();
            return page;
        }
        auto items = decode_items(tables, (*record)->payload);
        if (!items) {
            return records.damaged(items.error().message);
        }
        for (auto& item : *items) {
            if (item.table == table && item.state.image) {
                page.items.push_back(*item.state.image);
            }
        }
        page.next = {records.offset(), records.checksum()};
    }
    return page;
}

Result<BackupInfo> verify_backup(std::unique_ptr<Input> input, Tally& tally) {
    auto reader = BackupReader::open(std::move(input));
    if (!reader) {
        return std::unexpected(std::move(reader).error());
    }
    while (true) {
        const auto items = reader->next();
        if (!items) {
            return std::unexpected(items.error());
        }
        if (!*items) {
            return *reader->info();
        }
        if (tally.stop) {
            return std::unexpected(stopped());
        }
        tally.items += (*items)->size();
        tally.bytes = reader->position().offset;
    }
}

Result<BackupInfo> read_backup_info(const std::filesystem::path& file) {
    auto input = open_file(file);
    if (!input) {
        return std::unexpected(std::move(input).error());
    }
    auto reader = BackupReader::open(*std::move(input));
    if (!reader) {
        return std::unexpected(std::move(reader).error());
    }
    BackupInfo info;
    info.header = reader->header();
    // kind · length · the trailer's numbers and hashes · checksum
    const auto trailer_bytes = encode(Trailer{0, 0, {}}).size() + 24 * info.header.tables.size();
    const auto record_bytes = 1 + 4 + trailer_bytes + 8;
    std::ifstream stream(file, std::ios::binary | std::ios::ate);
    const auto size = stream.tellg();
    std::string record(record_bytes, '\0');
    if (size < static_cast<std::streamoff>(record_bytes) ||
        !stream.seekg(-static_cast<std::streamoff>(record_bytes), std::ios::end) ||
        !stream.read(record.data(), static_cast<std::streamsize>(record_bytes))) {
        return fail(ErrorCode::kCorruption, fmt::format("{} has no trailer", file.string()));
    }
    info.bytes = static_cast<std::uint64_t>(size);
    ByteReader numbers(record);
    const auto kind = numbers.number(1);
    auto trailer = decode_trailer(numbers.text());
    info.checksum = numbers.number(8);
    if (!numbers.done() || kind != static_cast<std::uint8_t>(RecordKind::kTrailer) || !trailer ||
        trailer->hashes.size() != info.header.tables.size()) {
        return fail(ErrorCode::kCorruption, fmt::format("{} has no trailer", file.string()));
    }
    info.trailer = *std::move(trailer);
    return info;
}

}  // namespace meridian::backup
