#include "dynamo/stream_reader.h"

#include <algorithm>
#include <utility>

namespace meridian::dynamo {
namespace {

// Collects records until a bound is reached.
class Collector {
  public:
    Collector(const StreamPlace& place, const RecordStyle& style, const StreamBounds& bounds)
        : place_(place), style_(style), bounds_(bounds) {
        page_.after = place.after;
    }

    // False: it doesn't fit, nor will anything after it.
    bool take(const store::Change& change) {
        if (place_.last && change.sequence > *place_.last) {
            page_.after = *place_.last;
            return false;
        }
        if (has_record(change)) {
            const auto bytes = record_bytes(change, style_.view);
            if (page_.count > 0 && bytes_ + bytes > bounds_.bytes) {
                return false;
            }
            page_.records += page_.count > 0 ? "," : "";
            append_record(change, style_, page_.records);
            bytes_ += bytes;
            ++page_.count;
        }
        page_.after = change.sequence;
        return page_.count < bounds_.records;
    }
    void pass(store::SequenceNumber through) { page_.after = std::max(page_.after, through); }

    [[nodiscard]] std::size_t room() const { return bounds_.records - page_.count; }
    [[nodiscard]] store::SequenceNumber after() const { return page_.after; }
    StreamPage finish() {
        page_.closed = place_.last && page_.after >= *place_.last;
        return std::move(page_);
    }

  private:
    const StreamPlace& place_;
    const RecordStyle& style_;
    const StreamBounds& bounds_;
    StreamPage page_;
    std::size_t bytes_ = 0;
};

std::unexpected<Failure> refuse_read(Error error) {
    return error.code == ErrorCode::kLogTrimmed
               ? refuse("TrimmedDataAccessException",
                        "The data you are trying to access has been trimmed")
               : passed_on(std::move(error));
}

}  // namespace

Outcome<StreamPage> read_stream(const store::TableStore& store, StreamPlace place,
                                const RecordStyle& style, const StreamBounds& bounds) {
    Collector collector(place, style, bounds);
    // Later changes are the next call's, so that a busy writer keeps nobody here.
    auto end = store.last_sequence();
    end = place.last ? std::min(end, *place.last) : end;
    end = std::min(end, place.after + bounds.walk);
    while (collector.after() < end) {
        const auto before = collector.after();
        auto found = store.read_table_log(place.table, before, collector.room());
        if (!found) {
            return refuse_read(std::move(found).error());
        }
        const bool all_taken = std::ranges::all_of(
            found->changes, [&](const store::Change& change) { return collector.take(change); });
        if (!all_taken) {
            break;
        }
        collector.pass(found->through);
        if (collector.after() == before) {
            break;
        }
    }
    return collector.finish();
}

}  // namespace meridian::dynamo
