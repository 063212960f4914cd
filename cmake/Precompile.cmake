# Headers of libraries that most files include, parsed once for all of them: parsing them is most of what
# the compiler does. Off in the presets campaign and arm64 (`./dev test --all`), so that a file that does not
# include what it uses shows there. Off for several checkouts that share a ccache as well: a precompiled
# header holds the path of its folder.
#
#   sallyport_precompile(TARGET library|test)
option(SALLYPORT_PRECOMPILE "parse the headers of libraries once" ON)

set(library_headers <algorithm> <array> <atomic> <bit> <charconv> <chrono> <compare> <condition_variable>
    <cstdint> <cstring> <deque> <expected> <filesystem> <fstream> <functional> <iterator> <limits> <map>
    <memory> <mutex> <numeric> <optional> <ranges> <set> <span> <sstream> <string> <string_view>
    <system_error> <thread> <tuple> <unordered_map> <unordered_set> <utility> <variant> <vector>
    <boost/json.hpp> <fmt/format.h>)
set(test_headers ${library_headers} <gmock/gmock.h> <gtest/gtest.h> <rapidcheck/gtest.h>)

if(SALLYPORT_PRECOMPILE)
    file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/precompiled.cpp CONTENT "")
    set(kinds library)
    if(SALLYPORT_TESTS)
        list(APPEND kinds test)
    endif()
    foreach(kind IN LISTS kinds)
        add_library(sallyport_${kind}_headers OBJECT ${CMAKE_BINARY_DIR}/precompiled.cpp)
        target_link_libraries(sallyport_${kind}_headers PRIVATE sallyport_compile)
        target_precompile_headers(sallyport_${kind}_headers PRIVATE ${${kind}_headers})
        # What it was made of is told by its contents, not by the time, for ccache.
        target_compile_options(sallyport_${kind}_headers PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
    endforeach()
    if(SALLYPORT_TESTS)
        target_link_libraries(sallyport_test_headers PRIVATE rapidcheck GTest::gmock GTest::gtest)
    endif()
endif()

function(sallyport_precompile target kind)
    if(SALLYPORT_PRECOMPILE)
        target_precompile_headers(${target} REUSE_FROM sallyport_${kind}_headers)
    endif()
endfunction()
