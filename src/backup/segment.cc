#include "backup/segment.h"

#include <utility>

#include "backup/archive_index.h"

namespace meridian::backup {

Result<SegmentWriter> SegmentWriter::create(const std::filesystem::path& folder,
                                            const SegmentHeader& header) {
    auto file = NewFile::create(folder / growing_name(header.log, header.after));
    if (!file) {
        return std::unexpected(std::move(file).error());
    }
    SegmentWriter writer(*std::move(file), folder, header);
    auto written = writer.file_.append(kMagic);
    if (written) {
        written = writer.file_.append(writer.framer_.frame(RecordKind::kSegment, encode(header)));
    }
    return written ? Result<SegmentWriter>(std::move(writer))
                   : std::unexpected(std::move(written).error());
}

Result<void> SegmentWriter::append(const ArchivedPart& part) {
    const auto before = file_.size();
    auto framer = framer_;
    auto written = file_.append(framer.frame(RecordKind::kChanges, encode(part)));
    if (written) {
        written = file_.sync();
    }
    if (!written) {
        // What can't be taken away either is found to be torn when it is read.
        (void)file_.cut(before);
        return written;
    }
    framer_ = framer;
    through_ = part.through;
    time_ = part.time;
    has_parts_ = true;
    return {};
}

Result<void> SegmentWriter::finish() {
    if (!has_parts_) {
        return {};
    }
    return file_.finish_as(folder_ /
                           name_of(SegmentFile{header_.log, header_.after, through_, time_}));
}

Result<SegmentReader> SegmentReader::open(std::unique_ptr<Input> input) {
    RecordReader records(std::move(input));
    auto first = records.next();
    if (!first) {
        return std::unexpected(std::move(first).error());
    }
    if (!*first || (*first)->kind != RecordKind::kSegment) {
        return records.damaged("a segment starts with another record");
    }
    auto header = decode_segment((*first)->payload);
    if (!header) {
        return records.damaged(header.error().message);
    }
    return SegmentReader(std::move(records), *std::move(header));
}

Result<std::optional<ArchivedPart>> SegmentReader::next() {
    auto record = records_.next();
    if (!record) {
        return std::unexpected(std::move(record).error());
    }
    if (!*record) {
        return std::nullopt;
    }
    if ((*record)->kind != RecordKind::kChanges) {
        return records_.damaged("a record that is not of a segment");
    }
    auto part = decode_part((*record)->payload);
    if (!part) {
        return records_.damaged(part.error().message);
    }
    const auto first = part->changes.empty() ? part->time : part->changes.front().time;
    if (part->after != through_ || first < time_) {
        return records_.damaged("a part of the change log that does not follow the one before");
    }
    through_ = part->through;
    time_ = part->time;
    return *std::move(part);
}

Result<std::optional<Growth>> measure_segment(const std::filesystem::path& file) {
    auto input = open_file(file);
    if (!input) {
        return std::unexpected(std::move(input).error());
    }
    auto reader = SegmentReader::open(*std::move(input));
    std::optional<Growth> growth;
    while (reader) {
        const auto part = reader->next();
        if (!part && part.error().code == ErrorCode::kIo) {
            return std::unexpected(part.error());
        }
        if (!part || !*part) {
            break;
        }
        growth = Growth{reader->header(), (*part)->through, (*part)->time, reader->offset()};
    }
    return growth;
}

}  // namespace meridian::backup
