#include "dynamo/stream_lookup.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>

namespace meridian::dynamo {
namespace {

std::unexpected<Failure> no_stream(std::string_view arn) {
    return resource_not_found(
        fmt::format("Requested resource not found: Stream: {} not found", arn));
}

// Also when it was deleted.
bool was_in(const TableDescription& table, std::string_view region) {
    return table.is_own() || std::ranges::find(table.regions, region) != table.regions.end();
}

// Nothing: the log has nothing of it any more.
Outcome<std::optional<Stream>> open_stream(const World& world, TablePtr table,
                                           const StreamDescription& description) {
    auto span = read_stream_span(world.store, table->id, description.label);
    if (!span) {
        return passed_on(std::move(span).error());
    }
    Stream stream{std::move(table), description, *std::move(span)};
    if (!stream.enabled()) {
        const auto last = stream.span ? stream.last(world.store) : std::nullopt;
        if (!last || (world.store.trimmed() > 0 && *last <= world.store.trimmed())) {
            return std::nullopt;
        }
    }
    return stream;
}

// Newer before older.
bool is_before(const StreamName& a, const StreamName& b) {
    return std::tie(b.label, a.table) < std::tie(a.label, b.table);
}

}  // namespace

std::optional<store::SequenceNumber> Stream::last(const store::TableStore& store) const {
    if (enabled() || !span) {
        return std::nullopt;
    }
    // A deleted table's stream may not have been switched off before: it goes no further.
    return span->through ? *span->through : store.last_sequence();
}

Outcome<Stream> find_stream(const World& world, std::string_view arn) {
    const auto name = parse_stream_arn(arn);
    if (!name) {
        return validation("Invalid StreamArn");
    }
    const auto wanted = [&](const TableDescription& table) {
        return table.name == name->table && was_in(table, world.region);
    };
    auto tables = std::vector{world.tables.find(name->table)};
    std::ranges::copy(world.tables.everywhere(), std::back_inserter(tables));
    for (const auto& table : tables) {
        if (table == nullptr || name->region != world.region || !wanted(*table)) {
            continue;
        }
        const auto description =
            std::ranges::find(table->streams, name->label, &StreamDescription::label);
        if (description != table->streams.end()) {
            auto stream = open_stream(world, table, *description);
            if (!stream) {
                return std::unexpected(std::move(stream).error());
            }
            return *stream ? Outcome<Stream>(**std::move(stream)) : no_stream(arn);
        }
    }
    return no_stream(arn);
}

Outcome<StreamList> list_streams(const World& world, std::string_view table,
                                 const std::optional<StreamName>& after, std::size_t limit) {
    std::vector<std::pair<StreamName, TablePtr>> found;
    for (const auto& candidate : world.tables.everywhere()) {
        if ((!table.empty() && candidate->name != table) || !was_in(*candidate, world.region)) {
            continue;
        }
        for (const auto& stream : candidate->streams) {
            StreamName name{world.region, candidate->name, stream.label};
            if (!after || is_before(*after, name)) {
                found.emplace_back(std::move(name), candidate);
            }
        }
    }
    std::ranges::sort(found, is_before, [](const auto& entry) { return entry.first; });
    StreamList list;
    for (auto& [name, owner] : found) {
        const auto description =
            std::ranges::find(owner->streams, name.label, &StreamDescription::label);
        const auto stream = open_stream(world, owner, *description);
        if (!stream) {
            return std::unexpected(stream.error());
        }
        if (*stream && list.streams.size() == limit) {
            list.more = true;
            break;
        }
        if (*stream) {
            list.streams.push_back(std::move(name));
        }
    }
    return list;
}

}  // namespace meridian::dynamo
