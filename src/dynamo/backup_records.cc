#include "dynamo/backup_records.h"

#include <fmt/format.h>

#include <utility>

namespace meridian::dynamo {
namespace {

using item::Item;
using item::Number;

constexpr std::string_view kPart = "part";  // the region's, of one kind of record
constexpr std::string_view kId = "id";
constexpr std::string_view kBackupPart = "/backups";
constexpr std::string_view kRestorePart = "/restores";
constexpr std::string_view kArnPart = "/backup/";

store::TableSchema backups_table() {
    return {std::string(kBackupsTable),
            {{std::string(kPart), item::KeyType::kString},
             item::KeyAttribute{std::string(kId), item::KeyType::kString}}};
}

Number number(std::uint64_t value) {
    return Number(static_cast<std::int64_t>(value));
}

std::string text_in(const Item& item, std::string_view name) {
    const auto* value = item::find(item, name);
    const auto* text = value == nullptr ? nullptr : value->as<std::string>();
    return text == nullptr ? std::string() : *text;
}

std::optional<std::int64_t> number_in(const Item& item, std::string_view name) {
    const auto* value = item::find(item, name);
    const auto* number = value == nullptr ? nullptr : value->as<Number>();
    return number == nullptr ? std::nullopt : number->to_int64();
}

Item to_item(const BackupRecord& record) {
    return {{"id", record.id},
            {"name", record.name},
            {"engine", record.engine},
            {"created", Number(record.created.time_since_epoch().count())},
            {"items", number(record.extent.items)},
            {"bytes", number(record.extent.bytes)},
            {"table", to_item(record.table)}};
}

Result<BackupRecord> backup_from(const Item& item) {
    const auto created = number_in(item, "created");
    const auto items = number_in(item, "items");
    const auto bytes = number_in(item, "bytes");
    const auto* table = item::find(item, "table");
    const auto* map = table == nullptr ? nullptr : table->as<item::Map>();
    if (!created || !items || !bytes || map == nullptr) {
        return fail(ErrorCode::kCorruption,
                    fmt::format("the record of the backup {} cannot be read", text_in(item, kId)));
    }
    auto description = table_from(*map);
    if (!description) {
        return std::unexpected(std::move(description).error());
    }
    return BackupRecord{text_in(item, kId),
                        text_in(item, "name"),
                        text_in(item, "engine"),
                        Instant{std::chrono::milliseconds{*created}},
                        {static_cast<std::uint64_t>(*items), static_cast<std::uint64_t>(*bytes)},
                        *std::move(description)};
}

Item to_item(const RestoreRecord& record) {
    Item item{{"id", record.storage},
              {"name", record.name},
              {"source", record.source},
              {"engine", record.engine}};
    if (record.moment) {
        item["moment"] = Number(record.moment->time_since_epoch().count());
    }
    return item;
}

RestoreRecord restore_from(const Item& item) {
    RestoreRecord record{.storage = text_in(item, kId),
                         .name = text_in(item, "name"),
                         .source = text_in(item, "source"),
                         .engine = text_in(item, "engine")};
    if (const auto moment = number_in(item, "moment")) {
        record.moment = Instant{std::chrono::milliseconds{*moment}};
    }
    return record;
}

}  // namespace

std::string backup_arn(std::string_view region, const BackupRecord& record) {
    return fmt::format("{}{}{}", table_arn(region, record.table.name), kArnPart, record.id);
}

std::string_view backup_in_arn(std::string_view arn, std::string_view region) {
    const auto at = arn.find(kArnPart);
    const bool is_one = at != std::string_view::npos && !table_in_arn(arn, region).empty();
    return is_one ? arn.substr(at + kArnPart.size()) : std::string_view();
}

std::string new_backup_id(Instant now, Random& random) {
    return fmt::format("{:014}-{:08x}", now.time_since_epoch().count(),
                       static_cast<std::uint32_t>(random.next()));
}

Result<BackupRecords> BackupRecords::open(store::ReplicaStore& store) {
    if (auto created = store.create_table(backups_table()); !created) {
        return std::unexpected(std::move(created).error());
    }
    return BackupRecords(store);
}

Result<void> BackupRecords::add(const BackupRecord& record) {
    auto item = to_item(record);
    item[std::string(kPart)] = store_->region() + std::string(kBackupPart);
    return put(std::move(item));
}

Result<std::optional<BackupRecord>> BackupRecords::find(std::string_view id) const {
    if (id.empty() || id.size() > item::kSortKeyBytesMax) {
        return std::nullopt;
    }
    const auto item =
        store_->get({std::string(kBackupsTable),
                     {{std::string(kPart), store_->region() + std::string(kBackupPart)},
                      {std::string(kId), id}}});
    if (!item || !*item) {
        return item ? Result<std::optional<BackupRecord>>(std::nullopt)
                    : std::unexpected(item.error());
    }
    auto record = backup_from(**item);
    return record ? Result<std::optional<BackupRecord>>(*std::move(record))
                  : std::unexpected(std::move(record).error());
}

Result<std::vector<BackupRecord>> BackupRecords::list() const {
    const auto items = items_of(kBackupPart);
    if (!items) {
        return std::unexpected(items.error());
    }
    std::vector<BackupRecord> records;
    for (const auto& item : *items) {
        auto record = backup_from(item);
        if (!record) {
            return std::unexpected(std::move(record).error());
        }
        records.push_back(*std::move(record));
    }
    return records;
}

Result<bool> BackupRecords::remove(std::string_view id) {
    return erase(kBackupPart, id);
}

Result<void> BackupRecords::add(const RestoreRecord& record) {
    auto item = to_item(record);
    item[std::string(kPart)] = store_->region() + std::string(kRestorePart);
    return put(std::move(item));
}

Result<std::vector<RestoreRecord>> BackupRecords::list_restores() const {
    const auto items = items_of(kRestorePart);
    if (!items) {
        return std::unexpected(items.error());
    }
    std::vector<RestoreRecord> records;
    for (const auto& item : *items) {
        records.push_back(restore_from(item));
    }
    return records;
}

Result<void> BackupRecords::remove_restore(std::string_view storage) {
    const auto removed = erase(kRestorePart, storage);
    return removed ? Result<void>() : std::unexpected(removed.error());
}

Result<void> BackupRecords::put(item::Item item) {
    auto outcome =
        store_->write({std::string(kBackupsTable), store::PutItem{std::move(item)}, std::nullopt});
    return outcome.error ? std::unexpected(*std::move(outcome.error)) : Result<void>();
}

Result<bool> BackupRecords::erase(std::string_view part, std::string_view id) {
    item::Key key{{std::string(kPart), store_->region() + std::string(part)},
                  {std::string(kId), id}};
    auto outcome = store_->write(
        {std::string(kBackupsTable), store::DeleteItem{std::move(key)}, std::nullopt});
    return outcome.error ? Result<bool>(std::unexpected(*std::move(outcome.error)))
                         : Result<bool>(static_cast<bool>(outcome.before));
}

Result<std::vector<item::Item>> BackupRecords::items_of(std::string_view part) const {
    std::vector<item::Item> items;
    store::Query query{.table = std::string(kBackupsTable),
                       .partition = store_->region() + std::string(part)};
    do {
        auto page = store_->query(query);
        if (!page) {
            return std::unexpected(std::move(page).error());
        }
        std::ranges::move(page->items, std::back_inserter(items));
        query.start_after = std::move(page->last_key);
    } while (query.start_after);
    return items;
}

}  // namespace meridian::dynamo
