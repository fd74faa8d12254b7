#include "aws/encoding.h"

#include <gtest/gtest.h>

namespace meridian::aws {
namespace {

std::string encoded(std::string_view text, Slash slash = Slash::kEncoded) {
    std::string out;
    append_uri_encoded(out, text, slash);
    return out;
}

std::string decoded(std::string_view text) {
    std::string out;
    append_uri_decoded(out, text);
    return out;
}

// FIPS 180-2, appendix B; RFC 4231, test cases 1, 2 and 6 (a key longer than a block).
TEST(Hash, PublishedValues) {
    EXPECT_EQ(hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(hex(sha256("abc")),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(hex(HmacKey(std::string(20, '\x0b')).sign("Hi There")),
              "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    EXPECT_EQ(hex(HmacKey("Jefe").sign("what do ya want for nothing?")),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    EXPECT_EQ(hex(HmacKey(std::string(131, '\xaa'))
                      .sign("Test Using Larger Than Block-Size Key - Hash Key First")),
              "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(UriEncoding, LeavesOnlyUnreservedCharacters) {
    EXPECT_EQ(encoded("AZaz09-._~"), "AZaz09-._~");
    EXPECT_EQ(encoded("a b+c*d'(e)!"), "a%20b%2Bc%2Ad%27%28e%29%21");
    EXPECT_EQ(encoded("\xC3\xBC"), "%C3%BC");
    EXPECT_EQ(encoded(std::string_view("\0\x7f", 2)), "%00%7F");
    EXPECT_EQ(encoded("a/b"), "a%2Fb");
    EXPECT_EQ(encoded("a/b%2F", Slash::kKept), "a/b%252F");
}

TEST(UriEncoding, DecodesWhatIsEncodedAndNothingElse) {
    EXPECT_EQ(decoded("a%2fb%2Fc"), "a/b/c");
    EXPECT_EQ(decoded("a+b"), "a+b");
    EXPECT_EQ(decoded("%41%"), "A%");
    EXPECT_EQ(decoded("%4"), "%4");
    EXPECT_EQ(decoded("%zz%"), "%zz%");
    EXPECT_EQ(decoded("%%41"), "%A");
    EXPECT_EQ(decoded("%25%34%31"), "%41") << "decoded once";
}

TEST(UriEncoding, RoundTripsEveryByte) {
    std::string all;
    for (int byte = 0; byte < 256; ++byte) {
        all.push_back(static_cast<char>(byte));
    }
    EXPECT_EQ(decoded(encoded(all)), all);
}

TEST(Trim, TakesBlanksAtTheEndsOnly) {
    EXPECT_EQ(trim(" \ta b\t "), "a b");
    EXPECT_EQ(trim(" \t "), "");
    EXPECT_EQ(trim("\na"), "\na");
}

}  // namespace
}  // namespace meridian::aws
