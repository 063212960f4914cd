#pragma once
// Search over what happened at the doors (platform.md L2), newest first. Any thread.
#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "ports/database.hpp"
#include "server/live/live.hpp"
#include "server/rights/part.hpp"
#include "server/wire/parameters.hpp"

namespace sallyport::server {

/// Empty lists and missing values: anything. Words are those of api/openapi.yaml.
struct EventFilter {
    std::vector<Id> devices{};
    std::vector<Id> doors{};
    std::vector<Id> people{};
    std::vector<Id> departments{};      ///< those below them are named as well
    std::optional<std::string> card{};  ///< canonical
    std::vector<std::string> kinds{};
    std::optional<std::string> result{};
    std::vector<std::string> reasons{};
    std::optional<base::UtcTime> from{};  ///< included
    std::optional<base::UtcTime> to{};    ///< excluded
};

class Events {
  public:
    /// Both outlive this.
    Events(ports::Database& database, Live& live) : database_(database), live_(live) {}

    /// Answers are as in api/openapi.yaml: Event, EventList, EventHistogram.
    /// `seen` is the part of who asks: events at doors elsewhere are as if they were not there, and who came
    /// is not told of people elsewhere.
    [[nodiscard]] Answer<boost::json::object> list(const EventFilter&, const Part& seen, const Page&) const;
    [[nodiscard]] Answer<boost::json::object> get(Id, const Part& seen) const;
    /// How many events the list has, or `most` when there are more. It looks at each of them.
    [[nodiscard]] Answer<std::int64_t> count(const EventFilter&, const Part& seen, std::int64_t most) const;
    /// `filter.from` and `filter.to` are there, in order.
    [[nodiscard]] Answer<boost::json::object> histogram(const EventFilter& filter, const Part& seen,
                                                        std::int64_t buckets) const;

    /// Sends events that were just stored to who looks, in the order of `ids`: type event, and alarm besides.
    void publish(const std::vector<Id>& ids) const;

  private:
    ports::Database& database_;
    Live& live_;
};

}  // namespace sallyport::server
