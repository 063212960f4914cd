#pragma once
// What an operator may do (platform.md S3): for each function of the platform one level, each including the
// ones before it. Pure.
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include <boost/describe/enum.hpp>
#include <boost/json/object.hpp>

namespace sallyport::server {

enum class Function : std::uint8_t {
    devices,  ///< controllers and the areas that they are in
    doors,
    people,  ///< and departments
    permissions,
    events,
    audit,
    settings,
    accounts,
};
BOOST_DESCRIBE_ENUM(Function, devices, doors, people, permissions, events, audit, settings, accounts)
inline constexpr std::size_t functions = 8;

enum class Level : std::uint8_t { none, view, control, edit, administer };
BOOST_DESCRIBE_ENUM(Level, none, view, control, edit, administer)

class Rights {
  public:
    [[nodiscard]] Level of(Function function) const { return levels_[static_cast<std::size_t>(function)]; }
    [[nodiscard]] bool may(Function function, Level level) const { return of(function) >= level; }
    void set(Function function, Level level) { levels_[static_cast<std::size_t>(function)] = level; }
    /// Whether everything that `other` may do may be done with these as well.
    [[nodiscard]] bool cover(const Rights& other) const;
    friend bool operator==(const Rights&, const Rights&) = default;

  private:
    std::array<Level, functions> levels_{};
};

/// What may be done with either.
[[nodiscard]] Rights both(const Rights&, const Rights&);
/// {"doors": "control", ...}, all functions.
[[nodiscard]] boost::json::object rights_json(const Rights&);
/// From what is stored; words that are not known are none.
[[nodiscard]] Rights rights_from(std::string_view json);

}  // namespace sallyport::server
