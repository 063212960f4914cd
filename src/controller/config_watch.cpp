#include "controller/config_watch.hpp"

#include <algorithm>

#include <fmt/core.h>
#include <fmt/ranges.h>

#include "codec/cgi/loose.hpp"

namespace sallyport::controller {

namespace json = boost::json;

void ConfigWatch::offer(std::vector<std::string_view> names, Read read) {
    names_ = std::move(names);
    read_ = std::move(read);
}

base::Result<ConfigWatch::Names> ConfigWatch::names_from(const json::object& params) const {
    codec::cgi::Fault fault;
    const auto said = codec::cgi::Loose(params, fault)["name"];
    Names names;
    said.each(names_.size(), [&](const codec::cgi::Loose& one) {
        const auto name = one.text(64);
        if (name == "All") return names.insert(names_.begin(), names_.end());
        if (std::ranges::find(names_, name) == names_.end())
            one.complain(fmt::format("is no table: {} or All can be listened to", fmt::join(names_, ", ")));
        names.insert(name);
    });
    if (names.empty()) said.complain("has to be a table such as AccessControl, a list of them, or All");
    if (fault) return std::unexpected(*fault);
    return names;
}

std::shared_ptr<ConfigWatch::Listener> ConfigWatch::attach(Names names, Told told) {
    look();  // what others have not been told yet is no news to this one
    for (const auto& name : names)
        if (!known_.contains(name)) known_[name] = read_(name);
    auto listener = std::make_shared<Listener>(std::move(names), std::move(told));
    listeners_.push_back(listener);
    return listener;
}

void ConfigWatch::look() {
    std::erase_if(listeners_, [](const auto& one) { return one.expired(); });
    if (listeners_.empty()) return known_.clear();
    if (!controller_.running() || settled()) return;
    for (auto& table : known_) compare(table);
}

void ConfigWatch::look_at(std::string_view name) {
    const auto known = known_.find(name);
    if (known != known_.end() && controller_.running()) compare(*known);
}

void ConfigWatch::compare(Known::value_type& table) {
    auto& [name, known] = table;
    auto now = read_(name);
    if (now == known) return;
    known = std::move(now);
    const auto listeners = listeners_;  // who is told may leave
    for (const auto& weak : listeners)
        if (const auto one = weak.lock(); one && one->names.contains(name)) one->told(name, known);
}

/// Whether nothing that tables are made of has changed: they are large, and doors are busy.
bool ConfigWatch::settled() {
    const auto& station = controller_.station();
    std::vector<core::DoorMode> modes;
    for (std::size_t i = 1; i <= station.settings().doors.size(); ++i)
        modes.push_back(controller_.view({static_cast<std::uint8_t>(i)}).mode);
    if (station.settings() == settings_ && station.calendar() == calendar_ && modes == modes_) return true;
    settings_ = station.settings();
    calendar_ = station.calendar();
    modes_ = std::move(modes);
    return false;
}

}  // namespace sallyport::controller
