package dev.ringside.ffi;

import java.util.Map;

/**
 * An error number of the kernel's <a href="https://elixir.bootlin.com/linux/v6.12/source/include/uapi/asm-generic/errno-base.h">uapi
 * errno</a> lists. {@code toString} is for messages: {@code EPERM (operation not permitted)}.
 */
public record Errno(int number) {
    public static final Errno NONE = new Errno(0);
    public static final Errno EPERM = new Errno(1);
    public static final Errno ENOENT = new Errno(2);
    public static final Errno ESRCH = new Errno(3);
    public static final Errno EINTR = new Errno(4);
    public static final Errno E2BIG = new Errno(7);
    public static final Errno EBADF = new Errno(9);
    public static final Errno EAGAIN = new Errno(11);
    public static final Errno ENOMEM = new Errno(12);
    public static final Errno EACCES = new Errno(13);
    public static final Errno EBUSY = new Errno(16);
    public static final Errno EEXIST = new Errno(17);
    public static final Errno EINVAL = new Errno(22);
    public static final Errno EMFILE = new Errno(24);
    public static final Errno ENOSPC = new Errno(28);
    public static final Errno ENOSYS = new Errno(38);
    public static final Errno EOPNOTSUPP = new Errno(95);
    /** Kernel-internal ({@code include/linux/errno.h}), but several bpf(2) commands let it through to user space. */
    public static final Errno ENOTSUPP = new Errno(524);

    private record Words(String name, String text) {}

    private static final Map<Integer, Words> WORDS = Map.ofEntries(
            Map.entry(1, new Words("EPERM", "operation not permitted")),
            Map.entry(2, new Words("ENOENT", "no such file or entry")),
            Map.entry(3, new Words("ESRCH", "no such process or type")),
            Map.entry(4, new Words("EINTR", "interrupted")),
            Map.entry(5, new Words("EIO", "input/output error")),
            Map.entry(7, new Words("E2BIG", "argument list or program too large")),
            Map.entry(9, new Words("EBADF", "bad file descriptor")),
            Map.entry(11, new Words("EAGAIN", "try again")),
            Map.entry(12, new Words("ENOMEM", "out of memory")),
            Map.entry(13, new Words("EACCES", "permission denied")),
            Map.entry(14, new Words("EFAULT", "bad address")),
            Map.entry(16, new Words("EBUSY", "busy")),
            Map.entry(17, new Words("EEXIST", "exists already")),
            Map.entry(19, new Words("ENODEV", "no such device")),
            Map.entry(20, new Words("ENOTDIR", "not a directory")),
            Map.entry(22, new Words("EINVAL", "invalid argument")),
            Map.entry(24, new Words("EMFILE", "too many open files")),
            Map.entry(28, new Words("ENOSPC", "no space left")),
            Map.entry(30, new Words("EROFS", "read-only file system")),
            Map.entry(38, new Words("ENOSYS", "function not implemented")),
            Map.entry(95, new Words("EOPNOTSUPP", "operation not supported")),
            Map.entry(110, new Words("ETIMEDOUT", "timed out")),
            Map.entry(524, new Words("ENOTSUPP", "operation not supported")),
            // libbpf's own, bpf/libbpf_legacy.h
            Map.entry(4000, new Words("LIBBPF_ERRNO__LIBELF", "libelf can't read it")),
            Map.entry(4001, new Words("LIBBPF_ERRNO__FORMAT", "not the format of a BPF object")),
            Map.entry(4003, new Words("LIBBPF_ERRNO__ENDIAN", "of the other byte order")),
            Map.entry(4005, new Words("LIBBPF_ERRNO__RELOC", "a relocation fails")));

    /** The error in a result below zero, or {@link #NONE}. */
    public static Errno ofResult(long result) {
        return result < 0 ? new Errno((int) -result) : NONE;
    }

    /** The symbol, such as {@code EPERM}; {@code errno 77} for one that has none here. */
    public String name() {
        Words words = WORDS.get(number);
        return words == null ? "errno " + number : words.name();
    }

    @Override
    public String toString() {
        Words words = WORDS.get(number);
        return words == null ? "errno " + number : words.name() + " (" + words.text() + ")";
    }
}
