// K9, R3: a whole controller in the working mode "reader", with a panel that only remembers.
#include "controller/reader_mode.hpp"

#include <gtest/gtest.h>

#include "integration/door_site.hpp"

namespace sallyport::tests {

namespace {

class RememberedPanel final : public ports::PanelLink {
  public:
    [[nodiscard]] const std::string& device() const override { return name; }
    [[nodiscard]] std::uint8_t address() const override { return 3; }
    void start(const base::Secret& kept) override {
        serving = true;
        key = kept;
    }
    void stop() override { serving = false; }
    [[nodiscard]] bool connected() const override { return serving && in_touch; }
    base::Status tell(base::CardNumber card) override {
        if (refusal) told += card.text() + " ";
        return refusal;
    }
    void tell(char pressed) override { told.push_back(pressed); }

    std::string name = "/dev/up";
    bool serving = false;
    bool in_touch = true;
    base::Status refusal;
    base::Secret key;
    std::string told;
};

struct ReaderSite : DoorSite {
    RememberedPanel upstream;
    controller::ReaderMode mode{*controller, upstream};
    ReaderSite() {
        mode.start(memory.load().value());
        controller->connect(mode);
        post("/panel/keys", {{"keys", "#88888888#5#1#*"}});
    }
};

}  // namespace

TEST(ReaderMode, R3_cards_and_codes_go_up_and_what_the_panel_shows_is_shown) {
    ReaderSite site;
    ASSERT_TRUE(site.upstream.serving);
    const auto records = site.controller->last();
    site.post("/panel/card", {{"number", "04A1B2C3"}});
    site.post("/panel/keys", {{"keys", "1001#2468#"}});
    EXPECT_EQ(site.upstream.told, "04A1B2C3 1001#2468#");
    EXPECT_EQ(site.controller->last(), records) << "the panel records, not its reader";
    site.upstream.on_light(core::Light::green);
    site.upstream.on_beep(core::Signal::success);
    const auto state = site.state();
    EXPECT_EQ(state.at("light"), "green");
    EXPECT_EQ(state.at("lock"), "locked");
    EXPECT_EQ(state.at("signals").as_array().back().at("signal"), "success");
}

TEST(ReaderMode, R3_the_admin_password_never_goes_up_and_its_menu_shows_its_own_light) {
    ReaderSite site;
    site.upstream.on_light(core::Light::green);
    auto state = site.post("/panel/keys", {{"keys", "#88888888#"}});
    EXPECT_EQ(state.at("menu"), true);
    EXPECT_EQ(state.at("light"), "blue_flashing");
    site.upstream.on_light(core::Light::red);
    EXPECT_EQ(site.state().at("light"), "blue_flashing");
    state = site.post("/panel/keys", {{"keys", "*"}});
    EXPECT_EQ(state.at("light"), "red");
    EXPECT_EQ(site.upstream.told, "");
    site.post("/panel/keys", {{"keys", "#88888888#5#0#*"}});
    EXPECT_FALSE(site.upstream.serving);
    site.post("/panel/card", {{"number", "04A1B2C3"}});
    EXPECT_EQ(site.upstream.told, "");
}

TEST(ReaderMode, R3_a_card_that_cannot_go_up_is_refused) {
    ReaderSite site;
    site.upstream.refusal = base::fail(base::ErrorKind::invalid, "card_too_long", "No room for the card.");
    site.post("/panel/card", {{"number", "04A1B2C3"}});
    EXPECT_EQ(site.upstream.told, "");
    site.run_until([&] { return site.store->idle(); });
    const auto last = site.controller->last();
    const auto read = site.memory.read_after({last.generation, last.sequence - 1}, 1);
    ASSERT_TRUE(read && !read->empty());
    EXPECT_EQ(read->front().record.reason, core::Reason::reader_mode);
}

TEST(ReaderMode, R3_without_its_panel_it_refuses_cards_and_opens_nothing) {
    ReaderSite site;
    site.upstream.in_touch = false;
    const auto state = site.post("/panel/card", {{"number", "04A1B2C3"}});
    EXPECT_EQ(state.at("light"), "red");
    EXPECT_EQ(state.at("lock"), "locked");
    EXPECT_EQ(site.upstream.told, "");
}

TEST(ReaderMode, R3_the_panels_key_is_kept_until_it_is_forgotten) {
    ReaderSite site;
    auto client = owner_of(site);
    site.upstream.on_key_taken(base::Secret("0123456789abcdef"));
    site.run_until([&] { return site.store->idle(); });
    const auto kept = site.memory.load()->reader_keys;
    ASSERT_EQ(kept.size(), 1U);
    EXPECT_EQ(kept[0].device, "/dev/up");
    EXPECT_EQ(kept[0].own.reveal(), "0123456789abcdef");
    client->ask("sallyport.readers.forgetPanel");
    EXPECT_TRUE(site.memory.load()->reader_keys.at(0).own.empty());
    EXPECT_TRUE(site.upstream.key.empty());
    DoorSite without;
    EXPECT_EQ(owner_of(without)->refused("sallyport.readers.forgetPanel"), "line_unknown");
}

}  // namespace sallyport::tests
