# Compiler, warnings and build kinds, for every target.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(CMAKE_VERIFY_INTERFACE_HEADER_SETS ON)
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O1 -g1 -fno-omit-frame-pointer")

if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang" OR CMAKE_CXX_COMPILER_VERSION VERSION_LESS 19)
    message(FATAL_ERROR "Meridian is built with clang 19 or later (found ${CMAKE_CXX_COMPILER}); use a preset: "
                        "cmake --preset release")
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror -fcolor-diagnostics)
add_link_options(-fuse-ld=lld)

set(MERIDIAN_SANITIZE "" CACHE STRING "Sanitizers, as in -fsanitize=")
option(MERIDIAN_FUZZ "Build the fuzz targets" OFF)
option(MERIDIAN_COVERAGE "Instrument for llvm-cov" OFF)
if(MERIDIAN_SANITIZE)
    add_compile_options(-fsanitize=${MERIDIAN_SANITIZE} -fno-sanitize-recover=all)
    add_link_options(-fsanitize=${MERIDIAN_SANITIZE})
endif()
if(MERIDIAN_FUZZ)
    add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(MERIDIAN_COVERAGE)
    add_compile_options(-fprofile-instr-generate -fcoverage-mapping)
    add_link_options(-fprofile-instr-generate)
endif()

# ccache when it is there. Precompiled headers need clang to leave time stamps out of them, and ccache to be told.
find_program(CCACHE ccache)
if(CCACHE)
    set(ENV_CCACHE ${CMAKE_COMMAND} -E env
        CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
        CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE})
    set(CMAKE_C_COMPILER_LAUNCHER ${ENV_CCACHE})
    set(CMAKE_CXX_COMPILER_LAUNCHER ${ENV_CCACHE})
    add_compile_options(-Xclang -fno-pch-timestamp)
endif()
