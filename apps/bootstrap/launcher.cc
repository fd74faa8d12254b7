// `bootstrap` of a function's zip: starts the function beside it with the zip's own loader and
// libraries, wherever it was unpacked, in a root that need not have anything else.
//
// It runs before there is any library, so it has none: what it needs of the system it asks the
// kernel for. Its folder is the one that the kernel found it in (AT_EXECFN), else LAMBDA_TASK_ROOT.
#include <cstddef>

namespace {

#if defined(__x86_64__)
constexpr char kLoader[] = "/lib/ld-linux-x86-64.so.2";
constexpr long kWrite = 1;
constexpr long kExecve = 59;
constexpr long kExit = 60;

long call_kernel(long number, const void* first, const void* second, const void* third) {
    long result = 0;
    asm volatile("syscall"
                 : "=a"(result)
                 : "a"(number), "D"(first), "S"(second), "d"(third)
                 : "rcx", "r11", "memory");
    return result;
}

// The kernel's stack: argc, argv, null, environment, null, auxiliary vector.
asm(R"(
    .globl _start
_start:
    xorl %ebp, %ebp
    movq %rsp, %rdi
    andq $-16, %rsp
    call launch
)");
#elif defined(__aarch64__)
constexpr char kLoader[] = "/lib/ld-linux-aarch64.so.1";
constexpr long kWrite = 64;
constexpr long kExecve = 221;
constexpr long kExit = 93;

long call_kernel(long number, const void* first, const void* second, const void* third) {
    register long result asm("x0") = reinterpret_cast<long>(first);
    register const void* x1 asm("x1") = second;
    register const void* x2 asm("x2") = third;
    register long x8 asm("x8") = number;
    asm volatile("svc 0" : "+r"(result) : "r"(x1), "r"(x2), "r"(x8) : "memory");
    return result;
}

asm(R"(
    .globl _start
_start:
    mov x29, #0
    mov x0, sp
    bl launch
)");
#else
#error "Lambda runs on x86-64 and arm64"
#endif

constexpr unsigned long kExecFn = 31;  // AT_EXECFN of the auxiliary vector
constexpr std::size_t kPathBytesMax = 4'096;
constexpr std::size_t kVariablesMax = 4'096;

const char* variables[kVariablesMax + 3];

// What stands behind the prefix; null: something else does.
const char* after(const char* prefix, const char* text) {
    for (; *prefix != '\0'; ++prefix, ++text) {
        if (*prefix != *text) {
            return nullptr;
        }
    }
    return text;
}

// Texts put together; cut off where there is no more room, which makes a path that is not there.
class Text {
  public:
    Text& add(const char* text) {
        for (; *text != '\0' && length_ + 1 < sizeof bytes_; ++text) {
            bytes_[length_++] = *text;
        }
        return *this;
    }
    void clear() { length_ = 0; }
    // Up to the last slash; false: there is none.
    bool set_folder_of(const char* path) {
        length_ = 0;
        add(path);
        while (length_ > 0 && bytes_[length_ - 1] != '/') {
            --length_;
        }
        const bool found = length_ > 0;
        if (found) {
            --length_;
        }
        bytes_[length_] = '\0';
        return found;
    }
    [[nodiscard]] const char* get() {
        bytes_[length_] = '\0';
        return bytes_;
    }

  private:
    std::size_t length_ = 0;
    char bytes_[kPathBytesMax + 64];
};

// Not on the stack: these are large. Zero, as all that has no other value.
Text loader;
Text libraries;
Text program;
Text zones;
Text authorities;
Text own_folder;

const char* variable(const char* const* environment, const char* name) {
    for (; *environment != nullptr; ++environment) {
        const char* const value = after(name, *environment);
        if (value != nullptr && *value != '\0') {
            return value;
        }
    }
    return nullptr;
}

// An empty setting of ours would hide the one that is added.
bool is_nothing(const char* entry) {
    const char* const zone_folder = after("TZDIR=", entry);
    const char* const bundle = after("AWS_CA_BUNDLE=", entry);
    return (zone_folder != nullptr && *zone_folder == '\0') ||
           (bundle != nullptr && *bundle == '\0');
}

// Returns only if the function could not be started.
void start(const char* folder, const char* const* environment) {
    loader.clear();
    libraries.clear();
    program.clear();
    zones.clear();
    authorities.clear();
    std::size_t count = 0;
    for (auto next = environment; *next != nullptr && count < kVariablesMax; ++next) {
        if (!is_nothing(*next)) {
            variables[count++] = *next;
        }
    }
    if (variable(environment, "TZDIR=") == nullptr) {
        variables[count++] = zones.add("TZDIR=").add(folder).add("/zoneinfo").get();
    }
    if (variable(environment, "AWS_CA_BUNDLE=") == nullptr) {
        variables[count++] = authorities.add("AWS_CA_BUNDLE=").add(folder).add("/ca.pem").get();
    }
    variables[count] = nullptr;
    const char* const arguments[] = {loader.add(folder).add(kLoader).get(), "--library-path",
                                     libraries.add(folder).add("/lib").get(),
                                     program.add(folder).add("/lib/function").get(), nullptr};
    call_kernel(kExecve, arguments[0], static_cast<const void*>(arguments),
                static_cast<const void*>(variables));
}

}  // namespace

extern "C" [[noreturn, gnu::used]] void launch(const unsigned long* stack) {
    const unsigned long argument_count = stack[0];
    const auto* const environment =
        reinterpret_cast<const char* const*>(stack + argument_count + 2);
    const auto* vector = reinterpret_cast<const unsigned long*>(environment);
    while (*vector++ != 0) {
    }
    const char* own_path = nullptr;
    for (; vector[0] != 0; vector += 2) {
        if (vector[0] == kExecFn) {
            // NOLINTNEXTLINE(performance-no-int-to-ptr): that is how the kernel gives it
            own_path = reinterpret_cast<const char*>(vector[1]);
        }
    }
    if (own_path != nullptr && own_folder.set_folder_of(own_path)) {
        start(own_folder.get(), environment);
    }
    if (const char* const root = variable(environment, "LAMBDA_TASK_ROOT=")) {
        start(root, environment);
    }
    constexpr char kProblem[] =
        "bootstrap: lib/ beside this program has no loader: unpack the whole zip\n";
    // NOLINTBEGIN(performance-no-int-to-ptr): numbers, which the kernel takes in the same registers
    call_kernel(kWrite, reinterpret_cast<const void*>(2), kProblem,
                reinterpret_cast<const void*>(sizeof kProblem - 1));
    for (;;) {
        call_kernel(kExit, reinterpret_cast<const void*>(127), nullptr, nullptr);
    }
    // NOLINTEND(performance-no-int-to-ptr)
}
