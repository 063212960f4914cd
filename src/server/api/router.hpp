#pragma once
// Which operation a method and a path mean.
#include <string_view>
#include <vector>

#include "server/api/operation.hpp"

namespace sallyport::server {

class Router {
  public:
    explicit Router(Operations operations);

    struct Match {
        const Operation* operation = nullptr;  ///< null: there is no such path, or not with this method
        std::vector<std::string> path;
        std::string allow;  ///< the methods of the path, when it is there: "GET, POST"
    };
    /// `path` is below /api/v1. A pattern without {...} is preferred: /devices/search before /devices/{id}.
    [[nodiscard]] Match find(std::string_view method, std::string_view path) const;

  private:
    struct Route {
        Operation operation;
        std::vector<std::string> segments;
    };
    std::vector<Route> routes_;
};

}  // namespace sallyport::server
