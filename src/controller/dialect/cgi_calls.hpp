#pragma once
// Which CGI call is which method of the dialect, and how its answer is written (device-protocol.md, CGI).
#include <span>
#include <string>
#include <string_view>

#include "controller/method_table.hpp"
#include "ports/transport.hpp"

namespace sallyport::controller::dialect {

struct CgiCall {
    /// What the query becomes.
    enum class Asked : std::uint8_t {
        plain,   ///< its parameters by their names
        door,    ///< `channel` from 1 is DoorIndex from 0
        record,  ///< all but name, recno and action is the record
        config   ///< all but name is the table
    };
    enum class Said : std::uint8_t {
        ok,      ///< "OK"
        lines,   ///< "path=value" lines
        table,   ///< lines behind "table.NAME"
        number,  ///< "RecNo=7"
        time,    ///< "result=2026-03-29 01:59:50"
        json
    };
    std::string_view path;  ///< behind /cgi-bin/
    std::string_view action;
    std::string_view method;
    Asked asked = Asked::plain;
    Said said = Said::lines;
};

[[nodiscard]] std::span<const CgiCall> cgi_calls();

/// `not_found` "unknown_method" naming path and action, `invalid` "invalid_parameter" for what cannot be
/// read.
[[nodiscard]] base::Result<const CgiCall*> find_cgi_call(const ports::HttpRequest&);
[[nodiscard]] base::Result<Call> call_from(const CgiCall&, const ports::HttpRequest&, Caller);

[[nodiscard]] ports::HttpResponse cgi_answer(const CgiCall&, const Call&, const base::Result<Reply>&);
/// "Error" and a line of explanation, with 400, 401, 403 or 404.
[[nodiscard]] ports::HttpResponse cgi_refusal(const base::Error&);

}  // namespace sallyport::controller::dialect
