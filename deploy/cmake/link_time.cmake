# The shipped program and the benchmarks are optimised as a whole: a tenth of the time of an event, and of a record, went into
# calls from one room into another. Objects hold both forms, so that the many programs of the tests link as fast as ever.
# Only with GCC: clang before version 17 writes one form or the other.
set(caravan_link_time OFF)
if(CMAKE_C_COMPILER_ID STREQUAL "GNU" AND CMAKE_BUILD_TYPE STREQUAL "Release" AND CARAVAN_SANITIZE STREQUAL "none")
    include(CheckIPOSupported)
    check_ipo_supported(RESULT caravan_link_time OUTPUT caravan_link_time_why LANGUAGES C)
    if(caravan_link_time)
        add_compile_options(-flto=auto -ffat-lto-objects)
        add_link_options("$<IF:$<BOOL:$<TARGET_PROPERTY:CARAVAN_WHOLE>>,-flto=auto,-fno-lto>")
    else()
        message(STATUS "Not optimised as a whole: ${caravan_link_time_why}")
    endif()
endif()

function(caravan_optimise_whole target)
    set_target_properties(${target} PROPERTIES CARAVAN_WHOLE ON)
endfunction()
