package dev.ringside.daemon.cli;

/** What a command tells the shell. The help of every command lists them. */
public final class ExitCode {

    public static final int OK = 0;
    /** It was tried and didn't work. */
    public static final int FAILED = 1;
    /** What was asked for makes no sense: an unknown option, a bad config. */
    public static final int USAGE = 2;
    /** The machine or the user's rights don't allow it: no libbpf, no CAP_BPF. */
    public static final int PREREQUISITE = 3;

    private ExitCode() {}
}
