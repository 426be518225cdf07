package dev.ringside.chart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.testing.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The unit for hosts grants what the chart's tier {@code full} does, and what a host without a kubelet needs to name containers. */
final class SystemdUnitTest {
    @Test
    void grantsWhatTheChartsTierFullGrantsAndTheReadingOfRuntimesFiles() throws IOException {
        List<String> unit = Files.readAllLines(Repository.path("src/main/dist/share/systemd/ringside.service"));
        String granted = unit.stream().filter(line -> line.startsWith("CapabilityBoundingSet=")).findFirst().orElseThrow();
        String daemonSet = Chart.documents(Chart.template().set("security.tier", "full").call()).stream()
                .filter(document -> document.contains("kind: DaemonSet")).findFirst().orElseThrow();
        String added = daemonSet.substring(daemonSet.indexOf("              add:") + "              add:".length(), daemonSet.indexOf("startupProbe:"));
        assertThat(granted.substring(granted.indexOf('=') + 1).split(" "))
                .containsExactly(Stream.concat(Arrays.stream(added.strip().split("\\s*- ")).filter(name -> !name.isBlank()).map(name -> "CAP_" + name.strip()),
                        Stream.of("CAP_DAC_READ_SEARCH")).toArray(String[]::new));
    }
}
