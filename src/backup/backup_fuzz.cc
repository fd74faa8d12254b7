// Any bytes are a backup, a segment or an error; what is decoded is encoded to the same again.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "backup/backup_file.h"
#include "backup/segment.h"

namespace {

using namespace meridian;  // NOLINT(google-build-using-namespace)

template <typename Decoded>
void check_round_trip(const Decoded& decoded, std::string_view bytes) {
    if (decoded && backup::encode(*decoded) != bytes) {
        std::abort();
    }
}

// As the payload of a record, whose checksum a fuzzer does not find.
void decode_each(std::string_view bytes) {
    check_round_trip(backup::decode_header(bytes), bytes);
    check_round_trip(backup::decode_trailer(bytes), bytes);
    check_round_trip(backup::decode_segment(bytes), bytes);
    check_round_trip(backup::decode_part(bytes), bytes);
    const std::vector<store::TableSchema> tables{
        {"T", {{"id", item::KeyType::kString}, {}}},
        {"U", {{"id", item::KeyType::kString}, item::KeyAttribute{"n", item::KeyType::kNumber}}}};
    const auto items = backup::decode_items(tables, bytes);
    if (items && backup::encode_items(tables, *items) != bytes) {
        std::abort();
    }
}

void read_whole(std::string_view bytes) {
    backup::Tally tally;
    (void)backup::verify_backup(backup::open_bytes(bytes, "file"), tally);
    auto segment = backup::SegmentReader::open(backup::open_bytes(bytes, "file"));
    while (segment) {
        const auto part = segment->next();
        if (!part || !*part) {
            break;
        }
    }
}

// The bytes as records with good checksums: kind, length (2), payload.
std::string as_records(std::string_view bytes) {
    std::string file(backup::kMagic);
    backup::RecordFramer framer;
    while (bytes.size() >= 3) {
        const auto kind = static_cast<backup::RecordKind>(bytes[0]);
        const auto length = static_cast<std::size_t>(static_cast<unsigned char>(bytes[1])) * 256 +
                            static_cast<unsigned char>(bytes[2]);
        bytes.remove_prefix(3);
        file += framer.frame(kind, bytes.substr(0, length));
        bytes.remove_prefix(std::min(length, bytes.size()));
    }
    return file;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    decode_each(bytes);
    read_whole(bytes);
    read_whole(as_records(bytes));
    return 0;
}
