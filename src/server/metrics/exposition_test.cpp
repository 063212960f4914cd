#include "server/metrics/exposition.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/metrics/request_meter.hpp"

namespace sallyport::server {
namespace {

using testing::HasSubstr;

class StepClock final : public ports::Clock {
  public:
    [[nodiscard]] base::Instant monotonic() const override { return {base::Duration{now}}; }
    [[nodiscard]] base::UtcTime utc() const override { return {now}; }
    [[nodiscard]] base::ClockTrust trust() const override { return base::ClockTrust::set; }
    base::Status set_utc(base::UtcTime) override { return {}; }
    std::int64_t now = 0;
};

TEST(Exposition, is_prometheus_text) {
    Exposition out;
    out.family("doors", "gauge", "How many.");
    out.sample("doors", {{"state", "open"}, {"name", "a \"b\"\\c\nd"}}, 3);
    out.single("sum", "counter", "All.", 1'234'567'890'123.0);
    EXPECT_EQ(out.text(),
              "# HELP doors How many.\n# TYPE doors gauge\n"
              "doors{state=\"open\",name=\"a \\\"b\\\"\\\\c\\nd\"} 3\n"
              "# HELP sum All.\n# TYPE sum counter\nsum 1234567890123\n");
}

TEST(RequestMeter, counts_each_bucket_with_the_ones_before) {
    StepClock clock;
    RequestMeter meter(clock);
    for (const std::int64_t took : {400, 4'000, 20'000'000}) {
        const auto began = meter.now();
        clock.now += took;
        meter.count("GET", "/doors/{id}", took > 5'000'000 ? 503 : 200, began);
    }
    Exposition out;
    meter.write(out);
    const std::string of = R"({method="GET",route="/doors/{id}",)";
    EXPECT_THAT(out.text(), HasSubstr("sallyport_http_requests_total" + of + "status=\"200\"} 2\n"));
    EXPECT_THAT(out.text(), HasSubstr("sallyport_http_requests_total" + of + "status=\"503\"} 1\n"));
    const std::string bucket = "sallyport_http_request_duration_seconds_bucket" + of;
    EXPECT_THAT(out.text(), HasSubstr(bucket + "le=\"0.001\"} 1\n"));
    EXPECT_THAT(out.text(), HasSubstr(bucket + "le=\"0.005\"} 2\n"));
    EXPECT_THAT(out.text(), HasSubstr(bucket + "le=\"10\"} 2\n"));
    EXPECT_THAT(out.text(), HasSubstr(bucket + "le=\"+Inf\"} 3\n"));
    EXPECT_THAT(out.text(), HasSubstr("_count{method=\"GET\",route=\"/doors/{id}\"} 3\n"));
    EXPECT_THAT(out.text(), HasSubstr("_sum{method=\"GET\",route=\"/doors/{id}\"} 20.0044\n"));
}

}  // namespace
}  // namespace sallyport::server
