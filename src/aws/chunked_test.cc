#include "aws/chunked.h"

#include <gtest/gtest.h>

#include "aws/sigv4_testing.h"

namespace meridian::aws {
namespace {

using testing::Message;
using testing::Viewed;

const Credentials kCredentials{.access_key_id = "AKIAIOSFODNN7EXAMPLE",
                               .secret_access_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                               .session_token = "",
                               .expires = {}};
const Instant kAt = *parse_timestamp("20130524T000000Z");

Message object(std::string_view announced) {
    return {.method = "PUT",
            .target = "/examplebucket/chunkObject.txt",
            .headers = {{"Host", "s3.amazonaws.com"},
                        {"x-amz-date", "20130524T000000Z"},
                        {"x-amz-storage-class", "REDUCED_REDUNDANCY"},
                        {"x-amz-content-sha256", std::string(announced)},
                        {"Content-Encoding", "aws-chunked"},
                        {"x-amz-decoded-content-length", "66560"}},
            .body = ""};
}

std::string authorization(std::string_view headers, std::string_view signature) {
    return fmt::format(
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
        "SignedHeaders={},Signature={}",
        headers, signature);
}

Result<Principal> verify(const Message& message) {
    const ManualClock clock(kAt);
    const Verifier verifier(
        [](std::string_view) { return std::make_shared<const Credentials>(kCredentials); },
        {.region = "us-east-1", .services = {"s3"}}, clock);
    return verifier.verify(Viewed(message));
}

// 65 KB of 'a' in chunks of 64 KB, 1 KB and none, as in Amazon S3's API Reference, "Signature
// calculations for the Authorization header: transferring payload in multiple chunks".
TEST(Chunked, AcceptsTheExampleOfS3) {
    auto message = object("STREAMING-AWS4-HMAC-SHA256-PAYLOAD");
    message.header("Content-Length") = "66824";
    message.header("Authorization") = authorization(
        "content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;"
        "x-amz-decoded-content-length;x-amz-storage-class",
        "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9");
    message.body =
        "10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648"
        "\r\n" +
        std::string(65536, 'a') +
        "\r\n400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497"
        "\r\n" +
        std::string(1024, 'a') +
        "\r\n0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9"
        "\r\n\r\n";
    ASSERT_EQ(message.body.size(), 66824U);
    const auto principal = verify(message);
    ASSERT_TRUE(principal) << principal.error().message;
    EXPECT_EQ(Verifier::decoded_body(Viewed(message)), std::string(66560, 'a'));
    message.body[70000 - 4000] = 'b';
    EXPECT_EQ(verify(message).error().code, ErrorCode::kInvalidSignature);
}

// The same with a checksum at the end, from "… including trailing headers".
TEST(Chunked, AcceptsTheExampleOfS3WithATrailer) {
    auto message = object("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER");
    message.header("x-amz-trailer") = "x-amz-checksum-crc32c";
    message.header("Authorization") = authorization(
        "content-encoding;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;"
        "x-amz-storage-class;x-amz-trailer",
        "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e");
    message.body =
        "10000;chunk-signature=b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2"
        "\r\n" +
        std::string(65536, 'a') +
        "\r\n400;chunk-signature=1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7"
        "\r\n" +
        std::string(1024, 'a') +
        "\r\n0;chunk-signature=2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992"
        "\r\nx-amz-checksum-crc32c:sOO8/Q==\r\n"
        "x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435"
        "\r\n\r\n";
    const auto principal = verify(message);
    ASSERT_TRUE(principal) << principal.error().message;
    EXPECT_EQ(Verifier::decoded_body(Viewed(message)), std::string(66560, 'a'));
}

TEST(Chunked, DecodesUnsignedChunks) {
    const auto decode = [](std::string_view body) {
        return decode_chunks(body, ChunkedForm::kUnsignedWithTrailer);
    };
    EXPECT_EQ(decode("0\r\n\r\n"), "");
    EXPECT_EQ(decode("3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n"), "abc0123456789");
    EXPECT_EQ(decode("3\r\nabc\r\n0\r\nx-amz-checksum-crc32:AAAA\r\n\r\n"), "abc");
    EXPECT_EQ(decode("2\r\n\r\n\r\n0\r\n\r\n"), "\r\n") << "data that looks like framing";
    for (const std::string_view wrong :
         {"", "0", "0\r\n", "0\n\n", "3\r\nabcd\r\n0\r\n\r\n", "4\r\nabc\r\n0\r\n\r\n",
          "3\r\nabc0\r\n\r\n", "\r\nabc\r\n0\r\n\r\n", " 3\r\nabc\r\n0\r\n\r\n",
          "0x3\r\nabc\r\n0\r\n\r\n", "100000000\r\n\r\n0\r\n\r\n", "0\r\n\r\n\r\n",
          "0\r\nx-amz-trailer-signature:a\r\n\r\n"}) {
        EXPECT_FALSE(decode(wrong)) << wrong;
    }
}

TEST(Chunked, LeavesOtherBodiesAlone) {
    const Message message{.method = "POST",
                          .target = "/",
                          .headers = {{"x-amz-content-sha256", "UNSIGNED-PAYLOAD"}},
                          .body = "0\r\n\r\n"};
    EXPECT_EQ(Verifier::decoded_body(Viewed(message)), "0\r\n\r\n");
}

// Trailers are signed in the order of their names, whatever the order in which they are sent.
TEST(Chunked, SortsTrailers) {
    ChunkReader reader("0\r\nB: 2\r\na:1\r\n\r\n", ChunkedForm::kUnsignedWithTrailer);
    ASSERT_TRUE(reader.next());
    const auto trailers = reader.trailers();
    ASSERT_TRUE(trailers);
    EXPECT_EQ(trailers->canonical, "a:1\nb:2\n");
}

}  // namespace
}  // namespace meridian::aws
