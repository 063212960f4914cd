#include "apps/sallyport-picture/confinement.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <utility>
#include <vector>

namespace sallyport::apps {

namespace {

#if defined(__x86_64__)
constexpr unsigned native = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr unsigned native = AUDIT_ARCH_AARCH64;
#else
#error "Say which architecture the numbers of system calls belong to."
#endif

/// The last three: what the C library asks of its own accord when it makes room, throws and begins.
constexpr std::array allowed{SYS_read, SYS_write,      SYS_brk,     SYS_mmap,  SYS_munmap,   SYS_mremap,
                             SYS_exit, SYS_exit_group, SYS_madvise, SYS_futex, SYS_getrandom};

bool limit_resources() {
    constexpr rlim_t memory = rlim_t{512} << 20;
    constexpr rlim_t processor_s = 5;
    for (const auto& [what, most] : {std::pair(RLIMIT_AS, memory), std::pair(RLIMIT_CPU, processor_s),
                                     std::pair(RLIMIT_NOFILE, rlim_t{0}), std::pair(RLIMIT_NPROC, rlim_t{0}),
                                     std::pair(RLIMIT_FSIZE, rlim_t{0}), std::pair(RLIMIT_CORE, rlim_t{0})}) {
        const rlimit limit{most, most};
        if (::setrlimit(what, &limit) != 0) return false;
    }
    return true;
}

/// A program of the kernel's packet filter, which sees each system call.
bool limit_system_calls() {
    std::vector<sock_filter> program;
    const auto load = [&](unsigned offset) { program.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset)); };
    const auto unless_equal_skip_one = [&](unsigned value) {
        program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1));
    };
    const auto answer = [&](unsigned what) { program.push_back(BPF_STMT(BPF_RET | BPF_K, what)); };
    load(offsetof(seccomp_data, arch));
    program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, native, 1, 0));
    answer(SECCOMP_RET_KILL_PROCESS);
    load(offsetof(seccomp_data, nr));
    for (const auto call : allowed) {
        unless_equal_skip_one(static_cast<unsigned>(call));
        answer(SECCOMP_RET_ALLOW);
    }
    // libjpeg asks /proc which processor of ARM it is, and does without an answer.
    unless_equal_skip_one(SYS_openat);
    answer(SECCOMP_RET_ERRNO | EACCES);
    answer(SECCOMP_RET_KILL_PROCESS);
    const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

}  // namespace

bool confine_this_process() {
    return limit_resources() && limit_system_calls();
}

}  // namespace sallyport::apps
