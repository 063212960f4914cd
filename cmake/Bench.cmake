# A benchmark: bench_NAME from NAME_bench.cpp, run by `./dev bench NAME`; what it prints is said in
# bench/run.py. Only in release builds, because nothing else is worth measuring.
#
#   sallyport_bench(decision sallyport_core_access)
function(sallyport_bench name)
    add_executable(bench_${name} ${name}_bench.cpp)
    target_include_directories(bench_${name} PRIVATE ${CMAKE_SOURCE_DIR})
    target_link_libraries(bench_${name} PRIVATE ${ARGN} sallyport_compile)
    sallyport_precompile(bench_${name} library)
endfunction()
