#include "aws/timestamp.h"

#include <gtest/gtest.h>

namespace meridian::aws {
namespace {

TEST(Timestamp, RoundTrips) {
    for (const std::string_view text : {"20150830T123600Z", "19700101T000000Z", "20240229T235959Z",
                                        "00000101T000000Z", "99991231T235959Z"}) {
        const auto instant = parse_timestamp(text);
        ASSERT_TRUE(instant) << text;
        EXPECT_EQ(format_timestamp(*instant), text);
    }
    EXPECT_EQ(parse_timestamp("20150830T123600Z"), *parse_instant("2015-08-30T12:36:00Z"));
}

TEST(Timestamp, CutsOffMilliseconds) {
    EXPECT_EQ(format_timestamp(*parse_instant("2015-08-30T12:36:00.999Z")), "20150830T123600Z");
    EXPECT_EQ(format_timestamp(*parse_instant("1969-12-31T23:59:59.500Z")), "19691231T235959Z");
}

TEST(Timestamp, RefusesAnythingElse) {
    for (const std::string_view text :
         {"", "20150830", "20150830T123600", "20150830T123600z", "20150830t123600Z",
          "2015-08-30T12:36:00Z", "20150830T123600Z ", " 20150830T123600Z", "20150230T123600Z",
          "20151330T123600Z", "20150830T243600Z", "20150830T126000Z", "20150830T123660Z",
          "2015083OT123600Z", "+0150830T123600Z"}) {
        EXPECT_FALSE(parse_timestamp(text)) << text;
    }
}

TEST(HttpDate, ReadsThePreferredForm) {
    EXPECT_EQ(parse_http_date("Sun, 30 Aug 2015 12:36:00 GMT"),
              parse_timestamp("20150830T123600Z"));
    for (const std::string_view text :
         {"", "Sun, 30 Aug 2015 12:36:00", "Sun, 30 Aug 2015 12:36:00 UTC",
          "Sun, 30 Avg 2015 12:36:00 GMT", "Sun, 31 Feb 2015 12:36:00 GMT",
          "Sunday, 30-Aug-15 12:36:00 GMT", "Sun Aug 30 12:36:00 2015",
          "Sun, 3O Aug 2015 12:36:00 GMT"}) {
        EXPECT_FALSE(parse_http_date(text)) << text;
    }
}

}  // namespace
}  // namespace meridian::aws
