package dev.ringside.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The BPF programs, maps and links of the whole kernel, as bpftool lists them: {@code prog 12}, {@code map 3}, {@code link 7}. An id is not used again
 * soon: {@code idr_alloc_cyclic} in {@code kernel/bpf/syscall.c}.
 */
public record KernelObjects(Set<String> ids) {
    private static final List<String> KINDS = List.of("prog", "map", "link");
    private static final Pattern ID = Pattern.compile("\\{\"id\":(\\d+)");

    public static KernelObjects now() {
        return new KernelObjects(KINDS.stream()
                .flatMap(kind -> listed(kind).map(match -> kind + " " + match.group(1)))
                .collect(Collectors.toCollection(TreeSet::new)));
    }

    private static Stream<MatchResult> listed(String kind) {
        try {
            Process bpftool = new ProcessBuilder("bpftool", "-j", kind, "show").redirectError(ProcessBuilder.Redirect.INHERIT).start();
            String json = new String(bpftool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (bpftool.waitFor() != 0) {
                throw new AssertionError("bpftool can't list: kind=" + kind + ", exit=" + bpftool.exitValue());
            }
            return ID.matcher(json).results();
        } catch (IOException e) {
            throw new AssertionError("bpftool can't be run; apt install bpftool", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** Those that a process has file descriptors of. */
    public static KernelObjects heldBy(long pid) {
        return new KernelObjects(held(Path.of("/proc/" + pid)).collect(Collectors.toCollection(TreeSet::new)));
    }

    public long count(String kind) {
        return ids.stream().filter(id -> id.startsWith(kind + " ")).count();
    }

    /**
     * Waits until nothing is there that was not there before, and that no living process owns: others may use BPF as well. The kernel frees in its own
     * time, after grace periods.
     */
    public void awaitNothingElse() {
        Set<String> extra = now().minus(ids);
        extra.removeAll(heldByAnybody());
        Await.until("nothing else in the kernel; left behind=" + extra, () -> now().ids.stream().noneMatch(extra::contains));
    }

    private Set<String> minus(Set<String> others) {
        Set<String> rest = new TreeSet<>(ids);
        rest.removeAll(others);
        return rest;
    }

    private static Set<String> heldByAnybody() {
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            return processes.filter(each -> each.getFileName().toString().matches("\\d+")).flatMap(KernelObjects::held).collect(Collectors.toSet());
        } catch (IOException e) {
            throw new AssertionError("procfs can't be read", e);
        }
    }

    private static Stream<String> held(Path process) {
        try (Stream<Path> descriptors = Files.list(process.resolve("fdinfo"))) {
            return descriptors.toList().stream().flatMap(KernelObjects::objects).toList().stream();
        } catch (IOException e) {
            return Stream.empty(); // it has just ended
        }
    }

    /** {@code bpf_prog_show_fdinfo} and its like; a link tells its program as well, which is the process's too. */
    private static Stream<String> objects(Path descriptor) {
        try {
            return Files.readAllLines(descriptor).stream().filter(line -> line.matches("(prog|map|link)_id:\\s+\\d+"))
                    .map(line -> line.replaceFirst("_id:\\s+", " "));
        } catch (IOException e) {
            return Stream.empty(); // closed since
        }
    }
}
