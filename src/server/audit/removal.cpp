// What leaves the audit log: personal data of somebody, and entries that are old. Both are told by an entry
// of the chain, so that it can still be verified.
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/core.h>

#include "base/ids.hpp"
#include "server/audit/audit.hpp"
#include "server/audit/chain.hpp"

namespace sallyport::server {

namespace json = boost::json;
using base::Result;
using base::Status;
using ports::Connection;
using ports::ran;
using ports::Row;
using ports::Rows;

namespace {

/// The person's own entries, those of groups and rules that name the person, and those of doors that asked an
/// operator. What is found besides is left as it is.
Result<Rows> entries_about(Connection& connection, const std::string& id, const std::string& user_id) {
    static const auto sql = fmt::format(
        "SELECT {0} FROM audit WHERE subject_kind = 'person' AND subject_id = $1 UNION ALL "
        "SELECT {0} FROM audit WHERE subject_kind = 'permission_group' AND (before LIKE $2 OR after LIKE $2) "
        "UNION ALL SELECT {0} FROM audit WHERE action IN ('door.rules_changed', 'device.person_pardoned') "
        "AND "
        "(before LIKE $2 OR after LIKE $2) UNION ALL SELECT {0} FROM audit WHERE action = 'door.verified' "
        "AND "
        "after LIKE $3 ORDER BY sequence",
        audit_columns);
    return connection.query(
        sql, {id, fmt::format("%\"id\":\"{}\"%", id), fmt::format("%\"user_id\":\"{}\"%", user_id)});
}

/// Of an entry of the person, what is neither a word of the contract nor a time.
bool is_personal(std::string_view member) {
    return member == "name" || member == "user_id" || member == "cards" || member == "remark";
}

bool has_id(const json::object& object, std::string_view id) {
    const auto* found = object.if_contains("id");
    return found != nullptr && found->is_string() && found->get_string() == id;
}

/// At any depth: the name beside the person's id, and the user ID.
void take_out(json::value& value, std::string_view id, std::string_view user_id) {
    if (auto* list = value.if_array(); list != nullptr)
        for (auto& one : *list) take_out(one, id, user_id);
    auto* object = value.if_object();
    if (object == nullptr) return;
    if (has_id(*object, id)) (*object)["name"] = nullptr;
    for (auto& member : *object) {
        auto& is = member.value();
        if (member.key() == "user_id" && is.is_string() && is.get_string() == user_id) is = nullptr;
        take_out(is, id, user_id);
    }
}

/// The members without the person: null in the place of what names somebody.
std::optional<std::string> without(const std::optional<std::string>& members, const std::string& id,
                                   const std::string& user_id, std::string_view kind) {
    boost::system::error_code failed;
    auto value = members ? json::parse(*members, failed) : json::value();
    if (!value.is_object()) return members;
    take_out(value, id, user_id);
    if (kind == "person")
        for (auto& member : value.get_object())
            if (is_personal(member.key())) member.value() = nullptr;
    return json::serialize(value);
}

ports::Value value_of(const std::optional<std::string>& text) {
    return text ? ports::Value(*text) : ports::Value(nullptr);
}

Row without(const Row& row, const std::string& id, const std::string& user_id) {
    std::vector<ports::Value> values;
    for (std::size_t i = 0; i < row.size(); ++i) values.push_back(row.value(i));
    const auto& kind = row.text(6);
    if (kind == "person") values[8] = nullptr;
    for (const std::size_t column : {9, 10})
        values[column] = value_of(without(row.text_or_null(column), id, user_id, kind));
    return Row(std::move(values));
}

bool same(const Row& one, const Row& other) {
    for (std::size_t i = 0; i < one.size(); ++i)
        if (one.value(i) != other.value(i)) return false;
    return true;
}

}  // namespace

Status Audit::erase_person(Connection& connection, const Actor& actor, Id person,
                           const std::string& user_id) {
    const auto id = id_text(person);
    const auto found = entries_about(connection, id, user_id);
    if (!found) return std::unexpected(found.error());
    std::vector<Row> left;
    json::object digests;
    for (const auto& row : *found) {
        auto rest = without(row, id, user_id);
        if (same(row, rest)) continue;
        digests[std::to_string(row.integer(1))] = digest_of_rest(rest);
        left.push_back(std::move(rest));
    }
    const json::object after{
        {"log_entries", json::object{{"count", left.size()}, {"digests", std::move(digests)}}}};
    auto noted =
        append(connection, actor, "person.erased", Subject{"person", id, std::nullopt}, nullptr, &after);
    for (const auto& rest : left)
        if (noted)
            noted = ran(connection.execute(
                "UPDATE audit SET subject_name = $2, before = $3, after = $4, erased_by = (SELECT "
                "max(sequence) FROM audit) WHERE sequence = $1",
                {rest.integer(1), rest.text_or_null(8), rest.text_or_null(9), rest.text_or_null(10)}));
    return noted;
}

Result<bool> Audit::trim(Connection& connection, base::UtcTime before, std::int64_t at_most) {
    const auto oldest = connection.query(
        fmt::format("SELECT sequence, at, hash FROM audit ORDER BY sequence LIMIT {}", at_most));
    if (!oldest) return std::unexpected(oldest.error());
    const Row* last = nullptr;
    std::int64_t count = 0;
    for (const auto& row : *oldest) {
        if (row.time(1) >= before) break;
        last = &row;
        ++count;
    }
    if (last == nullptr) return false;
    const json::object after{{"log_entries", json::object{{"count", count}}},
                             {"hash", base::to_hex(last->blob(2))}};
    const ports::Blob hash{last->blob(2)};
    auto done = append(connection, {}, "audit.trimmed", std::nullopt, nullptr, &after);
    if (done) done = ran(connection.execute("DELETE FROM audit_start"));
    if (done)
        done = ran(connection.execute("INSERT INTO audit_start (sequence, hash) VALUES ($1, $2)",
                                      {last->integer(0), hash}));
    if (done) done = ran(connection.execute("DELETE FROM audit WHERE sequence <= $1", {last->integer(0)}));
    if (!done) return std::unexpected(done.error());
    return true;
}

}  // namespace sallyport::server
