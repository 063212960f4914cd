#include "server/people/photos.hpp"

#include "server/people/photo.hpp"

namespace sallyport::server {

using ports::Connection;

namespace {

/// The person's name.
Answer<std::string> find(Connection& connection, Id person, const Branches& seen) {
    const auto rows = connection.query("SELECT name, department_id FROM person WHERE id = $1", {person});
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty() || !holds(seen, rows->front().integer_or_null(1))) return no_such("person");
    return rows->front().text(0);
}

}  // namespace

Answer<std::string> Photos::get(Id person, const Branches& seen) const {
    return ports::read_from(database_, [&](Connection& connection) -> Answer<std::string> {
        const auto name = find(connection, person, seen);
        if (!name) return name;
        const auto rows = connection.query("SELECT jpeg FROM person_photo WHERE person_id = $1", {person});
        if (!rows) return std::unexpected(rows.error());
        if (rows->empty()) return no_such("photo");
        return rows->front().blob(0);
    });
}

base::Status Photos::note(Connection& connection, Id person, const std::string& name, std::string_view what,
                          const Actor& actor) {
    const boost::json::object after{{"photo", what}};
    return audit_.append(connection, actor, "person.changed", Subject{"person", id_text(person), name},
                         nullptr, &after);
}

Outcome Photos::set(Id person, std::string_view file, const Branches& seen, const Actor& actor) {
    const auto known =
        ports::read_from(database_, [&](Connection& connection) { return find(connection, person, seen); });
    if (!known) return std::unexpected(known.error());
    const auto photo = make_photo(file, draw_, stop_.get_token());
    if (!photo) return std::unexpected(photo.error());
    return ports::write_to(database_, [&](Connection& connection) -> Outcome {
        const auto name = find(connection, person, seen);
        if (!name) return std::unexpected(name.error());
        const auto stored = connection.execute(
            "INSERT INTO person_photo (person_id, changed_at, jpeg) VALUES ($1, $2, $3) ON CONFLICT "
            "(person_id) DO UPDATE SET changed_at = excluded.changed_at, jpeg = excluded.jpeg",
            {person, clock_.utc(), ports::Blob{*photo}});
        if (!stored) return std::unexpected(stored.error());
        auto noted = note(connection, person, *name, "changed", actor);
        if (!noted) return std::unexpected(noted.error());
        return {};
    });
}

Outcome Photos::remove(Id person, const Branches& seen, const Actor& actor) {
    return ports::write_to(database_, [&](Connection& connection) -> Outcome {
        const auto name = find(connection, person, seen);
        if (!name) return std::unexpected(name.error());
        const auto removed = connection.execute("DELETE FROM person_photo WHERE person_id = $1", {person});
        if (!removed) return std::unexpected(removed.error());
        if (*removed == 0) return no_such("photo");
        auto noted = note(connection, person, *name, "removed", actor);
        if (!noted) return std::unexpected(noted.error());
        return {};
    });
}

}  // namespace sallyport::server
