#include "aws/xml_leaves.h"

#include <gtest/gtest.h>

namespace meridian::aws {
namespace {

TEST(XmlLeaves, FindsTextByWhereItStands) {
    const auto leaves = read_xml_leaves(
        "\xEF\xBB\xBF<?xml version=\"1.0\"?>\n<!-- c -->\n<a xmlns='http://x/' b = \"1>2\" >\n"
        "  <n:b><c>1</c><c>2</c></n:b>\n  <d/>\n  <e>x &amp; &#65;&#x20AC;&lt;<![CDATA[<&>]]>"
        "<!-- no --></e>\n</a>\n<!-- end -->");
    ASSERT_TRUE(leaves);
    EXPECT_EQ(leaf(*leaves, "a/b/c"), "1");
    EXPECT_EQ(leaf(*leaves, "a/d"), "");
    EXPECT_EQ(leaf(*leaves, "a/e"), "x & A\xE2\x82\xAC<<&>");
    EXPECT_EQ(leaf(*leaves, "a/f"), "");
    EXPECT_EQ(leaves->size(), 4U);
}

TEST(XmlLeaves, RefusesWhatIsMalformedOrTooMuch) {
    std::string deep;
    for (int i = 0; i < 17; ++i) {
        deep += "<a>";
    }
    std::string many = "<a>";
    for (int i = 0; i < 1'025; ++i) {
        many += "<b/>";
    }
    for (const std::string& text : {std::string(),
                                    std::string("text"),
                                    std::string("<a>"),
                                    std::string("<a></b>"),
                                    std::string("<a></a><b></b>"),
                                    std::string("<a></a>x"),
                                    std::string("</a>"),
                                    std::string("<a b></a>"),
                                    std::string("<a b='></a>"),
                                    std::string("<a b=1></a>"),
                                    std::string("<a b='1'c='2'></a>"),
                                    std::string("<a>&no;</a>"),
                                    std::string("<a>&amp</a>"),
                                    std::string("<a>&#0;</a>"),
                                    std::string("<a>&#xD800;</a>"),
                                    std::string("<a>&#x110000;</a>"),
                                    std::string("<a><![CDATA[</a>"),
                                    std::string("<a><!-- </a>"),
                                    std::string("<a"),
                                    std::string("<?xml"),
                                    std::string("<![CDATA[x]]>"),
                                    std::string("< a></a>"),
                                    std::string("<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>"),
                                    deep,
                                    many + "</a>",
                                    "<" + std::string(200, 'a') + "/>",
                                    "<a>" + std::string(300'000, 'x') + "</a>"}) {
        EXPECT_FALSE(read_xml_leaves(text)) << text.substr(0, 60);
    }
}

}  // namespace
}  // namespace meridian::aws
