// ThreadSanitizer cannot see the locks inside RocksDB, which Debian builds without it, nor that
// they guard what its compressors write.
extern "C" const char* __tsan_default_suppressions();   // NOLINT(bugprone-reserved-identifier)
extern "C" const char* __tsan_default_suppressions() {  // NOLINT(bugprone-reserved-identifier)
    return "called_from_lib:librocksdb.so\nrace:librocksdb.so\nrace:liblz4.so\nrace:libzstd.so\n";
}
