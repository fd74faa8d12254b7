# Some outside libraries may be included in one place only, so that the rest of the code never depends on them.
#   cmake -DROOT=… -P check_includes.cmake
function(only_in PATTERN WHAT)
    file(GLOB_RECURSE FILES RELATIVE ${ROOT} ${ROOT}/src/*.h ${ROOT}/src/*.cc ${ROOT}/apps/*.h ${ROOT}/apps/*.cc)
    foreach(FILE ${FILES})
        set(ALLOWED FALSE)
        foreach(PLACE ${ARGN})
            if(FILE MATCHES "^${PLACE}")
                set(ALLOWED TRUE)
            endif()
        endforeach()
        if(NOT ALLOWED)
            file(STRINGS ${ROOT}/${FILE} LINES REGEX "^ *# *include *[<\"]${PATTERN}")
            if(LINES)
                message(FATAL_ERROR "${FILE} includes ${WHAT}, which only these may: ${ARGN}\n${LINES}")
            endif()
        endif()
    endforeach()
endfunction()

# A way around the include paths that keep a module from what it does not know.
only_in("[^<>\"]*\\.\\./" "a file by a path that goes up" nobody)

only_in("rocksdb/" "RocksDB" src/store/rocksdb/)
only_in("boost/(asio|beast)" "Asio or Beast" src/net/)
only_in("openssl/ssl" "OpenSSL's TLS" src/net/)
only_in("zlib" "zlib" src/net/)
only_in("cctz/" "cctz" src/calendar/)
only_in("csv\\.h" "libcsv" src/csv/)
only_in("CLI/" "CLI11" apps/)
only_in("toml\\+\\+" "toml++" apps/)
only_in("prometheus/" "prometheus-cpp" src/api/)
only_in("boost/json" "Boost.JSON" src/item/ src/aws/json_fields src/store/dynamodb/ src/connect/ src/dynamo/ src/functions/ src/api/
        src/lambda/ apps/)
