# Rules of the house that no compiler knows, checked on every build: cmake/check_includes.cmake.
file(GLOB_RECURSE ALL_SOURCES CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/*.h ${CMAKE_SOURCE_DIR}/src/*.cc
     ${CMAKE_SOURCE_DIR}/apps/*.cc ${CMAKE_SOURCE_DIR}/apps/*.h)
add_custom_command(OUTPUT ${CMAKE_BINARY_DIR}/includes.checked
    COMMAND ${CMAKE_COMMAND} -DROOT=${CMAKE_SOURCE_DIR} -P ${CMAKE_SOURCE_DIR}/cmake/check_includes.cmake
    COMMAND ${CMAKE_COMMAND} -E touch ${CMAKE_BINARY_DIR}/includes.checked
    DEPENDS ${ALL_SOURCES} ${CMAKE_SOURCE_DIR}/cmake/check_includes.cmake
    COMMENT "Checking which outside libraries each module includes")
add_custom_target(check_includes ALL DEPENDS ${CMAKE_BINARY_DIR}/includes.checked)
