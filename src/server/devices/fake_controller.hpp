#pragma once
// A controller of a few lines for tests of the platform's side: it speaks the protocol over a stream in
// memory, holds people, and can be told to refuse, to lose the connection or to show another certificate.
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/json/object.hpp>
#include <fmt/core.h>

#include "codec/dhip/message.hpp"
#include "codec/dhip/record_json.hpp"
#include "codec/dhip/status_json.hpp"
#include "core/access/roster.hpp"
#include "ports/clock.hpp"
#include "ports/transport.hpp"

namespace sallyport::server {

/// Every zone is UTC.
class OnlyUtc final : public ports::TimeZones {
  public:
    [[nodiscard]] base::Result<base::LocalTime> local(const std::string&, base::UtcTime at) const override {
        const auto days = at.microseconds / 86'400'000'000;
        const auto second = at.microseconds / 1'000'000 - days * 86'400;
        return base::LocalTime{{static_cast<std::int32_t>(days)}, static_cast<std::int32_t>(second), 0};
    }
};

class FakeController final : public ports::StreamDialler {
  public:
    explicit FakeController(boost::asio::io_context& loop) : loop_(loop) {}

    // What a test sets and looks at.
    std::string password = "green-door-73";
    std::string fingerprint = "AA:BB";
    std::string serial = "SP01";
    std::map<std::string, boost::json::object> people;  ///< by user ID; without "tag": added at the keypad
    std::uint64_t revision = 0;
    core::RecordPosition last;  ///< of the records that it says it has, from the first on
    int plans_applied = 0;
    std::vector<std::string> calls;
    std::vector<std::string> dialled;  ///< addresses, in order
    std::vector<std::uint64_t> acknowledged;
    std::function<std::optional<codec::dhip::DeviceError>(const codec::dhip::Request&)> refuse;
    core::People people_known = core::People::known;
    int lose_connection_after = -1;  ///< requests
    int named_pages = 0;             ///< of its people; not 0: there is always one more
    bool silent = false;             ///< takes what comes, and answers nothing
    std::string slow;                ///< a method that it answers after the third call that follows
    std::string garbage;             ///< answers this instead of the protocol

    void dial(const ports::Endpoint& endpoint, const ports::Identity*, std::chrono::milliseconds,
              std::function<void(base::Result<ports::StreamPtr>)> done) override {
        dialled.push_back(endpoint.address);
        auto stream = std::make_shared<Line>(*this);
        line_ = stream;
        boost::asio::post(loop_, [done, stream] { done(stream); });
    }
    void notify(std::string method, boost::json::object params) {
        if (auto line = line_.lock())
            line->deliver(codec::dhip::encode_notification({0, std::move(method), std::move(params)}));
    }
    void hang_up() {
        if (auto line = line_.lock()) line->lose();
    }
    [[nodiscard]] core::RosterDigest digest() const {
        core::RosterDigest sum;
        for (const auto& [user, person] : people)
            sum.value += core::entry_digest(*base::UserId::from(user), tag_of(person));
        return sum;
    }

  private:
    class Line final : public ports::Stream, public std::enable_shared_from_this<Line> {
      public:
        explicit Line(FakeController& controller) : controller_(controller) {}
        bool send(std::string bytes) override {
            decoder_.feed(bytes, {});
            while (auto frame = *decoder_.next())
                controller_.answer(*this, *codec::dhip::decode_request(*frame));
            return true;
        }
        void close() override { lose(); }
        [[nodiscard]] std::string peer_address() const override { return "127.0.0.1"; }
        [[nodiscard]] ports::Fingerprint peer_fingerprint() const override { return controller_.fingerprint; }
        void deliver(std::string bytes) {
            boost::asio::post(controller_.loop_, [self = shared_from_this(), bytes = std::move(bytes)] {
                if (self->on_received && !self->lost_) self->on_received(bytes);
            });
        }
        void lose() {
            if (lost_) return;
            lost_ = true;
            boost::asio::post(controller_.loop_, [self = shared_from_this()] {
                if (self->on_closed)
                    self->on_closed({base::ErrorKind::unavailable, "closed", "The other side closed."});
            });
        }

      private:
        FakeController& controller_;
        codec::dhip::FrameDecoder decoder_;
        bool lost_ = false;
    };

    static core::EntryTag tag_of(const boost::json::object& person) {
        const auto* tag = person.if_contains("tag");
        return tag == nullptr ? core::EntryTag{}
                              : core::EntryTag{base::CardNumber::from(std::string(tag->as_string()))->value};
    }
    void answer(Line& line, const codec::dhip::Request& request) {
        calls.push_back(request.method);
        if (silent) return;
        if (!garbage.empty()) return line.deliver(garbage);
        if (lose_connection_after >= 0 && lose_connection_after-- == 0) return line.lose();
        codec::dhip::Answer answer{7, request.id, true, {}, std::nullopt};
        if (auto error = refuse ? refuse(request) : std::nullopt) {
            answer.error = error;
        } else {
            answer.error = carry_out(request, answer.params);
        }
        if (answer.error) answer.result = false;
        auto bytes = codec::dhip::encode_answer(answer);
        if (request.method == slow) return answer_late(std::move(bytes));
        line.deliver(std::move(bytes));
        if (late_ > 0 && --late_ == 0) line.deliver(std::exchange(held_back_, {}));
    }
    void answer_late(std::string bytes) {
        held_back_ = std::move(bytes);
        late_ = 3;
    }
    std::optional<codec::dhip::DeviceError> carry_out(const codec::dhip::Request& request,
                                                      boost::json::object& params) {
        const auto& said = request.params;
        if (request.method == "global.login") return log_in(said);
        if (request.method == "sallyport.status") params = status();
        if (request.method == "sallyport.applyPlan") {
            revision = said.at("revision").to_number<std::uint64_t>();
            ++plans_applied;
        }
        if (request.method == "sallyport.tags") params = tags();
        if (request.method == "sallyport.tags" && named_pages != 0)
            params["next"] = fmt::format("{:06}", named_pages++);
        if (request.method == "sallyport.changePassword") return change_password(said);
        if (request.method == "sallyport.acknowledge")
            acknowledged.push_back(said.at("sequence").to_number<std::uint64_t>());
        if (request.method == "sallyport.updateRoster") return update(said, params);
        return std::nullopt;
    }
    std::optional<codec::dhip::DeviceError> log_in(const boost::json::object& said) {
        const auto given = std::string(said.at("password").as_string());
        if (given.empty())
            return codec::dhip::device_error(codec::dhip::login_challenge, "Say the password.");
        if (given != password)
            return codec::dhip::device_error("wrong_password", "Wrong account or password.");
        return std::nullopt;
    }
    std::optional<codec::dhip::DeviceError> change_password(const boost::json::object& said) {
        if (said.at("oldPassword").as_string() != password)
            return codec::dhip::device_error("wrong_password", "That is not the password of now.");
        password = std::string(said.at("password").as_string());
        return std::nullopt;
    }
    [[nodiscard]] std::string digest_text() const { return fmt::format("{:016X}", digest().value); }
    [[nodiscard]] boost::json::object status() const {
        codec::dhip::ControllerStatus said;
        said.serial = serial;
        said.model = "fake";
        said.firmware = "1";
        said.initialised = codec::dhip::Initialised::yes;
        said.people = people.size();
        said.people_known = people_known;
        said.people_limit = 30'000;
        said.records_limit = 60'000;
        said.revision = revision;
        said.last = last;
        said.oldest = last.sequence == 0 ? 0 : 1;
        said.digest = digest();
        said.zone = "Etc/UTC";
        said.doors.resize(1);
        return codec::dhip::to_json(said);
    }
    [[nodiscard]] boost::json::object tags() const {
        boost::json::array list;
        for (const auto& [user, person] : people) {
            list.push_back(boost::json::array{user, fmt::format("{:016X}", tag_of(person).value)});
        }
        return {{"tags", std::move(list)}, {"next", nullptr}};
    }
    static std::string card_of(const boost::json::object& person) {
        const auto* cards = person.if_contains("cards");
        if (cards == nullptr || cards->as_array().empty()) return {};
        return std::string(cards->as_array()[0].at("number").as_string());
    }
    /// All or nothing, one after the other, as a controller does.
    std::optional<codec::dhip::DeviceError> update(const boost::json::object& said,
                                                   boost::json::object& params) {
        if (said.contains("whole")) people_known = core::People::known;
        if (!said.contains("remove")) return std::nullopt;
        auto changed = people;
        for (const auto& user : said.at("remove").as_array()) changed.erase(std::string(user.as_string()));
        for (const auto& value : said.at("upsert").as_array()) {
            const auto& person = value.as_object();
            const std::string user(person.at("user_id").as_string());
            for (const auto& [other, theirs] : changed) {
                if (other != user && !card_of(person).empty() && card_of(theirs) == card_of(person)) {
                    return codec::dhip::device_error("card_taken", "The card belongs to " + other + ".");
                }
            }
            changed[user] = person;
        }
        people = std::move(changed);
        params = {{"digest", digest_text()}, {"people", people.size()}};
        return std::nullopt;
    }

    boost::asio::io_context& loop_;
    std::weak_ptr<Line> line_;
    std::string held_back_;
    int late_ = 0;
};

}  // namespace sallyport::server
