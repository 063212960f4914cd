#include "server/issue/plan_secrets.hpp"

#include <boost/json/array.hpp>
#include <fmt/core.h>

#include "codec/dhip/person_json.hpp"
#include "codec/dhip/time_text.hpp"
#include "server/secrets/public_codes.hpp"

namespace sallyport::server {

namespace json = boost::json;
using base::Status;
using ports::Connection;

namespace {

/// In the same order each time: what comes second finds what came first.
base::Result<std::vector<ports::Row>> passwords_of(Connection& connection, std::int64_t device_id) {
    return connection.query(
        "SELECT p.id, p.number, p.code, p.code_mark, p.valid_from, p.valid_to, p.uses, p.uses_series, "
        "d.number "
        "FROM public_password p JOIN public_password_door m ON m.password_id = p.id JOIN door d ON d.id = "
        "m.door_id WHERE d.device_id = $1 ORDER BY p.number, d.number",
        {device_id});
}

json::object password_json(const ports::Row& row) {
    json::object password{{"number", row.integer(1)}, {"code", row.text(3)}, {"doors", json::array()}};
    if (const auto from = row.time_or_null(4)) password["valid_from"] = codec::dhip::utc_text(*from);
    if (const auto to = row.time_or_null(5)) password["valid_to"] = codec::dhip::utc_text(*to);
    if (const auto uses = row.integer_or_null(6)) {
        password["uses"] = *uses;
        password["uses_series"] = codec::dhip::hex64(static_cast<std::uint64_t>(row.integer(7)));
    }
    return password;
}

}  // namespace

std::string keypad_password_purpose(std::int64_t device_id) {
    return fmt::format("device.keypad_password:{}", device_id);
}

Status put_marks(Connection& connection, std::int64_t device_id, json::object& plan) {
    const auto rows = passwords_of(connection, device_id);
    if (!rows) return std::unexpected(rows.error());
    json::array passwords;
    for (const auto& row : *rows) {
        if (passwords.empty() || passwords.back().at("number") != row.integer(1))
            passwords.push_back(password_json(row));
        passwords.back().at("doors").as_array().push_back(row.integer(8));
    }
    plan["public_passwords"] = std::move(passwords);
    const auto keypad = connection.query(
        "SELECT keypad_mark FROM device WHERE id = $1 AND keypad_mark IS NOT NULL AND keypad_changed_at IS "
        "NULL",
        {device_id});
    if (!keypad) return std::unexpected(keypad.error());
    if (!keypad->empty()) plan["keypad_password"] = keypad->front().text(0);
    return {};
}

Status put_codes(Connection& connection, const Sealer& sealer, std::int64_t device_id, json::object& plan) {
    const auto rows = passwords_of(connection, device_id);
    if (!rows) return std::unexpected(rows.error());
    auto& passwords = plan.at("public_passwords").as_array();
    auto place = passwords.begin();
    for (const auto& row : *rows) {
        if (place->at("number") != row.integer(1)) ++place;
        const auto code = sealer.unseal(row.blob(2), public_code_purpose(row.integer(0)));
        if (!code) return std::unexpected(code.error());
        place->as_object()["code"] = code->reveal();
    }
    auto* keypad = plan.if_contains("keypad_password");
    if (keypad == nullptr) return {};
    const auto box = connection.query("SELECT keypad_password FROM device WHERE id = $1", {device_id});
    if (!box) return std::unexpected(box.error());
    const auto code = sealer.unseal(box->front().blob(0), keypad_password_purpose(device_id));
    if (!code) return std::unexpected(code.error());
    *keypad = code->reveal();
    return {};
}

Status leave_keypad_password(Connection& connection, std::int64_t device_id, base::UtcTime changed_at) {
    return ports::ran(connection.execute(
        "UPDATE device SET keypad_changed_at = $2 WHERE id = $1 AND keypad_password IS NOT NULL",
        {device_id, changed_at}));
}

}  // namespace sallyport::server
