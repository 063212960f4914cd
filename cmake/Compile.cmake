# Language, warnings, sanitizers: one target that everything links.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
set(CMAKE_CXX_FLAGS_DEBUG "-O0")

set(SALLYPORT_SANITIZE "" CACHE STRING "asan-ubsan, tsan, fuzz or coverage")

find_program(CCACHE ccache)
if(CCACHE)
    # ccache keeps what was compiled with a precompiled header only when it may trust the header's contents.
    set(CMAKE_CXX_COMPILER_LAUNCHER
        ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
endif()

add_library(sallyport_compile INTERFACE)
target_include_directories(sallyport_compile INTERFACE ${CMAKE_SOURCE_DIR}/src)
target_compile_options(sallyport_compile INTERFACE
    -Wall -Wextra -Wpedantic -Werror -Wshadow -Wswitch-enum -g1
    -ffile-prefix-map=${CMAKE_SOURCE_DIR}=. -fdebug-prefix-map=${CMAKE_SOURCE_DIR}=.)
target_compile_definitions(sallyport_compile INTERFACE
    BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_BOOST_DATE_TIME BOOST_ASIO_SEPARATE_COMPILATION
    BOOST_BEAST_SEPARATE_COMPILATION SALLYPORT_VERSION="${PROJECT_VERSION}")
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    target_link_options(sallyport_compile INTERFACE -fuse-ld=lld-19)
endif()

# The full undefined-behaviour set makes a Beast file cost two minutes; these five find nothing that the
# rest does not.
set(undefined -fsanitize=undefined -fno-sanitize=null,alignment,vptr,object-size,function
    -fno-sanitize-recover=all)
if(SALLYPORT_SANITIZE STREQUAL "asan-ubsan")
    set(flags -fsanitize=address ${undefined} -fno-omit-frame-pointer)
elseif(SALLYPORT_SANITIZE STREQUAL "tsan")
    set(flags -fsanitize=thread)
elseif(SALLYPORT_SANITIZE STREQUAL "fuzz")
    set(flags -fsanitize=fuzzer-no-link,address ${undefined} -O1)
elseif(SALLYPORT_SANITIZE STREQUAL "coverage")
    set(flags -fprofile-instr-generate -fcoverage-mapping)
endif()
if(flags)
    target_compile_options(sallyport_compile INTERFACE ${flags})
    target_link_options(sallyport_compile INTERFACE ${flags})
endif()
