package dev.ringside.bpf;

import dev.ringside.ffi.Errno;
import dev.ringside.kernel.Capabilities;
import dev.ringside.kernel.Capability;
import dev.ringside.kernel.Denial;
import dev.ringside.kernel.FeatureResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Turns an errno, libbpf's messages and the verifier's log into one line that a user can act upon. */
final class RefusalExplainer {
    private static final Pattern PROGRAM = Pattern.compile("prog '([^']+)'");
    private static final Pattern MISSING_BTF_ID = Pattern.compile("failed to find kernel BTF type ID of '([^']+)'");
    private static final Pattern PREFIX = Pattern.compile("^libbpf: (?:prog '[^']+': )?");
    private static final Pattern LOCKED_MEMORY = Pattern.compile("Max locked memory +(\\S+)");

    // kernel/trace/bpf_trace.c gives out none of the helpers under LOCKDOWN_BPF_READ_KERNEL; libbpf then tries this one, the oldest.
    private static final Pattern NO_PROBE_READ = Pattern.compile("(unknown func|cannot use helper) bpf_probe_read#4");

    private final Path procfs;

    RefusalExplainer(Path procfs) {
        this.procfs = procfs;
    }

    Refusal unmet(Alternative alternative, FeatureResult.Unsupported feature) {
        return new Refusal(alternative, Refusal.Stage.REQUIREMENT, Errno.NONE, feature.reason(), feature.remedy(), "");
    }

    Refusal load(Alternative alternative, Errno errno, String messages, VerifierLog log) {
        if (NO_PROBE_READ.matcher(log.summary()).find()) {
            return new Refusal(alternative, Refusal.Stage.LOAD, errno, "this kernel lets no BPF program read its memory, as under lockdown=confidentiality",
                    "boot with lockdown=integrity or less", log.text());
        }
        // Whether the verifier has begun says nothing of why there is no descriptor for the program; nor does a log without a reason,
        // when what the program asks to be attached to is refused before its first instruction is looked at.
        boolean verifiers = log.hasReason() || !denied(errno);
        if (!log.isEmpty() && verifiers && !errno.equals(Errno.EMFILE)) {
            return new Refusal(alternative, Refusal.Stage.LOAD, errno, "the verifier refuses it: " + log.summary(), "", log.text());
        }
        Matcher missing = MISSING_BTF_ID.matcher(messages);
        if (missing.find()) {
            return new Refusal(alternative, Refusal.Stage.LOAD, errno, "this kernel has no such hook: hook=" + missing.group(1), "", "");
        }
        return refusal(alternative, Refusal.Stage.LOAD, errno, messages);
    }

    Refusal attach(Alternative alternative, Errno errno, String messages) {
        if (errno.equals(Errno.ENOENT)) {
            return new Refusal(alternative, Refusal.Stage.ATTACH, errno, "this kernel has no such hook: hook=" + alternative.hook()
                    + cause(messages), "", "");
        }
        return refusal(alternative, Refusal.Stage.ATTACH, errno, messages);
    }

    /** The program that the last of libbpf's messages blames, or empty. */
    String blamed(String messages) {
        String blamed = "";
        Matcher matcher = PROGRAM.matcher(messages);
        while (matcher.find()) {
            blamed = matcher.group(1);
        }
        return blamed;
    }

    /** For a failure that is no single program's: a map that can't be made, BTF that can't be read. */
    Denial whole(String object, Errno errno, String messages) {
        String refused = "BPF object refused: object=" + object + ", error=" + errno + cause(messages);
        if (!denied(errno)) {
            return new Denial(refused, remedy(errno));
        }
        Denial denial = denial(List.of(Capability.CAP_BPF), false);
        Optional<String> locked = lockedMemoryLimit();
        if (denial.remedy().isEmpty() && locked.isPresent()) {
            return new Denial(refused + "; " + denial.reason() + "; or, before Linux 5.11, the limit of locked memory is too small: bytes=" + locked.get(),
                    "raise it (ulimit -l unlimited, LimitMEMLOCK=infinity) or grant CAP_SYS_RESOURCE");
        }
        return new Denial(refused + "; " + denial.reason(), denial.remedy());
    }

    /** The soft limit of this process, if there is one: libbpf lifts it where it may. */
    private Optional<String> lockedMemoryLimit() {
        try (Stream<String> limits = Files.lines(procfs.resolve("self/limits"))) {
            return limits.map(LOCKED_MEMORY::matcher).filter(Matcher::lookingAt).map(line -> line.group(1)).filter(limit -> !limit.equals("unlimited"))
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty(); // one guess less
        }
    }

    private Refusal refusal(Alternative alternative, Refusal.Stage stage, Errno errno, String messages) {
        if (denied(errno)) {
            Denial denial = denial(needed(alternative.mechanism()), trampoline(alternative.mechanism()));
            return new Refusal(alternative, stage, errno, errno + ": " + denial.reason(), denial.remedy(), "");
        }
        return new Refusal(alternative, stage, errno, errno + cause(messages), remedy(errno), "");
    }

    private static String remedy(Errno errno) {
        return errno.equals(Errno.EMFILE) ? "raise the limit of open files (ulimit -n, LimitNOFILE=) to 1024" : "";
    }

    private Denial denial(List<Capability> needed, boolean trampoline) {
        try {
            return Denial.of(Capabilities.ofThisProcess(procfs), needed, trampoline);
        } catch (IOException e) {
            return new Denial("not permitted, and the capabilities can't be read: " + e.getMessage(), "run as root");
        }
    }

    private static boolean denied(Errno errno) {
        return errno.equals(Errno.EPERM) || errno.equals(Errno.EACCES);
    }

    private static List<Capability> needed(Mechanism mechanism) {
        return switch (mechanism) {
            case SOCK_OPS -> List.of(Capability.CAP_BPF, Capability.CAP_NET_ADMIN);
            case CGROUP_SOCK_ADDR -> List.of(Capability.CAP_BPF, Capability.CAP_PERFMON, Capability.CAP_NET_ADMIN);
            case TP_BTF, RAW_TRACEPOINT, TRACEPOINT, FENTRY, FEXIT, KPROBE, KRETPROBE, ITER, SYSCALL, KERNEL_FIELD ->
                    List.of(Capability.CAP_BPF, Capability.CAP_PERFMON);
        };
    }

    private static boolean trampoline(Mechanism mechanism) {
        return switch (mechanism) {
            case FENTRY, FEXIT -> true;
            case TP_BTF, RAW_TRACEPOINT, TRACEPOINT, KPROBE, KRETPROBE, SOCK_OPS, CGROUP_SOCK_ADDR, ITER, SYSCALL, KERNEL_FIELD -> false;
        };
    }

    // The first message is the cause, unless libbpf tried again; those after it only say what could not be done because of it.
    private static String cause(String messages) {
        return messages.lines().map(line -> PREFIX.matcher(line).replaceFirst("").strip())
                .filter(line -> !line.isEmpty() && !line.toLowerCase(Locale.ROOT).contains("memlock") && !line.endsWith("Retrying without BTF."))
                .findFirst().map(line -> " (libbpf: " + line + ")").orElse("");
    }
}
