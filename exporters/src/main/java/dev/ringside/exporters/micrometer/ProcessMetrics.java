package dev.ringside.exporters.micrometer;

import com.sun.management.UnixOperatingSystemMXBean;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The process as every Prometheus client library shows it, so that dashboards made for any of them fit:
 *
 * <pre>
 * process_cpu_seconds_total 1.37
 * process_resident_memory_bytes 7.1303168E7
 * process_virtual_memory_bytes 2.5E9
 * process_open_fds 31.0
 * process_max_fds 1048576.0
 * </pre>
 *
 * The sixth, {@code process_start_time_seconds}, is Micrometer's {@code UptimeMetrics}' to give.
 */
final class ProcessMetrics implements MeterBinder {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double BYTES_PER_KIB = 1024;

    private final Path status;

    /** @param status {@code /proc/self/status}, described in proc_pid_status(5) */
    ProcessMetrics(Path status) {
        this.status = status;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        UnixOperatingSystemMXBean process = ManagementFactory.getPlatformMXBean(UnixOperatingSystemMXBean.class);
        FunctionCounter.builder("process_cpu_seconds_total", process, bean -> bean.getProcessCpuTime() / NANOS_PER_SECOND)
                .description("Total user and system CPU time spent in seconds.").register(registry);
        Gauge.builder("process_open_fds", process, UnixOperatingSystemMXBean::getOpenFileDescriptorCount)
                .description("Number of open file descriptors.").register(registry);
        Gauge.builder("process_max_fds", process, UnixOperatingSystemMXBean::getMaxFileDescriptorCount)
                .description("Maximum number of open file descriptors.").register(registry);
        Gauge.builder("process_resident_memory_bytes", this, self -> self.statusBytes("VmRSS:")).strongReference(true)
                .description("Resident memory size in bytes.").register(registry);
        Gauge.builder("process_virtual_memory_bytes", this, self -> self.statusBytes("VmSize:")).strongReference(true)
                .description("Virtual memory size in bytes.").register(registry);
    }

    /** NaN, which Prometheus shows as a gap, where the file or the line is missing. */
    private double statusBytes(String key) {
        try {
            for (String line : Files.readAllLines(status)) {
                if (line.startsWith(key)) {
                    return Long.parseLong(line.substring(key.length()).replace("kB", "").strip()) * BYTES_PER_KIB;
                }
            }
            return Double.NaN;
        } catch (IOException unreadable) {
            return Double.NaN;
        }
    }
}
