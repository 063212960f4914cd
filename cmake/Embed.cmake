# All files of a directory, built into a small static library.
#
#   sallyport_embed(sallyport_panel_page sallyport::panel_page web/dist-panel
#       [DEPENDS web/dist-panel/index.html])
#
# gives `#include "embedded/panel_page.hpp"` with sallyport::panel_page::files(), sorted by path. The
# directory need not exist before the build: DEPENDS names what makes it; without DEPENDS the files are
# looked for when CMake runs.
set(SALLYPORT_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_DIR}/EmbedGenerate.cmake)
set(SALLYPORT_EMBED_TEMPLATES ${CMAKE_CURRENT_LIST_DIR}/embedded)

function(sallyport_embed target namespace directory)
    cmake_parse_arguments(arg "" "" "DEPENDS" ${ARGN})
    cmake_path(ABSOLUTE_PATH directory NORMALIZE)
    if(NOT arg_DEPENDS)
        file(GLOB_RECURSE arg_DEPENDS CONFIGURE_DEPENDS ${directory}/*)
    endif()
    string(REGEX REPLACE ".*::" "" name ${namespace})
    set(generated ${CMAKE_CURRENT_BINARY_DIR}/${target})
    configure_file(${SALLYPORT_EMBED_TEMPLATES}.hpp.in ${generated}/embedded/${name}.hpp @ONLY)
    # The inputs stand in the command so that it runs again when one of them goes.
    add_custom_command(OUTPUT ${generated}/${name}.cpp
        COMMAND ${CMAKE_COMMAND} -D directory=${directory} -D output=${generated}/${name}.cpp
            -D name=${name} -D namespace=${namespace} -D "inputs=${arg_DEPENDS}" -P ${SALLYPORT_EMBED_SCRIPT}
        DEPENDS ${arg_DEPENDS} ${SALLYPORT_EMBED_SCRIPT} ${SALLYPORT_EMBED_TEMPLATES}.cpp.in
        COMMENT "Embedding ${name}"
        VERBATIM)
    add_library(${target} STATIC ${generated}/${name}.cpp)
    target_include_directories(${target} PUBLIC ${generated})
    # .incbin looks below the directory, so that no path of this machine is in what is compiled.
    target_compile_options(${target} PRIVATE "-Wa,-I${directory}")
    target_link_libraries(${target} PUBLIC sallyport_base)
endfunction()
