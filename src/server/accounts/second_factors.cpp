#include "server/accounts/second_factors.hpp"

#include <fmt/core.h>
#include <sodium.h>

#include "codec/otp/totp.hpp"
#include "server/wire/time_text.hpp"

namespace sallyport::server {

namespace json = boost::json;
namespace otp = codec::otp;
using base::ErrorKind;
using base::Secret;
using ports::Connection;

namespace {

/// Capitals and digits that are not taken for each other, 5 bits each: a code has 50.
constexpr std::string_view code_letters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
constexpr std::size_t code_length = 10;
constexpr std::size_t app_code_length = 6;

std::string purpose(Id account) {
    return fmt::format("account.second_factor:{}", account);
}

Subject subject_of(const Account& account) {
    return {"account", id_text(account.id), account.name};
}

/// Spaces and dashes are for the eye.
Secret bare(const Secret& typed) {
    Secret code;
    for (const char c : typed.reveal())
        if (c != ' ' && c != '-') code.append(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
    return code;
}

Secret random_secret() {
    std::string bytes(otp::secret_bytes, '\0');
    randombytes_buf(bytes.data(), bytes.size());
    Secret secret(bytes);
    base::wipe(bytes.data(), bytes.size());
    return secret;
}

Secret random_code() {
    Secret code;
    for (std::size_t i = 0; i < code_length; ++i)
        code.append(code_letters[randombytes_uniform(code_letters.size())]);
    return code;
}

/// "ABCDE-FGHJK"
Secret for_the_eye(const Secret& code) {
    return Secret(fmt::format("{}-{}", code.reveal().substr(0, 5), code.reveal().substr(5)));
}

std::unexpected<Problem> is_on() {
    return refuse(ErrorKind::conflict, "second_factor_on",
                  "This account has a second factor already. Take it away first to set up another app.");
}

struct Kept {
    std::string sealed;
    bool confirmed = false;
    std::int64_t last_step = 0;
};
base::Result<std::optional<Kept>> find(Connection& connection, Id account) {
    const auto rows = connection.query(
        "SELECT secret, confirmed_at IS NOT NULL, last_step FROM second_factor WHERE account_id = $1",
        {account});
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty()) return std::optional<Kept>();
    const auto& row = rows->front();
    return Kept{row.blob(0), row.integer(1) == 1, row.integer(2)};
}

}  // namespace

Answer<json::object> SecondFactors::get(Id account) const {
    const auto rows = ports::read_from(database_, [&](Connection& connection) {
        return connection.query(
            "SELECT confirmed_at, (SELECT count(*) FROM recovery_code WHERE account_id = $1) "
            "FROM second_factor WHERE account_id = $1 AND confirmed_at IS NOT NULL",
            {account});
    });
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty()) return json::object{{"on", false}, {"since", nullptr}, {"recovery_codes", 0}};
    const auto& row = rows->front();
    return json::object{{"on", true}, {"since", time_text(row.time(0))}, {"recovery_codes", row.integer(1)}};
}

Answer<SecondFactors::Begun> SecondFactors::begin(const Account& account) {
    const auto secret = random_secret();
    const auto sealed = sealer_.seal(secret, purpose(account.id));
    const auto stored = ports::write_to(database_, [&](Connection& connection) -> Outcome {
        const auto done = connection.execute(
            "INSERT INTO second_factor (account_id, secret, last_step) VALUES ($1, $2, 0) "
            "ON CONFLICT (account_id) DO UPDATE SET secret = excluded.secret "
            "WHERE second_factor.confirmed_at IS NULL",
            {account.id, sealed});
        if (!done) return std::unexpected(done.error());
        if (*done == 0) return is_on();
        return {};
    });
    if (!stored) return std::unexpected(stored.error());
    return Begun{otp::base32(secret), otp::key_uri(secret, "Sallyport", account.name)};
}

Answer<std::vector<Secret>> SecondFactors::confirm(const Account& account, const Secret& code,
                                                   const Actor& actor) {
    auto codes = ports::write_to(database_, [&](Connection& connection) -> Answer<std::vector<Secret>> {
        const auto kept = find(connection, account.id);
        if (!kept) return std::unexpected(kept.error());
        if (!*kept)
            return refuse(ErrorKind::conflict, "second_factor_not_begun",
                          "The setting up was given up or done elsewhere. Begin again.");
        if ((*kept)->confirmed) return is_on();
        const auto secret = sealer_.unseal((*kept)->sealed, purpose(account.id));
        if (!secret) return std::unexpected(secret.error());
        const auto now = clock_.utc();
        const auto step = otp::step_of(bare(code), *secret, now);
        if (!step)
            return wrong_field("code", "wrong",
                               "This is not the code of now. Check that the clocks of the phone and of the "
                               "platform are right.");
        const auto done = connection.execute(
            "UPDATE second_factor SET confirmed_at = $2, last_step = $3 WHERE account_id = $1",
            {account.id, now, *step});
        if (!done) return std::unexpected(done.error());
        auto made = store_codes(connection, account.id);
        if (!made) return std::unexpected(made.error());
        auto noted = audit_.append(connection, actor, "account.second_factor_added", subject_of(account));
        if (!noted) return std::unexpected(noted.error());
        return *std::move(made);
    });
    if (codes) sessions_.refresh();
    return codes;
}

Answer<std::vector<Secret>> SecondFactors::renew_codes(const Account& account, const Actor& actor) {
    return ports::write_to(database_, [&](Connection& connection) -> Answer<std::vector<Secret>> {
        const auto kept = find(connection, account.id);
        if (!kept) return std::unexpected(kept.error());
        if (!*kept || !(*kept)->confirmed)
            return refuse(ErrorKind::conflict, "second_factor_off",
                          "This account has no second factor. Set one up first.");
        auto made = store_codes(connection, account.id);
        if (!made) return std::unexpected(made.error());
        auto noted = audit_.append(connection, actor, "account.recovery_codes_renewed", subject_of(account));
        if (!noted) return std::unexpected(noted.error());
        return *std::move(made);
    });
}

Outcome SecondFactors::remove(const Account& account, const Actor& actor) {
    auto gone = ports::write_to(database_, [&](Connection& connection) -> Outcome {
        const auto kept = find(connection, account.id);
        if (!kept) return std::unexpected(kept.error());
        if (!*kept) return {};
        auto done = connection.execute("DELETE FROM second_factor WHERE account_id = $1", {account.id});
        if (done) done = connection.execute("DELETE FROM recovery_code WHERE account_id = $1", {account.id});
        if (!done) return std::unexpected(done.error());
        if (!(*kept)->confirmed) return {};
        auto noted = audit_.append(connection, actor, "account.second_factor_removed", subject_of(account));
        if (!noted) return std::unexpected(noted.error());
        return {};
    });
    if (gone) sessions_.refresh();
    return gone;
}

base::Result<Proof> SecondFactors::use(Connection& connection, Id account, const Secret& typed) const {
    const auto code = bare(typed);
    if (code.size() == app_code_length) return use_app_code(connection, account, code);
    const auto gone = connection.execute("DELETE FROM recovery_code WHERE account_id = $1 AND code_hash = $2",
                                         {account, hash_of(account, code.reveal())});
    if (!gone) return std::unexpected(gone.error());
    return *gone == 0 ? Proof::none : Proof::recovery_code;
}

base::Result<Proof> SecondFactors::use_app_code(Connection& connection, Id account,
                                                const Secret& code) const {
    const auto kept = find(connection, account);
    if (!kept) return std::unexpected(kept.error());
    if (!*kept || !(*kept)->confirmed) return Proof::none;
    const auto secret = sealer_.unseal((*kept)->sealed, purpose(account));
    if (!secret) return std::unexpected(secret.error());
    const auto step = otp::step_of(code, *secret, clock_.utc());
    if (!step || *step <= (*kept)->last_step) return Proof::none;  // shoulders are looked over
    const auto done =
        connection.execute("UPDATE second_factor SET last_step = $2 WHERE account_id = $1", {account, *step});
    if (!done) return std::unexpected(done.error());
    return Proof::code;
}

base::Result<std::vector<Secret>> SecondFactors::store_codes(Connection& connection, Id account) const {
    auto done = connection.execute("DELETE FROM recovery_code WHERE account_id = $1", {account});
    std::vector<Secret> codes;
    while (done && codes.size() < recovery_codes) {
        const auto code = random_code();
        done = connection.execute("INSERT INTO recovery_code (account_id, code_hash) VALUES ($1, $2)",
                                  {account, hash_of(account, code.reveal())});
        codes.push_back(for_the_eye(code));
    }
    if (!done) return std::unexpected(done.error());
    return codes;
}

/// With 50 random bits and a key that is elsewhere no slow hash is needed.
ports::Blob SecondFactors::hash_of(Id account, std::string_view code) const {
    const auto key = sealer_.derived_key(fmt::format("account.recovery_code:{}", account));
    std::string hash(crypto_generichash_BYTES, '\0');
    crypto_generichash(reinterpret_cast<unsigned char*>(hash.data()), hash.size(),
                       reinterpret_cast<const unsigned char*>(code.data()), code.size(),
                       reinterpret_cast<const unsigned char*>(key.reveal().data()), key.size());
    return {std::move(hash)};
}

}  // namespace sallyport::server
