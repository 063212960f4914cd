#include "scenario/script.hpp"

#include <functional>
#include <map>
#include <optional>
#include <sstream>

#include <fmt/format.h>

#include "adapters/linux/time_zones.hpp"
#include "scenario/setup.hpp"
#include "scenario/words.hpp"
#include "sim/invariants.hpp"
#include "sim/site.hpp"
#include "sim/words.hpp"

namespace sallyport::scenario {

namespace {

constexpr char effect_indent[] = "    ";

class Player {
  public:
    explicit Player(Setup setup)
        : zone_(setup.state.settings.zone),
          invariants_(with_factory_password(std::move(setup.secrets))),
          site_(std::move(setup.state), [this](base::UtcTime at) { return local(at); }, setup.start) {
        site_.set_trust(setup.trust);
        site_.watch(
            [this](const core::StationEvent* event, const core::Effects& effects, const base::Moment& now) {
                invariants_.see(site_.station(), event, effects, now);
            });
    }

    /// The lines of effects.
    std::string play(const std::string& line) {
        Words words(line);
        std::string name = words.next("word");
        door_ = {1};
        if (name == "door") {
            door_ = {static_cast<std::uint8_t>(words.number("door"))};
            name = words.next("word");
        }
        const auto found = stimuli().find(name);
        if (found == stimuli().end()) throw BadLine("there is no stimulus \"" + name + "\"");
        found->second(*this, words);
        flush_clicks();
        if (!invariants_.broken().empty()) throw BadLine(invariants_.broken().front());
        return std::exchange(out_, {});
    }

  private:
    using Stimulus = std::function<void(Player&, Words&)>;
    static const std::map<std::string, Stimulus>& stimuli();

    static std::vector<std::string> with_factory_password(std::vector<std::string> secrets) {
        secrets.emplace_back(core::factory_admin_password);
        return secrets;
    }

    base::LocalTime local(base::UtcTime at) const {
        return zones_.local(zone_, at).value_or(sim::utc_zone(at));
    }

    void keys(Words& words) {
        for (const char key : words.next("keys")) show(site_.play(core::KeyPressed{door_, key}));
    }
    void card(Words& words) {
        const auto number = base::CardNumber::from(words.next("card"));
        if (!number) throw BadLine("a card has 1 to 16 hexadecimal digits");
        auto reader = static_cast<std::uint8_t>(door_.value * 2 - 1);
        std::string word = words.next_or_nothing();
        if (word == "inside") {
            ++reader;
            word = words.next_or_nothing();
        }
        core::CardRead read{door_, {reader}, *number};
        if (word == "facility") read.facility = static_cast<std::uint32_t>(words.number("facility"));
        show(site_.play(read));
    }
    void input(core::Input input, bool active) {
        const auto level = active ? core::Level::active : core::Level::inactive;
        show(site_.play(core::InputChanged{door_, input, level}));
    }
    void command(Words& words) {
        const auto command = words.choice<core::DoorCommand>("command");
        show(site_.play(core::CommandReceived{door_, command, "anna", {}}));
    }
    /// "pardon 1001", "reset area 3".
    void pardon(Words& words) {
        const auto user = base::UserId::from(words.next("user ID"));
        if (!user) throw BadLine("that is no user ID");
        show(site_.play(core::PositionForgotten{*user, "anna"}));
    }
    void reset(Words& words) {
        if (words.next("area") != "area") throw BadLine("only an area is reset: write reset area 3");
        const core::AreaNumber area{static_cast<std::uint8_t>(words.number("area"))};
        show(site_.play(core::PositionForgotten{area, "anna"}));
    }
    /// "operator grants": the question that was asked last.
    void answer(Words& words) {
        const bool grants = words.is_first("grants", "denies");
        show(site_.play(core::OperatorAnswered{
            question_, grants ? core::Verification::granted : core::Verification::denied, "anna"}));
    }
    void wait(Words& words) {
        const base::Instant from = site_.now().instant;
        const base::Instant until = from + duration(words.next("time"));
        do {
            show(site_.wait(until), from);
        } while (site_.now().instant < until);
    }
    void power(Words& words) {
        const std::string word = words.next("on, returns or fails");
        if (word == "fails") return show(site_.cut_power());
        const bool on = word == "on";
        if (!on && word != "returns") throw BadLine("power is on, returns or fails");
        using Cause = core::PoweredOn::Cause;
        show(site_.play(core::PoweredOn{on ? Cause::started : Cause::power_returned}));
    }
    void clock(Words& words) {
        const std::string word = words.next("time");
        if (word == "lost" || word == "right") {
            site_.set_trust(word == "lost" ? base::ClockTrust::not_set : base::ClockTrust::set);
        } else {
            site_.set_utc(read_utc(word));
        }
        show(site_.wait(site_.now().instant));
    }
    void store(Words& words) {
        const std::string word = words.next("store");
        if (word == "answers") return show(site_.answer_store());
        if (word == "refuses") return show(site_.answer_store(sim::StoreHealth::failing));
        static const std::map<std::string, sim::StoreHealth> healths{{"works", sim::StoreHealth::works},
                                                                     {"slow", sim::StoreHealth::slow},
                                                                     {"failing", sim::StoreHealth::failing}};
        const auto found = healths.find(word);
        if (found == healths.end())
            throw BadLine("a store is works, slow or failing, or it answers or refuses");
        site_.set_store(found->second);
    }
    void people(Words& words) {
        if (words.next("known") != "known") throw BadLine("people that were lost become known");
        site_.station().set_people_known();
        show(site_.play(core::PolicyChanged{}));
    }
    void disk(Words& words) {
        const bool failing = words.is_first("failing", "well");
        show(site_.play(core::StorageChanged{failing ? core::Level::active : core::Level::inactive}));
    }
    void setting(Words& words) {
        core::Settings settings = site_.station().settings();
        const std::string name = words.next("setting");
        if (name == "rules") {
            settings.rules = read_rules(words);
        } else if (!read_door_setting(name, words, settings.doors.at(door_.value - 1U))) {
            throw BadLine("there is no setting \"" + name + "\"");
        }
        site_.station().set_settings(std::move(settings));
        show(site_.play(core::PolicyChanged{}));
    }
    void reader(Words& words) {
        auto number = static_cast<std::uint8_t>(door_.value * 2 - 1);
        std::string word = words.next("state");
        if (word == "inside") {
            ++number;
            word = words.next("state");
        }
        if (word != "lost" && word != "back") throw BadLine("a reader is lost or back");
        const auto level = word == "lost" ? core::Level::active : core::Level::inactive;
        show(site_.play(core::ReaderLinkChanged{door_, {number}, level}));
    }
    void bad_frame(Words& words) {
        const auto reader = static_cast<std::uint8_t>(door_.value * 2 - 1);
        show(site_.play(core::BadFrame{door_, {reader}, words.rest()}));
    }

    void show(const core::Effects& effects, std::optional<base::Instant> since = {}) {
        for (const core::StationEffect& effect : effects) {
            const auto* signal = std::get_if<core::ShowSignal>(&effect);
            if (signal != nullptr && signal->signal == core::Signal::key) {
                ++clicks_;
                continue;
            }
            flush_clicks();
            if (const auto* asked = std::get_if<core::AskOperator>(&effect)) question_ = asked->question;
            std::istringstream lines(sim::words_of(effect));
            for (std::string line; std::getline(lines, line);) put(line, since);
        }
    }

    void put(const std::string& line, std::optional<base::Instant> since) {
        out_ += effect_indent;
        if (since) {
            const auto waited = site_.now().instant - *since;
            out_ += fmt::format("after {:g} s: ", std::chrono::duration<double>(waited).count());
        }
        out_ += line + "\n";
    }

    /// Every key clicks; one line for all that come in a row.
    void flush_clicks() {
        if (clicks_ > 0) put(fmt::format("{} click{}", clicks_, clicks_ == 1 ? "" : "s"), {});
        clicks_ = 0;
    }

    adapters::SystemTimeZones zones_;
    std::string zone_;
    sim::Invariants invariants_;
    sim::Site site_;
    base::DoorNumber door_{1};
    int clicks_ = 0;
    std::uint64_t question_ = 0;  ///< the last one
    std::string out_;
};

const std::map<std::string, Player::Stimulus>& Player::stimuli() {
    using core::Input;
    static const std::map<std::string, Stimulus> all{
        {"keys", &Player::keys},
        {"people", &Player::people},
        {"card", &Player::card},
        {"command", &Player::command},
        {"wait", &Player::wait},
        {"pardon", &Player::pardon},
        {"reset", &Player::reset},
        {"operator", &Player::answer},
        {"power", &Player::power},
        {"clock", &Player::clock},
        {"store", &Player::store},
        {"disk", &Player::disk},
        {"setting", &Player::setting},
        {"bad_frame", &Player::bad_frame},
        {"reader", &Player::reader},
        {"contact", [](Player& p, Words& w) { p.input(Input::contact, w.is_first("open", "closed")); }},
        {"exit_button",
         [](Player& p, Words& w) { p.input(Input::exit_button, w.is_first("pressed", "released")); }},
        {"tamper", [](Player& p, Words& w) { p.input(Input::tamper, w.is_first("on", "off")); }},
        {"reader_case",
         [](Player& p, Words& w) { p.input(Input::reader_case, w.is_first("open", "closed")); }},
        {"mains", [](Player& p, Words& w) { p.input(Input::mains, w.is_first("failed", "well")); }},
        {"battery", [](Player& p, Words& w) { p.input(Input::battery, w.is_first("low", "well")); }},
        {"line",
         [](Player& p, Words& w) {
             const auto input = w.choice<Input>("input");
             const auto level = w.choice<core::Level>("level");
             p.show(p.site_.play(core::InputChanged{p.door_, input, level}));
         }},
        {"fire", [](Player& p, Words& w) { p.input(Input::fire, w.is_first("on", "off")); }}};
    return all;
}

/// Reads a script line by line: set-up, then stimuli. Comments start with "# ", effects are indented.
class Reading {
  public:
    void take(const std::string& line) {
        if (line.starts_with(effect_indent)) return;
        played_ += line + "\n";
        if (line.empty() || line.starts_with("#")) return;
        if (!player_ && read_setup(line, setup_)) return;
        if (!player_) player_.emplace(std::move(setup_));
        played_ += player_->play(line);
    }
    [[nodiscard]] const std::string& played() const { return played_; }

  private:
    Setup setup_;
    std::optional<Player> player_;
    std::string played_;
};

}  // namespace

base::Result<std::string> play(const std::string& script) {
    Reading reading;
    std::istringstream lines(script);
    int number = 0;
    for (std::string line; std::getline(lines, line);) {
        ++number;
        try {
            reading.take(line);
        } catch (const BadLine& bad) {
            return base::fail(base::ErrorKind::invalid, "script_line",
                              fmt::format("line {} \"{}\": {}", number, line, bad.what()));
        }
    }
    return reading.played();
}

}  // namespace sallyport::scenario
