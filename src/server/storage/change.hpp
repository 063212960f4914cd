#pragma once
// Something that controllers hold was changed here: people, permissions, settings of doors or of the site.
#include <functional>

namespace sallyport::server {

enum class Change { people, permissions, doors, site };
/// Called after the commit, from any thread; must return quickly.
using OnChange = std::function<void(Change)>;

}  // namespace sallyport::server
