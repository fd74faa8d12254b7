#include "peer_book.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "store/rocksdb/temporary_folder.h"

namespace meridian::app {
namespace {

using Addresses = std::vector<api::RegionAddress>;

constexpr std::string_view kUrl = "http://127.0.0.1:7404";

std::string text_of(const std::filesystem::path& file) {
    std::stringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
}

class Book : public testing::Test {
  protected:
    Result<PeerBook> open() {
        return PeerBook::open(file, "us-east-1", {*parse_peer("eu-west-1=127.0.0.1:7402", "")}, "");
    }
    PeerBook::OnPeer remember() {
        return [this](const api::RegionAddress& peer) { told.push_back(peer); };
    }

    store::TemporaryFolder folder;
    std::filesystem::path file = folder.path() / "peers";
    Addresses told;
};

TEST(Peer, IsParsedWithAndWithoutAScheme) {
    EXPECT_EQ(parse_peer("eu-west-1=127.0.0.1:7402", "")->port, 7402);
    EXPECT_FALSE(parse_peer("eu-west-1=http://127.0.0.1:7402", "ca")->tls);
    const auto secure = parse_peer("eu-west-1=https://127.0.0.1:7402", "ca");
    EXPECT_TRUE(secure->tls);
    EXPECT_EQ(secure->host, "127.0.0.1");
    EXPECT_EQ(secure->ca_file, "ca");
    for (const auto* bad : {"", "eu-west-1", "=127.0.0.1:1", "eu-west-1=:1", "eu-west-1=host"}) {
        EXPECT_FALSE(parse_peer(bad, "")) << bad;
    }
}

TEST_F(Book, KeepsWhoCameByItself) {
    {
        auto book = open();
        EXPECT_TRUE(book->welcome("sa-east-1", kUrl, remember()));
        EXPECT_TRUE(book->welcome("sa-east-1", kUrl, remember()));
        EXPECT_EQ(told.size(), 1U);  // the second time it was known
    }
    const auto all = open()->all();
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[1].region, "sa-east-1");
    EXPECT_EQ(all[1].port, 7404);
}

TEST_F(Book, FollowsAPeerThatMoves) {
    auto book = open();
    EXPECT_TRUE(book->welcome("sa-east-1", kUrl, remember()));
    EXPECT_TRUE(book->welcome("sa-east-1", "https://127.0.0.1:9000", remember()));
    ASSERT_EQ(told.size(), 2U);
    EXPECT_TRUE(told[1].tls);
    EXPECT_EQ(text_of(file), "sa-east-1=https://127.0.0.1:9000\n");
}

TEST_F(Book, DoesNotLetAToldPeerMove) {
    auto book = open();
    EXPECT_TRUE(book->welcome("eu-west-1", "http://127.0.0.1:9999", remember()));
    EXPECT_TRUE(told.empty());
    EXPECT_EQ(book->all()[0].port, 7402);
}

TEST_F(Book, RefusesItselfOddNamesOddAddressesAndTooMany) {
    auto book = open();
    EXPECT_FALSE(book->welcome("us-east-1", kUrl, remember()));
    EXPECT_FALSE(book->welcome("", kUrl, remember()));
    EXPECT_FALSE(book->welcome("a\nb=127.0.0.1:1", kUrl, remember()));
    EXPECT_FALSE(book->welcome("sa-east-1", "http://nowhere", remember()));
    for (int i = 0; i < 24; ++i) {
        EXPECT_TRUE(book->welcome("r" + std::to_string(i), kUrl, remember())) << i;
    }
    EXPECT_FALSE(book->welcome("one-more", kUrl, remember()));
    EXPECT_TRUE(book->welcome("r0", kUrl, remember()));
}

TEST_F(Book, NamesAFileThatItCannotRead) {
    std::ofstream(file) << "what is this\n";
    const auto book = open();
    ASSERT_FALSE(book);
    EXPECT_NE(book.error().message.find(file.string()), std::string::npos);
}

TEST_F(Book, WelcomesAlsoWhenTheFileCannotBeWritten) {
    auto book = PeerBook::open(folder.path() / "missing" / "peers", "us-east-1", {}, "");
    EXPECT_TRUE(book->welcome("sa-east-1", kUrl, remember()));
    EXPECT_EQ(book->all().size(), 1U);
}

}  // namespace
}  // namespace meridian::app
