package dev.ringside.bpf;

import dev.ringside.ffi.Errno;
import dev.ringside.kernel.Capabilities;
import dev.ringside.kernel.Capability;
import dev.ringside.kernel.Denial;
import dev.ringside.kernel.FeatureResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Turns an errno, libbpf's messages and the verifier's log into one line that a user can act upon. */
final class RefusalExplainer {
    private static final Pattern PROGRAM = Pattern.compile("prog '([^']+)'");
    private static final Pattern MISSING_BTF_ID = Pattern.compile("failed to find kernel BTF type ID of '([^']+)'");
    private static final Pattern PREFIX = Pattern.compile("^libbpf: (?:prog '[^']+': )?");

    private final Path procfs;

    RefusalExplainer(Path procfs) {
        this.procfs = procfs;
    }

    Refusal unmet(Alternative alternative, FeatureResult.Unsupported feature) {
        return new Refusal(alternative, Refusal.Stage.REQUIREMENT, Errno.NONE, feature.reason(), feature.remedy(), "");
    }

    Refusal load(Alternative alternative, Errno errno, String messages, VerifierLog log) {
        if (!log.isEmpty()) {
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
            return new Denial(refused, "");
        }
        Denial denial = denial(List.of(Capability.CAP_BPF), false);
        return new Denial(refused + "; " + denial.reason(), denial.remedy());
    }

    private Refusal refusal(Alternative alternative, Refusal.Stage stage, Errno errno, String messages) {
        if (denied(errno)) {
            Denial denial = denial(needed(alternative.mechanism()), trampoline(alternative.mechanism()));
            return new Refusal(alternative, stage, errno, errno + ": " + denial.reason(), denial.remedy(), "");
        }
        return new Refusal(alternative, stage, errno, errno + cause(messages), "", "");
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
            case TP_BTF, RAW_TRACEPOINT, TRACEPOINT, FENTRY, FEXIT, KPROBE, KRETPROBE, ITER ->
                    List.of(Capability.CAP_BPF, Capability.CAP_PERFMON);
        };
    }

    private static boolean trampoline(Mechanism mechanism) {
        return switch (mechanism) {
            case FENTRY, FEXIT -> true;
            case TP_BTF, RAW_TRACEPOINT, TRACEPOINT, KPROBE, KRETPROBE, SOCK_OPS, ITER -> false;
        };
    }

    // The first message is the cause, unless libbpf tried again; those after it only say what could not be done because of it.
    private static String cause(String messages) {
        return messages.lines().map(line -> PREFIX.matcher(line).replaceFirst("").strip())
                .filter(line -> !line.isEmpty() && !line.toLowerCase(Locale.ROOT).contains("memlock") && !line.endsWith("Retrying without BTF."))
                .findFirst().map(line -> " (libbpf: " + line + ")").orElse("");
    }
}
