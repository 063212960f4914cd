# One folder, one target: every .cpp of the folder but its unit tests (X_test.cpp) is the library
# `sallyport_NAME`, the unit tests are the program `NAME_test`.
#
#   sallyport_folder(core_door LINKS sallyport_base ...)
function(sallyport_folder name)
    cmake_parse_arguments(arg "" "" "LINKS;TEST_LINKS" ${ARGN})
    file(GLOB sources CONFIGURE_DEPENDS *.cpp)
    set(tests ${sources})
    list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
    list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
    if(sources)
        add_library(sallyport_${name} STATIC ${sources})
        target_link_libraries(sallyport_${name} PUBLIC sallyport_compile ${arg_LINKS})
        sallyport_precompile(sallyport_${name} library)
    else()
        add_library(sallyport_${name} INTERFACE)
        target_link_libraries(sallyport_${name} INTERFACE sallyport_compile ${arg_LINKS})
    endif()
    if(tests AND SALLYPORT_TESTS)
        sallyport_test(${name}_test SOURCES ${tests} LINKS sallyport_${name} ${arg_TEST_LINKS})
    endif()
endfunction()

# A GoogleTest program, one ctest entry for each; RapidCheck properties are tests of it as well.
function(sallyport_test name)
    cmake_parse_arguments(arg "" "TIMEOUT" "SOURCES;LINKS" ${ARGN})
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT 120)
    endif()
    add_executable(${name} ${arg_SOURCES})
    target_link_libraries(${name} PRIVATE ${arg_LINKS} sallyport_compile rapidcheck
        GTest::gmock GTest::gtest GTest::gtest_main)
    sallyport_precompile(${name} test)
    add_test(NAME ${name} COMMAND ${name} --gtest_brief=1 WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
    if(SALLYPORT_SANITIZE)  # what looks on makes everything several times slower
        math(EXPR arg_TIMEOUT "${arg_TIMEOUT} * 8")
    endif()
    set_tests_properties(${name} PROPERTIES TIMEOUT ${arg_TIMEOUT})
endfunction()
