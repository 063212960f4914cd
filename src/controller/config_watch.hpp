#pragma once
// Who wants to be told when a table of the dialect's settings changes (`configManager.attach`), whoever
// changes it: the owner's plan, a keypad, a client of the dialect.
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "controller/controller.hpp"

namespace sallyport::controller {

/// All on the loop thread.
class ConfigWatch {
  public:
    using Names = std::set<std::string, std::less<>>;
    using Read = std::function<boost::json::value(std::string_view name)>;
    using Told = std::function<void(const std::string& name, const boost::json::value& table)>;
    struct Listener {
        Names names;
        Told told;
    };

    explicit ConfigWatch(const Controller& controller) : controller_(controller) {}

    /// The tables that there are, and how one is read.
    void offer(std::vector<std::string_view> names, Read read);
    /// Of `configManager.attach {name}`: one name, a list, or "All". `invalid` for a name that is not there.
    [[nodiscard]] base::Result<Names> names_from(const boost::json::object& params) const;
    /// Told until the listener is dropped.
    [[nodiscard]] std::shared_ptr<Listener> attach(Names, Told);
    /// Something has happened at the station: tells what is different now.
    void look();
    /// A table that is made of something else may be different.
    void look_at(std::string_view name);

  private:
    using Known = std::map<std::string, boost::json::value, std::less<>>;
    [[nodiscard]] bool settled();
    void compare(Known::value_type&);

    const Controller& controller_;
    std::vector<std::string_view> names_;
    Read read_;
    std::vector<std::weak_ptr<Listener>> listeners_;
    Known known_;  ///< of tables that somebody listens to
    core::Settings settings_;
    core::Calendar calendar_;
    std::vector<core::DoorMode> modes_;
};

}  // namespace sallyport::controller
