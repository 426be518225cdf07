package dev.ringside.daemon.cli;

import picocli.CommandLine.Option;

/** What the help of all commands has in common. */
abstract class HelpText {

    /** Ends every help text. */
    static final String SECTIONS = """

            Exit codes:
              0   it worked; of `run`: it was told to stop, and did
              1   it didn't: a busy port, a probe that can't run under --strict, no daemon to ask
              2   bad usage: an unknown option, probe or setting, a value that isn't allowed
              3   something is missing: privileges (root, or CAP_BPF and CAP_PERFMON), libbpf, Java

            Environment:
              RINGSIDE_CONFIG      the config file, when --config isn't given
              RINGSIDE_<SETTING>   a setting: RINGSIDE_HTTP_PORT is http.port
              RINGSIDE_LIBBPF      the libbpf.so to load
              RINGSIDE_JAVA_HOME   the Java (22 or newer) to run on
              RINGSIDE_JAVA_OPTS   more options for it
              RINGSIDE_VERBOSE     1: the launcher says what it does

            """;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help and exit.")
    private boolean help;
}
