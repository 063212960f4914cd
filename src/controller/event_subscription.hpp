#pragma once
// Who listens to which events of the dialect, and what an event is made of (device-protocol.md, events).
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "base/result.hpp"
#include "controller/store_thread.hpp"
#include "core/access/roster.hpp"

namespace sallyport::controller {

class EventSubscription {
  public:
    /// "All", or codes of the dialect such as "AccessControl"; empty means all.
    explicit EventSubscription(const std::vector<std::string>& codes) : codes_(codes.begin(), codes.end()) {}
    [[nodiscard]] bool wants(std::string_view code) const;

  private:
    std::set<std::string, std::less<>> codes_;
};

/// {Action, Code, Index, Data}; empty for a record that the dialect has no event for.
[[nodiscard]] boost::json::object event_json(const core::StoredRecord&, const core::Roster*);

/// The fields that the dialect gives a record of somebody who asked: RecNo, CreateTime (seconds since 1970
/// UTC), CardNo, CardType, UserID, Type, Status, Method, Door (from 0), ReaderID, ErrorCode. `roster` tells
/// the card's type and may be null.
[[nodiscard]] boost::json::object card_record_json(const core::StoredRecord&, const core::Roster* roster);
/// RecNo, CreateTime, Code, Action, Door, ReaderID, CardNo, UserID.
[[nodiscard]] boost::json::object alarm_record_json(const core::StoredRecord&);

/// Codes of `eventManager.attach`: {"codes": ["All"]}, one text, or "[A,B]" as CGI has it. `invalid` when
/// none of them is known here.
[[nodiscard]] base::Result<EventSubscription> subscription_from(const boost::json::object& params);

}  // namespace sallyport::controller
