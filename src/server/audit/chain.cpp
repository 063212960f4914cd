#include "server/audit/chain.hpp"

#include <map>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/core.h>
#include <sodium.h>

#include "base/ids.hpp"
#include "server/audit/audit.hpp"
#include "server/wire/time_text.hpp"

namespace sallyport::server {

namespace json = boost::json;
using base::ErrorKind;
using ports::Row;

json::value text_or_null(const std::optional<std::string>& text) {
    return text ? json::value(*text) : json::value(nullptr);
}

/// Over the hash before and the columns in their order, so that no entry can be changed, moved or left out.
std::string chain_hash(const std::string& previous, const Row& row) {
    json::array all{row.integer(0), row.integer(1), row.integer(2)};
    for (std::size_t i = 3; i < 11; ++i) all.push_back(text_or_null(row.text_or_null(i)));
    if (!row.is_null(11)) all.emplace_back(row.text(11));  // entries were chained before there were tokens
    const auto text = json::serialize(all);
    std::string hash(32, '\0');
    crypto_generichash_state state;
    crypto_generichash_init(&state, nullptr, 0, hash.size());
    for (const auto& part : {previous, text})
        crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(part.data()), part.size());
    crypto_generichash_final(&state, reinterpret_cast<unsigned char*>(hash.data()), hash.size());
    return hash;
}

std::string digest_of_rest(const Row& row) {
    return base::to_hex(chain_hash("rest", row));
}

namespace {

base::Error broken(std::string what) {
    return {ErrorKind::corrupt, "audit_broken", "The audit log is broken: " + std::move(what)};
}

/// Walks the entries in their order.
class Walk {
  public:
    /// `start` is the last entry that was removed, if any were: its sequence and hash.
    explicit Walk(const ports::Rows& start) {
        if (start.empty()) return;
        first_ = last_ = start.front().integer(0);
        hash_ = start.front().blob(1);
        start_hash_ = base::to_hex(hash_);
    }
    [[nodiscard]] std::int64_t last() const { return last_; }

    [[nodiscard]] base::Status take(const Row& row) {
        const auto expected = last_ + 1;
        if (row.integer(1) != expected)
            return std::unexpected(broken(fmt::format("entry {} is missing.", expected)));
        if (!row.is_null(13))
            open_[expected] = {row.integer(13), digest_of_rest(row)};
        else if (chain_hash(hash_, row) != row.blob(12))
            return std::unexpected(
                broken(fmt::format("entry {} of {} was changed.", expected, time_text(row.time(2)))));
        hash_ = row.blob(12);
        last_ = expected;
        return row.is_null(10) || !row.is_null(13) ? base::Status() : read(row);
    }

    [[nodiscard]] base::Result<AuditChain> finish() const {
        if (!open_.empty())
            return std::unexpected(broken(
                fmt::format("entry {} was changed: no entry says what was erased.", open_.begin()->first)));
        if (!start_hash_.empty() && !start_told_)
            return std::unexpected(broken(fmt::format(
                "entries up to {} are missing, and no entry says that they were removed.", first_)));
        return AuditChain{last_ - first_, base::to_hex(hash_)};
    }

  private:
    struct Erased {
        std::int64_t by = 0;
        std::string digest;
    };

    /// Entries that tell of others.
    base::Status read(const Row& row) {
        const auto& action = row.text(5);
        if (action != "person.erased" && action != "audit.trimmed") return {};
        boost::system::error_code failed;
        const auto after = json::parse(row.text(10), failed);
        if (failed || !after.is_object()) return {};
        if (action == "audit.trimmed") {
            const auto* hash = after.get_object().if_contains("hash");
            start_told_ |= hash != nullptr && hash->is_string() && hash->get_string() == start_hash_;
            return {};
        }
        const auto* entries = after.get_object().if_contains("log_entries");
        const auto* digests = entries != nullptr && entries->is_object()
                                  ? entries->get_object().if_contains("digests")
                                  : nullptr;
        if (digests == nullptr || !digests->is_object()) return {};
        for (const auto& one : digests->get_object()) {
            const auto found = open_.find(id_from(one.key()).value_or(-1));
            if (found == open_.end() || found->second.by != last_) continue;
            if (!one.value().is_string() || one.value().get_string() != found->second.digest)
                return std::unexpected(broken(
                    fmt::format("entry {} was changed since a person was erased from it.", found->first)));
            open_.erase(found);
        }
        return {};
    }

    std::int64_t first_ = 0;  ///< the sequence before the first entry that is there
    std::int64_t last_ = 0;
    std::string hash_;
    std::string start_hash_;
    bool start_told_ = false;
    std::map<std::int64_t, Erased> open_;  ///< entries whose rest no entry has told yet
};

}  // namespace

base::Result<AuditChain> verify_audit(ports::Database& database) {
    constexpr std::int64_t at_once = 1'000;
    const auto start = ports::read_from(database, [](ports::Connection& connection) {
        return connection.query("SELECT sequence, hash FROM audit_start");
    });
    if (!start) return std::unexpected(start.error());
    Walk walk(*start);
    const auto sql =
        fmt::format("SELECT {}, hash, erased_by FROM audit WHERE sequence > $1 ORDER BY sequence LIMIT {}",
                    audit_columns, at_once);
    for (;;) {
        const auto rows = ports::read_from(
            database, [&](ports::Connection& connection) { return connection.query(sql, {walk.last()}); });
        if (!rows) return std::unexpected(rows.error());
        for (const auto& row : *rows)
            if (auto taken = walk.take(row); !taken) return std::unexpected(taken.error());
        if (std::ssize(*rows) < at_once) return walk.finish();
    }
}

}  // namespace sallyport::server
