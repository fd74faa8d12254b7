# Outside libraries, as imported targets. All are Debian packages (debian-packages.txt).
set(BOOST_ROOT /usr)
find_package(Boost 1.81 REQUIRED COMPONENTS json)
find_package(OpenSSL REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED)
find_package(Threads REQUIRED)
find_package(ZLIB REQUIRED)

# The remaining ones ship no usable CMake package.
function(meridian_library NAME HEADER)
    string(REGEX REPLACE "^lib" "" FILE ${NAME})
    find_library(${NAME}_FILE ${FILE} REQUIRED)
    find_path(${NAME}_HEADERS ${HEADER} REQUIRED)
    add_library(${NAME} INTERFACE IMPORTED GLOBAL)
    target_link_libraries(${NAME} INTERFACE ${${NAME}_FILE})
    target_include_directories(${NAME} SYSTEM INTERFACE ${${NAME}_HEADERS})
endfunction()
meridian_library(cctz cctz/time_zone.h)
meridian_library(libcsv csv.h)
meridian_library(rocksdb rocksdb/db.h)
meridian_library(xxhash xxhash.h)

if(MERIDIAN_SANITIZE MATCHES "thread")  # in every program that RocksDB is linked to
    target_sources(rocksdb INTERFACE ${CMAKE_SOURCE_DIR}/cmake/tsan_suppressions.cc)
endif()

find_path(TOMLPLUSPLUS_HEADERS toml++/toml.h REQUIRED)
