# caravan_build.h in the build folder: the commit that is built, and what no library says of itself at run time. Looked at
# anew by every build, written only when it changed. Without a git repository (an archive, an image) CARAVAN_COMMIT says it.
set(CARAVAN_COMMIT "" CACHE STRING "The commit that is built, for --version; empty: what git says")
set(caravan_build_header "${CMAKE_BINARY_DIR}/generated/caravan_build.h")

if(CMAKE_SCRIPT_MODE_FILE)
    if(NOT COMMIT)
        execute_process(COMMAND git describe --always --abbrev=12 --dirty=+ --exclude=*
            WORKING_DIRECTORY "${SOURCE}" OUTPUT_VARIABLE COMMIT OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    endif()
    if(NOT COMMIT)
        set(COMMIT "unknown commit")
    endif()
    file(CONFIGURE OUTPUT "${HEADER}" CONTENT [[
#define CARAVAN_COMMIT "@COMMIT@"
#define CARAVAN_CK_VERSION "@CK@"
]] @ONLY)
    return()
endif()

add_custom_target(caravan_build_header BYPRODUCTS "${caravan_build_header}" VERBATIM
    COMMAND "${CMAKE_COMMAND}" "-DSOURCE=${CMAKE_SOURCE_DIR}" "-DCOMMIT=${CARAVAN_COMMIT}" "-DCK=${ck_VERSION}"
        "-DHEADER=${caravan_build_header}" -P "${CMAKE_CURRENT_LIST_FILE}")
