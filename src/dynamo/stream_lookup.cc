#include "dynamo/stream_lookup.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
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

const StreamDescription* description_of(const TableDescription& table, std::string_view label) {
    const auto found = std::ranges::find(table.streams, label, &StreamDescription::label);
    return found == table.streams.end() ? nullptr : &*found;
}

// The table that has, or had, the stream; null: none. Most often it is the one that is there.
TablePtr find_owner(const World& world, const StreamName& name) {
    auto live = world.tables.find(name.table);
    if (live != nullptr && description_of(*live, name.label) != nullptr) {
        return live;
    }
    for (auto& table : world.tables.everywhere()) {
        if (table->name == name.table && was_in(*table, world.region) &&
            description_of(*table, name.label) != nullptr) {
            return std::move(table);
        }
    }
    return nullptr;
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
    const auto table = name->region == world.region ? find_owner(world, *name) : nullptr;
    if (table == nullptr) {
        return no_stream(arn);
    }
    auto stream = open_stream(world, table, *description_of(*table, name->label));
    if (!stream) {
        return std::unexpected(std::move(stream).error());
    }
    return *stream ? Outcome<Stream>(**std::move(stream)) : no_stream(arn);
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
    std::ranges::sort(found, is_before, &std::pair<StreamName, TablePtr>::first);
    StreamList list;
    for (auto& [name, owner] : found) {
        const auto stream = open_stream(world, owner, *description_of(*owner, name.label));
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
