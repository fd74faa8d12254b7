#include "rest/backups.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "backup/backups.h"
#include "item/json.h"
#include "rest/answers.h"
#include "rest/bodies.h"
#include "rest/live_tables.h"
#include "rest/page_token.h"

namespace meridian::rest {
namespace {

constexpr int kAccepted = 202;
constexpr std::string_view kContinuous = "continuous";
constexpr std::size_t kReasonBytesMax = 1'024;

item::Value number(std::uint64_t count) {
    return item::Number(static_cast<std::int64_t>(count));
}

Result<backup::Backups*> backups_of(const Call& call) {
    return call.parts.backups != nullptr ? Result<backup::Backups*>(call.parts.backups)
                                         : fail(ErrorCode::kNotSupported,
                                                "This region has no backups: its tables are in "
                                                "memory only, or their folder could "
                                                "not be opened when it started (its log says why)");
}

// What there isn't, as the management API says so.
Answer not_there(const Error& error) {
    return error.code == ErrorCode::kInvalidInput
               ? Answer(refusal_answer(management::NotFound{error.message}))
               : std::unexpected(error);
}

item::Map job_map(const backup::Job& job) {
    item::Map map{{"id", job.id},
                  {"state", to_string(job.state)},
                  {"created", format_instant(job.created)},
                  {"items", number(job.items)},
                  {"bytes", number(job.bytes)}};
    if (job.items_total > 0) {
        map["itemsTotal"] = number(job.items_total);
    }
    if (job.finished) {
        map["finished"] = format_instant(*job.finished);
    }
    if (!job.error.empty()) {
        map["error"] = job.error;
    }
    return map;
}

item::Map backup_map(const backup::BackupEntry& entry) {
    item::Map map{{"id", entry.id}, {"state", entry.info ? "completed" : "failed"}};
    if (!entry.info) {
        map["error"] = entry.error;
    }
    if (entry.verified) {
        map["verified"] = item::Map{{"at", format_instant(entry.verified->at)},
                                    {"good", entry.verified->damage.empty()},
                                    {"damage", entry.verified->damage}};
    }
    if (!entry.info) {
        return map;
    }
    const auto& [header, trailer, bytes, checksum] = *entry.info;
    item::List tables;
    for (std::size_t i = 0; i < header.tables.size(); ++i) {
        tables.emplace_back(item::Map{{"name", header.tables[i].name},
                                      {"items", number(trailer.hashes[i].items)},
                                      {"hash", store::to_string(trailer.hashes[i])}});
    }
    map.merge(item::Map{{"kind", backup::to_string(header.kind)},
                        {"region", header.region},
                        {"at", format_instant(header.at)},
                        {"sequence", number(header.sequence)},
                        {"items", number(trailer.items)},
                        {"bytes", number(bytes)},
                        {"checksum", fmt::format("{:016x}", checksum)},
                        {"tables", std::move(tables)}});
    return map;
}

// The newest verification of a backup; nothing: none is remembered.
std::optional<backup::Job> verification_of(const backup::Jobs& jobs, std::string_view id) {
    std::optional<backup::Job> newest;
    for (auto& job : jobs.list()) {
        if (job.kind == "verify" && job.subject == id) {
            newest = std::move(job);
        }
    }
    return newest;
}

item::Map archive_map(const backup::ArchiveStatus& status) {
    item::List windows;
    for (const auto& window : status.windows) {
        windows.emplace_back(item::Map{{"earliest", format_instant(window.earliest())},
                                       {"latest", format_instant(window.latest)}});
    }
    item::Map map{
        {"id", kContinuous}, {"windows", std::move(windows)}, {"bytes", number(status.bytes)}};
    if (status.error) {
        map["error"] = status.error->message;
    }
    return map;
}

// The archive; null: there is none.
Result<item::Value> archive_value(const backup::Backups& backups) {
    const auto status = backups.archive();
    if (!status) {
        return std::unexpected(status.error());
    }
    return *status ? item::Value(archive_map(**status)) : item::Value();
}

// ---- Bodies

std::unexpected<Error> wrong_field(std::string_view name, std::string_view what) {
    return fail(ErrorCode::kInvalidInput, fmt::format("{}: {}", name, what));
}

Result<std::string> text_field(const item::Map& body, std::string_view name) {
    const auto* value = item::find(body, name);
    if (value == nullptr || value->as<item::Null>() != nullptr) {
        return std::string();
    }
    const auto* text = value->as<std::string>();
    return text == nullptr ? wrong_field(name, "is not a text") : Result<std::string>(*text);
}

struct RestoreBody {
    backup::RestoreRequest request;
    std::string reason;
};

Result<std::vector<std::string>> tables_field(const item::Map& body) {
    std::vector<std::string> tables;
    const auto* value = item::find(body, "tables");
    if (value == nullptr || value->as<item::Null>() != nullptr) {
        return tables;
    }
    const auto* list = value->as<item::List>();
    for (const auto& element : list == nullptr ? item::List() : *list) {
        const auto* name = element.as<std::string>();
        if (name == nullptr) {
            return wrong_field("tables", "is not a list of names");
        }
        tables.push_back(*name);
    }
    return tables.empty() ? wrong_field("tables", "is not a list of names")
                          : Result<std::vector<std::string>>(std::move(tables));
}

Result<RestoreBody> parse_restore(std::string_view text) {
    const auto value = parse_body(text);
    if (!value) {
        return std::unexpected(value.error());
    }
    const auto* body = value->as<item::Map>();
    if (body == nullptr) {
        return fail(ErrorCode::kInvalidInput, R"(the body is not an object, as {"backup":"…"})");
    }
    for (const auto& [name, field] : *body) {
        constexpr std::array<std::string_view, 5> kKnown{"backup", "to", "tables", "dryRun",
                                                         "reason"};
        if (std::ranges::find(kKnown, name) == kKnown.end()) {
            return wrong_field(name.substr(0, 40), "there is no such field");
        }
    }
    auto id = text_field(*body, "backup");
    auto to = text_field(*body, "to");
    auto reason = text_field(*body, "reason");
    auto tables = tables_field(*body);
    for (const auto* field : {&id, &to, &reason}) {
        if (!*field) {
            return std::unexpected(field->error());
        }
    }
    if (!tables) {
        return std::unexpected(std::move(tables).error());
    }
    const auto* dry = item::find(*body, "dryRun");
    if (dry != nullptr && dry->as<bool>() == nullptr) {
        return wrong_field("dryRun", "is neither true nor false");
    }
    if (reason->size() > kReasonBytesMax) {
        return wrong_field("reason", "has over 1,024 bytes");
    }
    RestoreBody result{{.id = *std::move(id), .to = {}, .what = {}}, *std::move(reason)};
    result.request.what = {*std::move(tables), dry != nullptr && *dry->as<bool>()};
    if (!to->empty()) {
        const auto instant = parse_instant(*to);
        if (!instant) {
            return wrong_field("to", instant.error().message);
        }
        result.request.to = *instant;
    }
    return result;
}

std::unique_ptr<RunningTables> tables_for(const Call& call, std::string reason, std::string via) {
    return std::make_unique<RunningTables>(call.parts.backups->store(), call.parts.backups->clock(),
                                           call.caller, std::move(reason), std::move(via));
}

Result<std::optional<backup::RecordPosition>> position_of(const Call& call) {
    const auto token = call.parameters.text("next");
    if (!token) {
        return std::nullopt;
    }
    const auto place = read_page_token(*token, "backup", 2);
    if (!place) {
        return std::unexpected(place.error());
    }
    std::array<std::uint64_t, 2> numbers{};
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        const auto& text = (*place)[i];
        std::from_chars(text.data(), text.data() + text.size(), numbers.at(i));
    }
    return backup::RecordPosition{numbers[0], numbers[1]};
}

// ---- Imports

constexpr std::size_t kErrorsTold = 100;

struct Lines {
    std::vector<item::Item> items;
    item::List errors;
    std::uint64_t failed = 0;
};

// {"Item":{…}}, with the item in DynamoDB's JSON.
Result<item::Item> parse_line(std::string_view line, const item::KeySchema& schema) {
    const auto value = item::parse_plain_json(line);
    if (!value) {
        return std::unexpected(value.error());
    }
    const auto* map = value->as<item::Map>();
    const auto* typed = map == nullptr ? nullptr : item::find(*map, "Item");
    if (typed == nullptr || map->size() != 1) {
        return fail(ErrorCode::kInvalidInput, R"(is not {"Item":{…}})");
    }
    auto item = item::parse_dynamodb_json(item::to_plain_json(*typed));
    if (!item) {
        return item;
    }
    if (const auto key = item::key_of(schema, *item); !key) {
        return std::unexpected(key.error());
    }
    if (item::size_bytes(*item) > item::kItemBytesMax) {
        return fail(ErrorCode::kTooLarge, "is over 400 KB, the most that one item may have");
    }
    return item;
}

Result<Lines> parse_lines(std::string_view body, const item::KeySchema& schema) {
    Lines lines;
    std::uint64_t index = 0;
    auto read = for_each_text(body, [&](std::string_view text) {
        if (auto item = parse_line(text, schema)) {
            lines.items.push_back(*std::move(item));
        } else {
            ++lines.failed;
            if (lines.errors.size() < kErrorsTold) {
                lines.errors.emplace_back(
                    item::Map{{"index", number(index)}, {"message", item.error().message}});
            }
        }
        ++index;
        return index <= kImportItemsMax;
    });
    if (!read) {
        return std::unexpected(std::move(read).error());
    }
    if (index > kImportItemsMax) {
        return fail(ErrorCode::kTooLarge,
                    fmt::format("the body has over {} items; send it in parts", kImportItemsMax));
    }
    return lines;
}

}  // namespace

Answer list_backups(const Call& call) {
    const auto backups = backups_of(call);
    if (!backups) {
        return std::unexpected(backups.error());
    }
    const auto entries = (*backups)->list();
    auto archive = archive_value(**backups);
    if (!entries || !archive) {
        return std::unexpected(entries ? archive.error() : entries.error());
    }
    std::map<std::string, item::Map> all;
    for (const auto& job : (*backups)->making().list()) {
        if (job.kind == "backup" && job.state != backup::JobState::kCompleted) {
            all.emplace(job.id, job_map(job));
        }
    }
    for (const auto& entry : *entries) {
        all.insert_or_assign(entry.id, backup_map(entry));
    }
    item::List list;
    for (auto& [id, map] : all) {
        list.emplace_back(std::move(map));
    }
    return json_answer(
        200, item::Map{{"backups", std::move(list)}, {"continuous", *std::move(archive)}});
}

Answer create_backup(const Call& call) {
    const auto backups = backups_of(call);
    if (!backups) {
        return std::unexpected(backups.error());
    }
    const auto job = (*backups)->create();
    return job ? Answer(json_answer(kAccepted, job_map(*job))) : std::unexpected(job.error());
}

Answer get_backup(const Call& call) {
    const auto backups = backups_of(call);
    if (!backups) {
        return std::unexpected(backups.error());
    }
    const auto& id = call.arguments.front();
    const auto& jobs = (*backups)->making();
    item::Map map;
    if (id == kContinuous) {
        const auto archive = archive_value(**backups);
        if (!archive) {
            return std::unexpected(archive.error());
        }
        if (archive->as<item::Map>() == nullptr) {
            return refusal_answer(management::NotFound{"there is no continuous archive"});
        }
        map = *archive->as<item::Map>();
    } else if (const auto entry = (*backups)->find(id)) {
        map = backup_map(*entry);
    } else if (const auto job = jobs.find(id); job && job->kind == "backup") {
        map = job_map(*job);
    } else {
        return not_there(entry.error());
    }
    if (const auto verification = verification_of(jobs, id)) {
        map["verification"] = job_map(*verification);
    }
    return json_answer(200, map);
}

Answer delete_backup(const Call& call) {
    const auto backups = backups_of(call);
    if (!backups) {
        return std::unexpected(backups.error());
    }
    const auto& id = call.arguments.front();
    if (const auto removed = (*backups)->remove(id); !removed) {
        return not_there(removed.error());
    }
    return json_answer(200, item::Map{{"message", fmt::format("Backup {} deleted", id)}});
}

Answer verify_backup(const Call& call) {
    const auto backups = backups_of(call);
    if (!backups) {
        return std::unexpected(backups.error());
    }
    const auto job = (*backups)->verify(call.arguments.front());
    return job ? Answer(json_answer(kAccepted, job_map(*job))) : not_there(job.error());
}

Answer list_backup_items(const Call& call) {
    const auto backups = backups_of(call);
    if (!backups) {
        return std::unexpected(backups.error());
    }
    const auto file = (*backups)->file_of(call.arguments.front());
    if (!file) {
        return not_there(file.error());
    }
    const auto table = call.parameters.text("table");
    if (!table) {
        return fail(ErrorCode::kInvalidInput, "table: is required: which table's items");
    }
    const auto from = position_of(call);
    if (!from) {
        return std::unexpected(from.error());
    }
    const auto page = backup::read_table_page(*file, *table, *from);
    if (!page) {
        return std::unexpected(page.error());
    }
    std::string body = "{\"items\":[";
    for (const auto& item : page->items) {
        body += body.back() == '[' ? "{\"Item\":" : ",{\"Item\":";
        item::append_dynamodb_json(item, body);
        body += '}';
    }
    body += ']';
    if (page->next) {
        body += fmt::format(",\"next\":\"{}\"",
                            make_page_token("backup", {std::to_string(page->next->offset),
                                                       std::to_string(page->next->checksum)}));
    }
    return json_answer(200, body + '}');
}

Answer create_restore(const Call& call) {
    const auto backups = backups_of(call);
    if (!backups) {
        return std::unexpected(backups.error());
    }
    if (auto type = check_media_type(call.request, std::array{kJson}); !type) {
        return std::unexpected(std::move(type.error()));
    }
    auto body = parse_restore(call.request.body);
    if (!body) {
        return std::unexpected(std::move(body).error());
    }
    auto& [request, reason] = *body;
    if (reason.empty()) {
        reason = request.to ? fmt::format("restored as of {}", format_instant(*request.to))
                            : fmt::format("restored from backup {}", request.id);
    }
    const auto job =
        (*backups)->restore(std::move(request), tables_for(call, std::move(reason), "restore"));
    return job ? Answer(json_answer(kAccepted, job_map(*job))) : std::unexpected(job.error());
}

Answer get_restore(const Call& call) {
    const auto backups = backups_of(call);
    if (!backups) {
        return std::unexpected(backups.error());
    }
    const auto job = (*backups)->restoring().find(call.arguments.front());
    if (!job) {
        return refusal_answer(management::NotFound{"there is no such restore"});
    }
    auto map = job_map(*job);
    map["from"] = job->subject;
    map.insert(job->result.begin(), job->result.end());
    return json_answer(200, map);
}

Answer import_table(const Call& call) {
    const auto backups = backups_of(call);
    if (!backups) {
        return std::unexpected(backups.error());
    }
    if (auto type = check_media_type(call.request, std::array{kLines, kJson}); !type) {
        return std::unexpected(std::move(type.error()));
    }
    if (call.request.body.size() > kImportBytesMax) {
        return fail(ErrorCode::kTooLarge,
                    fmt::format("the body is over {} bytes; send it in parts", kImportBytesMax));
    }
    const auto dry_run = call.parameters.flag("dryRun");
    const auto& table = call.arguments.front();
    const auto schema = call.parts.store.describe_table(table);
    if (!dry_run || !schema) {
        return dry_run ? refusal_answer(management::NotFound{"there is no such table"})
                       : Answer(std::unexpected(dry_run.error()));
    }
    auto lines = parse_lines(call.request.body, schema->key);
    if (!lines) {
        return std::unexpected(std::move(lines).error());
    }
    const auto tables = tables_for(call, "imported", "import");
    const auto counts =
        backup::put_items((*backups)->store(), *tables, table, std::move(lines->items), *dry_run);
    if (!counts) {
        return std::unexpected(counts.error());
    }
    item::Map account{{"added", number(counts->added)},
                      {"changed", number(counts->changed)},
                      {"same", number(counts->same)},
                      {"failed", number(lines->failed)},
                      {"errors", std::move(lines->errors)}};
    if (*dry_run) {
        account["dryRun"] = true;
    }
    return json_answer(200, account);
}

}  // namespace meridian::rest
