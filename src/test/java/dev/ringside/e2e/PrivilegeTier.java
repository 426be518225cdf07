package dev.ringside.e2e;

import dev.ringside.e2e.harness.Ringside;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/**
 * A situation that a cluster may put the daemon in, and what it then says. Each is a row of {@code docs/security.md}.
 *
 * @param situation in the words of the page
 * @param under     puts the command there; the path is of the program that refuses bpf(2)
 * @param tier      of {@code ringside check} and {@code ringside_capability_tier}
 * @param effect    what runs
 * @param words     what the user reads, or empty where nothing is missing
 */
record PrivilegeTier(String situation, BiFunction<Ringside, Path, Ringside> under, String tier, Effect effect, String words) {
    enum Effect {
        ALL("all probes, in full"),
        PART("all probes, `tcp` in part before Linux 6.7"),
        WITHOUT_TCP("`process` and `sched`; on kernels with trampolines or kprobes `tcp` too"),
        NOTHING("nothing, exit code 3");

        private final String text;

        Effect(String text) {
            this.text = text;
        }
    }

    private static final String GRANT = "run as root, or grant CAP_BPF, CAP_PERFMON, CAP_NET_ADMIN and CAP_SETUID";

    /** Who can't mount has to be given it. */
    private static final String TRACEFS = "mountpoint -q /sys/kernel/tracing || mount -t tracefs tracefs /sys/kernel/tracing";
    private static final String NO_TRACEFS = "umount -a -t tracefs,debugfs || :";

    static final List<PrivilegeTier> ALL = List.of(
            new PrivilegeTier("root", (ringside, _) -> ringside, "full", Effect.ALL, ""),
            new PrivilegeTier("CAP_BPF, CAP_PERFMON, CAP_NET_ADMIN, CAP_SETUID; tracefs mounted", only("bpf", "perfmon", "net_admin", "setuid"), "full",
                    Effect.ALL, ""),
            new PrivilegeTier("CAP_BPF, CAP_PERFMON, CAP_SETUID; tracefs mounted", only("bpf", "perfmon", "setuid"), "tracing", Effect.PART,
                    "without timeouts (EPERM (operation not permitted): not permitted, missing CAP_NET_ADMIN)"),
            new PrivilegeTier("CAP_BPF", only("bpf"), "bpf", Effect.NOTHING, "privileges missing: capabilities=CAP_PERFMON; " + GRANT),
            new PrivilegeTier("no capability", only(), "none", Effect.NOTHING, "privileges missing: capabilities=CAP_BPF CAP_PERFMON; " + GRANT),
            new PrivilegeTier("root, seccomp refuses bpf(2)", (ringside, withoutBpf) -> ringside.under(withoutBpf.toString()), "full", Effect.NOTHING,
                    "not permitted though the capabilities are there; a seccomp filter is in force; "
                            + "allow bpf(2) and perf_event_open(2) in the container's seccomp profile"),
            new PrivilegeTier("root without CAP_SYS_ADMIN, no tracefs",
                    (ringside, _) -> ringside.without("sys_admin").withMounts(NO_TRACEFS), "full", Effect.ALL, ""),
            new PrivilegeTier("root without CAP_SYS_ADMIN and CAP_NET_ADMIN, no tracefs",
                    (ringside, _) -> ringside.without("sys_admin", "net_admin").withMounts(NO_TRACEFS), "tracing", Effect.WITHOUT_TCP,
                    "tracepoint syscalls:sys_exit_accept4 refused at requirement: tracefs is not mounted: path=/sys/kernel/tracing"),
            new PrivilegeTier("root, `/sys` read-only", (ringside, _) -> ringside.withMounts("mount -o remount,bind,ro /sys"), "full", Effect.ALL, ""),
            new PrivilegeTier("root, `/sys/kernel/btf` hidden", (ringside, _) -> ringside.withMounts("mount -t tmpfs tmpfs /sys/kernel/btf"), "full",
                    Effect.NOTHING, "needs a kernel with CONFIG_DEBUG_INFO_BTF, and sysfs mounted"));

    private static BiFunction<Ringside, Path, Ringside> only(String... capabilities) {
        List<String> set = new ArrayList<>(List.of("-all"));
        for (String capability : capabilities) {
            set.add("+" + capability);
        }
        String list = String.join(",", set);
        return (ringside, _) -> ringside.under("setpriv", "--inh-caps=" + list, "--bounding-set=" + list).withMounts(TRACEFS);
    }

    /** {@code | situation | tier | what runs | words |}. */
    String row() {
        return "| " + situation + " | `" + tier + "` | " + effect.text + " | " + words + " |\n";
    }
}
