#include "controller/device_service.hpp"

#include <algorithm>

#include <fmt/core.h>
#include <sodium.h>

#include "base/log.hpp"
#include "codec/cgi/digest.hpp"
#include "controller/device_session.hpp"

namespace sallyport::controller {
namespace {

constexpr std::size_t sessions_limit = 64;
constexpr std::size_t strangers_limit = 32;  ///< of one address, without a login
constexpr base::Duration crowded_pause = std::chrono::seconds{1};
constexpr std::size_t keys_limit = 256;
constexpr std::size_t commands_limit = 10'000;
constexpr base::Duration key_validity = std::chrono::hours{24};
constexpr base::Duration command_memory = std::chrono::minutes{10};

}  // namespace

std::string SessionKeys::renew(const std::string& account, base::Instant now) {
    std::erase_if(keys_, [now](const auto& entry) { return entry.second.until <= now; });
    if (keys_.size() >= keys_limit)
        keys_.erase(
            std::ranges::min_element(keys_, {}, [](const auto& entry) { return entry.second.until; }));
    auto key = new_session_key();
    keys_[key] = {account, now + key_validity};
    return key;
}

bool SessionKeys::fits(const std::string& account, const std::string& key, base::Instant now) const {
    const auto found = keys_.find(key);
    return found != keys_.end() && found->second.account == account && found->second.until > now;
}

bool CommandLog::take(const std::string& id, base::Instant now) {
    if (seen_.size() >= commands_limit)
        std::erase_if(seen_, [now](const auto& entry) { return entry.second + command_memory <= now; });
    if (seen_.size() >= commands_limit)
        seen_.erase(std::ranges::min_element(seen_, {}, [](const auto& entry) { return entry.second; }));
    const auto [entry, fresh] = seen_.try_emplace(id, now);
    if (fresh || entry->second + command_memory > now) return fresh;
    entry->second = now;
    return true;
}

DeviceService::DeviceService(boost::asio::io_context& loop, Controller& controller, ReaderLines& reader_lines,
                             const ports::TimeZones& zones, const ports::Clock& real, ports::Clock& civil,
                             DeviceIdentity identity)
    : controller_(controller),
      reader_lines_(reader_lines),
      zones_(zones),
      real_(real),
      civil_(civil),
      identity_(std::move(identity)),
      passwords_(loop),
      timer_(loop),
      address_change_(loop),
      aside_(loop) {
    controller_.observe([this] { doors_changed(); });
    controller_.observe_records([this](const Records& records) {
        reset_address(records);
        for (const auto& [id, open] : sessions_) open.session->stream_records();
        for (const auto& [id, open] : sessions_) open.session->events_stored(records);
    });
    controller_.on_question = [this](const core::AskOperator& asked) {
        for (const auto& [id, open] : sessions_) open.session->question(asked);
    };
    controller_.on_question_over = [this](const core::StopAsking& over) {
        for (const auto& [id, open] : sessions_) open.session->question_over(over);
    };
    controller_.on_restarted = [this] {
        session_keys_.clear();
        close_all();
        for (const auto& observer : account_observers_) observer({});
    };
    tick();
}

DeviceService::~DeviceService() {
    aside_.stop();
    close_all();
}

void DeviceService::accept(ports::StreamPtr stream, Channel channel, std::function<void(Visited)> ended,
                           Dialled dialled) {
    if (dialled == Dialled::by_them && !make_room_for(stream->peer_address())) {
        if (ended) ended(Visited::by_nobody);
        return;
    }
    std::uint32_t id = 0;
    while (id == 0 || sessions_.contains(id)) id = randombytes_random();
    auto session = std::make_shared<DeviceSession>(*this, std::move(stream), id, channel, dialled);
    sessions_[id] = {session, std::move(ended)};
    session->start();
}

/// Who has not logged in never keeps others out: one address may have a few such connections, and of all of
/// them the oldest goes when there is no room.
bool DeviceService::make_room_for(const std::string& address) {
    std::size_t strangers = 0;
    auto oldest = sessions_.end();
    for (auto one = sessions_.begin(); one != sessions_.end(); ++one) {
        const auto since = one->second.session->unknown_since();
        if (!since) continue;
        if (one->second.session->peer_address() == address) ++strangers;
        if (oldest == sessions_.end() || *since < *oldest->second.session->unknown_since()) oldest = one;
    }
    const bool full = sessions_.size() >= sessions_limit;
    const bool refused = strangers >= strangers_limit || (full && oldest == sessions_.end());
    if (!refused && full) {
        const auto crowded_out = oldest->second.session;
        crowded_out->close();
        forget(oldest->first);
    }
    if ((refused || full) && (!crowded_ || real_now() - *crowded_ >= crowded_pause)) {
        crowded_ = real_now();
        base::log_warning(fmt::format(
            "{} asks in while {} sessions are open, {} of its own without a login: {}", address,
            sessions_.size(), strangers, refused ? "not let in." : "the oldest without a login went."));
    }
    return !refused;
}

// The session may be the caller: it lives until the call is over.
void DeviceService::forget(std::uint32_t session) {
    const auto gone = sessions_.extract(session);
    if (!gone.empty() && gone.mapped().ended) gone.mapped().ended(gone.mapped().session->visited());
}

void DeviceService::close_all() {
    for (const auto& [id, open] : std::exchange(sessions_, {})) {
        open.session->close();
        if (open.ended) open.ended(open.session->visited());
    }
}

void DeviceService::check_patience() {
    const auto sessions = sessions_;
    for (const auto& [id, open] : sessions) open.session->check_patience();
}

void DeviceService::tick() {
    check_patience();
    config_watch_.look_at("Network");  // the host may change it as well
    timer_.after(std::chrono::seconds{1}, [this] { tick(); });
}

std::vector<codec::dhip::DoorState> DeviceService::door_states() const {
    std::vector<codec::dhip::DoorState> doors;
    if (!controller_.running()) return doors;
    const auto& settings = controller_.station().settings().doors;
    for (std::size_t i = 0; i < settings.size(); ++i) {
        const base::DoorNumber number{static_cast<std::uint8_t>(i + 1)};
        doors.push_back(codec::dhip::door_state(controller_.view(number), settings[i]));
    }
    return doors;
}

void DeviceService::doors_changed() {
    config_watch_.look();
    if (sessions_.empty()) return;
    auto doors = door_states();
    if (doors == doors_) return;
    doors_ = std::move(doors);
    for (const auto& [id, open] : sessions_) open.session->doors_changed(doors_);
}

void DeviceService::note(core::RecordKind kind, const core::Detail& detail) {
    const auto now = controller_.now();
    core::Record record;
    record.kind = kind;
    record.at = now.utc;
    record.utc_offset_s = now.local.utc_offset_s;
    record.method = core::Method::remote;
    record.detail = core::written(detail);
    controller_.note(std::move(record));
}

void DeviceService::note_login(const std::string& account, const std::string& address,
                               core::DetailTerm outcome) {
    note(core::RecordKind::login,
         {outcome, {{core::DetailName::account, account}, {core::DetailName::address, address}}});
}

std::vector<std::string> DeviceService::method_names() const {
    auto names = methods_.names();
    for (const auto& method : DeviceSession::methods()) names.emplace_back(method.name);
    std::ranges::sort(names);
    return names;
}

void DeviceService::make_account(const std::string& name, ports::AccountRole role,
                                 const base::Secret& password,
                                 std::move_only_function<void(base::Result<ports::Account>)> done) {
    ports::Account account{name, role, {}, {}};
    if (plain_hashes_)
        account.sealed_hash = plain_hashes_->seal(name, codec::cgi::password_hash(name, realm(), password));
    passwords_.hash(password, [account = std::move(account),
                               done = std::move(done)](base::Result<std::string> hash) mutable {
        if (!hash) return done(std::unexpected(hash.error()));
        account.argon2id = *std::move(hash);
        done(std::move(account));
    });
}

base::Status DeviceService::check_plain_login(const std::string& account, const std::string& address,
                                              const std::function<Proof(const base::Secret& hash)>& weigh) {
    const auto now = real_now();
    auto status = guard_.check_address(address, now);
    if (status) status = guard_.check_account(account, now);
    if (!status) return status;
    const auto* known = find_account(controller_, account);
    const auto hash =
        known == nullptr || !plain_hashes_ ? std::nullopt : plain_hashes_->open(account, known->sealed_hash);
    if (known != nullptr && !hash) {
        base::log_warning(fmt::format(
            "{} cannot log in with the plain dialect: its password was set while compatibility was off. Set "
            "it again.",
            account));
    }
    const auto proof = hash ? weigh(*hash) : Proof::wrong;
    if (proof == Proof::right) guard_.succeeded(account, address);
    if (proof != Proof::wrong) return {};
    guard_.failed(account, address, now);
    return base::fail(base::ErrorKind::unauthenticated, "wrong_password",
                      "The user or the password is wrong.");
}

base::Status DeviceService::refuse_bypass(const std::string& account, const std::string& address,
                                          std::string_view client_type, std::string_view login_type) {
    if (client_type != "NetKeyboard" && login_type != "Loopback") return {};
    // A guess like one of passwords: who goes on is locked out, and fills no journal.
    if (auto status = guard_.check_address(address, real_now()); !status) return status;
    guard_.failed({}, address, real_now());
    note_login(account, address, core::DetailTerm::login_bypass_refused);
    return base::fail(base::ErrorKind::forbidden, "forbidden", "This way of logging in is not allowed.");
}

void DeviceService::account_changed(const std::string& account, std::uint32_t by_session) {
    session_keys_.forget(account);
    const auto sessions = sessions_;
    for (const auto& [id, open] : sessions) open.session->account_changed(account, by_session);
    for (const auto& observer : account_observers_) observer(account);
}

std::optional<std::string> DeviceService::answer_datagram(std::string_view bytes,
                                                          const ports::Endpoint& from) {
    const auto search = codec::dhip::search_from(bytes);
    if (!search) {
        const auto now = real_now();
        if (refused_datagram_ && now - *refused_datagram_ < std::chrono::seconds{1}) return std::nullopt;
        refused_datagram_ = now;
        note(core::RecordKind::login,
             {core::DetailTerm::search_refused,
              {{core::DetailName::address, from.address}, {core::DetailName::why, search.error().code}}});
        return std::nullopt;
    }
    codec::dhip::Announcement announcement;
    announcement.device_type = identity_.model;
    announcement.serial = controller_.serial();
    announcement.version = identity_.firmware;
    const auto here = interface();
    announcement.mac = here.mac;
    announcement.address = here.address;
    announcement.subnet_mask = here.subnet_mask;
    announcement.default_gateway = here.default_gateway;
    announcement.port = identity_.listen.port;
    announcement.http_port = identity_.http_port;
    announcement.initialised =
        controller_.initialised() ? codec::dhip::Initialised::yes : codec::dhip::Initialised::no;
    announcement.fingerprint = identity_.fingerprint;
    if (!search->mac.empty() && search->mac != announcement.mac) return std::nullopt;
    return codec::dhip::encode(announcement);
}

}  // namespace sallyport::controller
