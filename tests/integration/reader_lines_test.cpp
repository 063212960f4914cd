// Reader lines as they are administered over the device protocol, against a line that only remembers.
#include <gtest/gtest.h>

#include "integration/door_site.hpp"

namespace sallyport::tests {

namespace json = boost::json;

namespace {

class RememberedLine final : public ports::ReaderLine {
  public:
    void set_light(base::DoorNumber, core::Light light, core::KeyboardLight) override {
        lights.push_back(light);
    }
    void show_signal(base::DoorNumber, core::Signal signal) override { signals.push_back(signal); }
    void accept_formats(const std::vector<core::CardFormat>& wanted) override { formats = wanted; }
    void report_state() override {}
    [[nodiscard]] const std::string& device() const override { return name; }
    [[nodiscard]] std::uint32_t baud() const override { return speed; }
    [[nodiscard]] base::Status device_state() const override { return {}; }
    [[nodiscard]] std::vector<ports::LinkedReader> readers() const override {
        return {{4, {1}, {1}, core::Direction::entry, ports::ReaderState::online, "model"}};
    }
    void start(std::uint32_t at, const std::vector<ports::ReaderKeys>& kept) override {
        if (at != 0) speed = at;
        keys = kept;
    }
    base::Status open_pairing(std::uint8_t, const base::Secret& key, base::Duration) override {
        if (!refusal) return base::fail(base::ErrorKind::conflict, "line_busy", "The line is busy.");
        given = key;
        return {};
    }
    void close_pairing() override {}
    base::Status rotate_key(std::uint8_t, const base::Secret& key) override {
        given = key;
        return {};
    }
    void change_baud(std::uint32_t to, Done done) override {
        if (refusal) speed = to;
        done(refusal);
    }
    void capture(base::Duration, Captured done) override { done(std::string("\x01\x02\x03", 3)); }

    std::string name = "/dev/line";
    std::uint32_t speed = 9'600;
    std::vector<ports::ReaderKeys> keys;
    base::Secret given;
    base::Status refusal;
    std::vector<core::CardFormat> formats;
    std::vector<core::Light> lights;
    std::vector<core::Signal> signals;
};

struct LineSite : DoorSite {
    RememberedLine line;
    LineSite() {
        reader_lines->add(line);
        reader_lines->start(memory.load().value());
    }
    std::string last_detail() {
        run_until([this] { return store->idle(); });
        const auto last = controller->last();
        const auto read = memory.read_after({last.generation, last.sequence - 1}, 1);
        return read && !read->empty() ? read->front().record.detail : "";
    }
};

const json::object fourth{{"line", 1}, {"address", 4}};
const json::object fourth_for_5_min{{"line", 1}, {"address", 4}, {"minutes", 5}};

}  // namespace

TEST(ReaderLines, a_key_is_durable_before_a_reader_is_given_it_and_its_own_afterwards) {
    LineSite site;
    auto client = owner_of(site);
    EXPECT_EQ(client->refused("sallyport.readers.rotateKey", fourth), "reader_unpaired");
    client->ask("sallyport.readers.pair", fourth_for_5_min);
    auto image = site.memory.load().value();
    ASSERT_EQ(image.reader_keys.size(), 1U);
    EXPECT_EQ(image.reader_keys[0].device, "/dev/line");
    EXPECT_EQ(image.reader_keys[0].pending.size(), 16U);
    EXPECT_TRUE(image.reader_keys[0].pending.equals(site.line.given));
    EXPECT_TRUE(image.reader_keys[0].own.empty());

    const auto first = site.line.given;
    site.line.on_key_taken(4, first);
    EXPECT_EQ(site.last_detail(), "reader_key_taken line=1 address=4");
    client->ask("sallyport.readers.rotateKey", fourth);
    image = site.memory.load().value();
    EXPECT_TRUE(image.reader_keys[0].own.equals(first));
    EXPECT_TRUE(image.reader_keys[0].pending.equals(site.line.given));
    EXPECT_FALSE(site.line.given.equals(first));
}

TEST(ReaderLines, what_a_line_refuses_is_answered_and_recorded) {
    LineSite site;
    auto client = owner_of(site);
    site.line.refusal = base::fail(base::ErrorKind::conflict, "baud_refused", "Not every reader follows.");
    EXPECT_EQ(client->refused("sallyport.readers.pair", fourth_for_5_min), "line_busy");
    EXPECT_EQ(site.last_detail(), "reader_key_refused line=1 address=4 why=line_busy");
    EXPECT_EQ(client->refused("sallyport.readers.setLine", {{"line", 1}, {"baud", 115'200}}), "baud_refused");
    EXPECT_EQ(site.last_detail(), "line_speed_refused line=1 to=115200 by=admin why=baud_refused");
    EXPECT_TRUE(site.memory.load()->line_speeds.empty());
    EXPECT_EQ(client->refused("sallyport.readers.setLine", {{"line", 1}, {"baud", 14'400}}),
              "invalid_parameter");
    EXPECT_EQ(client->refused("sallyport.readers.setLine", {{"line", 7}, {"baud", 9'600}}), "line_unknown");
    EXPECT_EQ(client->refused("sallyport.readers.pair", {{"line", 1}, {"address", 9}, {"minutes", 1}}),
              "reader_unknown");
    EXPECT_EQ(client->refused("sallyport.readers.pair", {{"line", 1}, {"address", 4}, {"minutes", 11}}),
              "invalid_parameter");
}

TEST(ReaderLines, a_speed_that_the_disk_does_not_keep_is_taken_back) {
    LineSite site;
    auto client = owner_of(site);
    client->ask("sallyport.readers.setLine", {{"line", 1}, {"baud", 57'600}});
    EXPECT_EQ(site.memory.load()->line_speeds.at(0).baud, 57'600U);
    site.memory.fail_with(base::Error{base::ErrorKind::storage, "disk_full", "The disk is full."});
    EXPECT_NE(client->refused("sallyport.readers.setLine", {{"line", 1}, {"baud", 9'600}}), "");
    EXPECT_EQ(site.line.speed, 57'600U);
    site.memory.fail_with(std::nullopt);
}

TEST(ReaderLines, R4_formats_are_taken_as_a_whole_or_not_at_all_and_kept) {
    LineSite site;
    auto client = owner_of(site);
    const json::object own{
        {"name", "Site"}, {"bits", "P CCCCCCCCC"}, {"parities", json::array{"E XXXXXXXXX"}}};
    client->ask("sallyport.readers.setFormats", {{"formats", json::array{{{"name", "H10301"}}, own}}});
    EXPECT_EQ(site.last_detail(), "card_formats_set count=2 by=admin");
    const std::vector<core::CardFormat> wanted{
        {.name = "H10301"}, {.name = "Site", .bits = "P CCCCCCCCC", .parities = {"E XXXXXXXXX"}}};
    EXPECT_EQ(site.line.formats, wanted);
    EXPECT_EQ(site.memory.load()->card_formats, wanted);
    const auto listed = client->ask("sallyport.readers.list").at("formats").as_array();
    EXPECT_EQ(listed, (json::array{{{"name", "H10301"}}, own}));

    const json::object wrong{{"name", "Site"}, {"bits", "P CCCCCCCCC"}};
    EXPECT_EQ(client->refused("sallyport.readers.setFormats", {{"formats", json::array{wrong}}}),
              "wiegand_format");
    EXPECT_EQ(client->refused("sallyport.readers.setFormats", {}), "invalid_parameter");
    EXPECT_EQ(client->refused("sallyport.readers.setFormats", {{"formats", json::array{7}}}),
              "invalid_parameter");
    site.memory.fail_with(base::Error{base::ErrorKind::storage, "disk_full", "The disk is full."});
    EXPECT_NE(client->refused("sallyport.readers.setFormats", {{"formats", json::array{}}}), "");
    site.memory.fail_with(std::nullopt);
    EXPECT_EQ(site.line.formats, wanted);
    EXPECT_EQ(site.memory.load()->card_formats, wanted);

    RememberedLine later;
    site.reader_lines->add(later);
    site.reader_lines->start(site.memory.load().value());
    EXPECT_EQ(later.formats, wanted);
    client->ask("sallyport.readers.setFormats", {{"formats", json::array{}}});
    EXPECT_TRUE(later.formats.empty());
}

TEST(ReaderLines, are_listed_and_captured_and_hear_what_their_door_shows) {
    LineSite site;
    auto client = owner_of(site);
    const auto lines = client->ask("sallyport.readers.list").at("lines").as_array();
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(lines[0].at("baud"), 9'600);
    const auto& reader = lines[0].at("readers").at(0);
    EXPECT_EQ(reader.at("state"), "online");
    EXPECT_EQ(reader.at("door"), 1);
    EXPECT_EQ(client->ask("sallyport.readers.capture", {{"line", 1}, {"seconds", 1}}).at("pcap"), "AQID");
    site.line.on_event(core::CardRead{{1}, {1}, {7}}, site.clock.monotonic());
    EXPECT_EQ(site.line.signals.back(), core::Signal::denied);
    EXPECT_EQ(site.line.lights.back(), core::Light::red);
}

}  // namespace sallyport::tests
