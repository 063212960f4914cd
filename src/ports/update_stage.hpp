#pragma once
// Where an update waits for the one that may install it (docs/decisions/0011). Implementation:
// adapters/linux/update_stage. Blocking, one call at a time, never on the loop.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace sallyport::ports {

class UpdateStage {
  public:
    virtual ~UpdateStage() = default;
    /// The next piece of a package of `total` bytes; offset 0 begins anew. Gives the version that is staged
    /// when the last piece was right, an empty text before. Errors: those of codec::read_update and
    /// check_update; `invalid` "invalid_parameter" for a piece that does not follow; `storage`.
    virtual base::Result<std::string> take(std::uint64_t offset, std::uint64_t total,
                                           std::string_view piece) = 0;
};

}  // namespace sallyport::ports
