# A parser under fuzzing.
#
#   sallyport_fuzz(wiegand wiegand_fuzz.cpp sallyport_codec_wiegand)
#
# With the preset `fuzz` this is a libFuzzer program, fuzz_NAME (`./dev fuzz NAME SECONDS`); with every other
# preset a program of that name that feeds every file of tests/fuzz/corpus/NAME once, as a test.
function(sallyport_fuzz name source)
    set(target fuzz_${name})
    add_executable(${target} ${source})
    target_link_libraries(${target} PRIVATE ${ARGN} sallyport_compile)
    sallyport_precompile(${target} library)
    if(SALLYPORT_SANITIZE STREQUAL "fuzz")
        target_compile_definitions(${target} PRIVATE SALLYPORT_FUZZING)
        target_link_options(${target} PRIVATE -fsanitize=fuzzer)
        return()
    endif()
    target_sources(${target} PRIVATE ${CMAKE_SOURCE_DIR}/tests/fuzz/replay.cpp)
    add_test(NAME ${target} COMMAND ${target} tests/fuzz/corpus/${name} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
    set_tests_properties(${target} PROPERTIES LABELS fuzz TIMEOUT 60)
endfunction()
