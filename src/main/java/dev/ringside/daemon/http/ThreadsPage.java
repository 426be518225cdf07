package dev.ringside.daemon.http;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** {@code /debug/threads}: the Java threads, the busiest first. */
final class ThreadsPage {

    private static final int STACK_DEPTH = 24;

    private ThreadsPage() {}

    static Map<String, Object> read() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        record Usage(ThreadInfo info, long cpuNanos) {}
        List<Usage> usages = new ArrayList<>();
        for (ThreadInfo info : threads.getThreadInfo(threads.getAllThreadIds(), STACK_DEPTH)) {
            // A thread that ended in between is null.
            if (info != null) {
                usages.add(new Usage(info, threads.getThreadCpuTime(info.getThreadId())));
            }
        }
        usages.sort(Comparator.comparingLong(Usage::cpuNanos).reversed());
        return Map.of("threads", usages.stream().map(usage -> thread(usage.info(), usage.cpuNanos())).toList());
    }

    private static Map<String, Object> thread(ThreadInfo info, long cpuNanos) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", info.getThreadName());
        json.put("state", info.getThreadState().name().toLowerCase(Locale.ROOT));
        json.put("cpu_seconds", cpuNanos / 1e9);
        if (info.getLockName() != null) {
            json.put("waits_for", info.getLockName());
        }
        json.put("stack", Arrays.stream(info.getStackTrace()).map(StackTraceElement::toString).toList());
        return json;
    }
}
