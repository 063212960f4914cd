#include "server/audit/audit.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/core.h>

#include "server/audit/chain.hpp"
#include "server/wire/conditions.hpp"
#include "server/wire/time_text.hpp"

namespace sallyport::server {

namespace json = boost::json;

namespace {

ports::Value value_of(const std::optional<std::string>& text) {
    return text ? ports::Value(*text) : ports::Value(nullptr);
}

ports::Value value_of(const json::object* object) {
    if (object == nullptr) return nullptr;
    auto told = *object;
    told.erase("revision");
    return json::serialize(told);
}

json::value parsed_or_null(const std::optional<std::string>& text) {
    boost::system::error_code failed;
    return text ? json::parse(*text, failed) : json::value(nullptr);
}

json::object entry_json(const ports::Row& row) {
    json::value subject = nullptr;
    if (!row.is_null(6))
        subject = json::object{{"kind", row.text(6)},
                               {"id", text_or_null(row.text_or_null(7))},
                               {"name", text_or_null(row.text_or_null(8))}};
    return {{"id", id_text(row.integer(0))},
            {"at", time_text(row.time(2))},
            {"account", text_or_null(row.text_or_null(3))},
            {"token", text_or_null(row.text_or_null(11))},
            {"address", text_or_null(row.text_or_null(4))},
            {"action", row.text(5)},
            {"subject", std::move(subject)},
            {"before", parsed_or_null(row.text_or_null(9))},
            {"after", parsed_or_null(row.text_or_null(10))}};
}

/// Entries whose subject is inside; ? is the own account.
std::string in_part(const Part& seen) {
    const auto inside = [](std::string_view kind, std::string_view rows, std::string_view branch,
                           const Branches& branches) {
        return fmt::format(" OR (subject_kind = '{}' AND CAST(subject_id AS INTEGER) IN (SELECT {}{}))", kind,
                           rows, branches ? fmt::format(" WHERE {} {}", branch, in_branches(*branches)) : "");
    };
    return "(account = ?" + inside("person", "id FROM person", "department_id", seen.departments) +
           inside("department", "id FROM department", "id", seen.departments) +
           inside("area", "id FROM area", "id", seen.areas) +
           inside("device", "id FROM device", "area_id", seen.areas) +
           inside("door", "d.id FROM door d JOIN device v ON v.id = d.device_id",
                  "coalesce(d.area_id, v.area_id)", seen.areas) +
           inside("passback_area", "a.id FROM passback_area a JOIN device v ON v.id = a.device_id",
                  "v.area_id", seen.areas) +
           inside("interlock", "i.id FROM interlock i JOIN device v ON v.id = i.device_id", "v.area_id",
                  seen.areas) +
           ")";
}

}  // namespace

base::Status Audit::append(ports::Connection& connection, const Actor& actor, std::string_view action,
                           const std::optional<Subject>& subject, const json::object* before,
                           const json::object* after) {
    const auto last = connection.query("SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1");
    if (!last) return std::unexpected(last.error());
    const auto sequence = last->empty() ? 1 : last->front().integer(0) + 1;
    const ports::Row row({ids_.next(), sequence, clock_.utc().microseconds, value_of(actor.account),
                          value_of(actor.address), std::string(action),
                          subject ? ports::Value(subject->kind) : ports::Value(nullptr),
                          subject ? value_of(subject->id) : ports::Value(nullptr),
                          subject ? value_of(subject->name) : ports::Value(nullptr), value_of(before),
                          value_of(after), value_of(actor.token)});
    const ports::Blob hash{chain_hash(last->empty() ? std::string() : last->front().blob(1), row)};
    std::vector<std::optional<std::string>> texts;
    for (std::size_t i = 3; i < 12; ++i) texts.push_back(row.text_or_null(i));
    ports::Parameters parameters{row.integer(0), row.integer(1), row.integer(2)};
    for (const auto& text : texts) parameters.emplace_back(text);
    parameters.emplace_back(hash);
    static const auto sql = fmt::format(
        "INSERT INTO audit ({}, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        audit_columns);
    const auto stored = connection.execute(sql, parameters);
    if (!stored) return std::unexpected(stored.error());
    return {};
}

Answer<json::object> Audit::list(const AuditFilter& filter, const Part& seen, const std::string& own,
                                 const Page& page) const {
    Conditions where;
    if (!seen.whole()) where.add(in_part(seen), {own});
    if (filter.account) where.add("account = ?", {*filter.account});
    if (filter.action) where.add("action = ?", {*filter.action});
    if (filter.from) where.add("at >= ?", {*filter.from});
    if (filter.to) where.add("at < ?", {*filter.to});
    if (page.cursor) {
        const auto place = TimePlace::from(*page.cursor);
        if (!place) return bad_cursor();
        where.add("(at, id) < (?, ?)", {place->at, place->id});
    }
    const auto sql = fmt::format("SELECT {} FROM audit{} ORDER BY at DESC, id DESC LIMIT {}", audit_columns,
                                 where.text(), page.limit + 1);
    const auto rows = ports::read_from(
        database_, [&](ports::Connection& connection) { return connection.query(sql, where.parameters()); });
    if (!rows) return std::unexpected(rows.error());
    return page_of(*rows, page.limit, entry_json,
                   [](const ports::Row& row) { return TimePlace{row.time(2), row.integer(0)}.text(); });
}

Changes changes(const json::object& before, const json::object& after) {
    Changes found;
    for (const auto& member : after) {
        const auto* old = before.if_contains(member.key());
        if (member.key() == "revision" || (old != nullptr && *old == member.value())) continue;
        if (old != nullptr) found.before[member.key()] = *old;
        found.after[member.key()] = member.value();
    }
    return found;
}

}  // namespace sallyport::server
