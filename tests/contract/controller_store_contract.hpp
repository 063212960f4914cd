#pragma once
// What every implementation of ports::ControllerStore does.
#include <functional>
#include <memory>

#include <gtest/gtest.h>

#include "ports/controller_store.hpp"

namespace sallyport::tests {

/// A store whose memory outlives the store object: a file, or the object itself.
struct StorePlace {
    virtual ~StorePlace() = default;
    /// The store as the next start of the program finds it. The one opened before is gone.
    virtual ports::ControllerStore& reopen() = 0;
};
using MakeStorePlace = std::function<std::unique_ptr<StorePlace>(std::uint64_t records_limit)>;

class ControllerStoreContract : public testing::TestWithParam<MakeStorePlace> {};

/// A person with one of everything.
[[nodiscard]] core::Person sample_person(std::string_view user_id, std::uint64_t card);
/// A record told apart by its detail.
[[nodiscard]] core::Record sample_record(std::string_view detail);
/// A write of `count` records.
[[nodiscard]] ports::StoreWrite records_write(int count);

}  // namespace sallyport::tests
