package dev.ringside.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import dev.ringside.e2e.harness.Run;
import dev.ringside.testing.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class ChartTest {
    private static final Path GOLDEN = Repository.path("src/test/resources/chart");
    private static final String UPDATE = "mvn test -Dtest=ChartTest -Dsurefire.failIfNoSpecifiedTests=false -Dringside.update=true";

    static List<String> scenarios() {
        return Chart.scenarios();
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void lintFindsNothing(String scenario, @TempDir Path directory) {
        LintResult result = new Helm(Chart.copyWith(scenario, directory)).lint().strict().call();
        assertThat(result.isFailed()).as("%s", result.getMessages()).isFalse();
    }

    @Test
    void lintWouldFindAMistake(@TempDir Path directory) throws IOException {
        Path chart = Chart.copyWith("default", directory);
        Path template = chart.resolve("templates/service.yaml");
        Files.writeString(template, Files.readString(template).replace("{{- end }}", ""));
        LintResult result = new Helm(chart).lint().strict().call();
        assertThat(result.isFailed()).isTrue();
        assertThat(result.getMessages()).anyMatch(message -> message.contains("service.yaml"));
    }

    /** Dashboards and rules are files of their own, which other tests read. */
    @ParameterizedTest
    @MethodSource("scenarios")
    void rendersAsBefore(String scenario) throws IOException {
        String rendered = Chart.documents(Chart.rendered(scenario)).stream()
                .filter(document -> !document.contains("kind: PrometheusRule") && !document.contains("-dashboard-"))
                .reduce("", (before, document) -> before + "---\n" + document);
        Path golden = GOLDEN.resolve(scenario + ".yaml");
        if (Boolean.getBoolean("ringside.update")) {
            Files.writeString(golden, rendered);
        }
        assertThat(rendered).as(UPDATE).isEqualTo(Files.readString(golden));
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void nothingIsPrivilegedAndTheNodesFilesAreNotWrittenTo(String scenario) {
        String daemonSet = Chart.documents(Chart.rendered(scenario)).stream().filter(each -> each.contains("kind: DaemonSet")).findFirst().orElseThrow();
        assertThat(daemonSet).contains("privileged: false", "readOnlyRootFilesystem: true", "drop: [ALL]").doesNotContain("privileged: true");
        String mounts = daemonSet.substring(daemonSet.indexOf("volumeMounts:"), daemonSet.indexOf("volumes:"));
        assertThat(mounts.split("- name: ")).filteredOn(mount -> mount.contains("mountPath: /") && !mount.contains("mountPath: /tmp"))
                .hasSizeGreaterThan(2).allMatch(mount -> mount.contains("readOnly: true"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            security.tier      | privileged | at '/security/tier': value must be one of 'full', 'restricted', 'minimal'
            http.port          | 0          | at '/http/port': minimum: got 0, want 1
            image.pullPolicy   | Sometimes  | at '/image/pullPolicy': value must be one of 'Always', 'IfNotPresent', 'Never'
            hostPid            | true       | additional properties 'hostPid' not allowed
            security.withoutCapabilities[0] | BPF | at '/security/withoutCapabilities/0': value must be one of 'SYS_ADMIN', 'NET_ADMIN', 'SETUID'
            podMonitor.interval| often      | at '/podMonitor/interval': 'often' does not match pattern
            """)
    void aMistakeIsRefused(String path, String value, String message) {
        assertThatThrownBy(() -> Chart.template().set(path, value).call()).hasMessageContaining("ringside").hasMessageContaining(message);
    }

    @Test
    void twoAnswersToHowTheKubeletIsVerifiedAreRefused() {
        assertThatThrownBy(() -> Chart.template().set("kubelet.insecureSkipVerify", "true").set("kubelet.caHostPath", "/etc/kubelet.crt").call())
                .hasMessageContaining("kubelet.insecureSkipVerify is true and kubelet.caHostPath is /etc/kubelet.crt: the kubelet's certificate is checked, or it isn't");
    }

    @Test
    void dashboardsAndRulesAreTheFilesOfTheRepository() throws IOException {
        List<String> documents = Chart.documents(Chart.rendered("operator"));
        for (String name : List.of("ringside-node", "ringside-pod", "ringside-self", "ringside-workloads")) {
            String json = Files.readString(Repository.path("dashboards/" + name + ".json"));
            assertThat(documents).anySatisfy(document -> assertThat(unindented(document, 4)).contains(json.strip()));
        }
        for (String folder : List.of("rules", "alerts")) {
            for (Path file : files(Repository.path("dashboards/" + folder))) {
                String rules = Files.readString(file).replace("runbook_url: dashboards/runbooks/", "runbook_url: https://git.example.com/ringside/dashboards/runbooks/");
                assertThat(documents).anySatisfy(document -> assertThat(unindented(document, 2)).contains(rules.strip()));
            }
        }
    }

    /** Against the published schemas of the oldest and of the newest Kubernetes that the chart is for. */
    @ParameterizedTest
    @CsvSource({"1.25,default", "1.25,minimal", "1.25,operator", "1.25,old-cluster", "1.25,policy", "1.25,peers", "1.30,full",
            "1.37,default", "1.37,minimal", "1.37,operator", "1.37,old-cluster", "1.37,policy", "1.37,peers", "1.37,full"})
    void kubernetesKnowsEveryField(String version, String scenario, @TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("rendered.yaml"), Chart.rendered(scenario));
        Run run = kubeconform(version, file);
        assertThat(run.exitCode()).as("%s", run).isZero();
        assertThat(run.text()).contains("Invalid: 0, Errors: 0");
    }

    @Test
    void wouldFindAFieldThatKubernetesDoesNotKnow(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("rendered.yaml"), Chart.rendered("default").replace("hostPID:", "hostPid:"));
        Run run = kubeconform("1.37", file);
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.text()).contains("hostPid");
    }

    private static Run kubeconform(String version, Path file) {
        assumeTrue("1".equals(System.getenv("REQUIRE_KERNEL_TESTS")), "fetches kubeconform and Kubernetes' schemas; make test does");
        String schemas = Run.tool(Repository.path("scripts/get-kubernetes-schemas").toString(), version).getLast();
        String kubeconform = Run.tool(Repository.path("scripts/kube/get").toString(), "kubeconform").getLast();
        // What the Prometheus operator brings has no schema there.
        return Run.of(new ProcessBuilder(kubeconform + "/kubeconform", "-summary", "-strict", "-skip", "ServiceMonitor,PodMonitor,PrometheusRule",
                "-schema-location", schemas + "/{{.ResourceKind}}{{.KindSuffix}}.json", file.toString()));
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".yml")).toList();
        }
    }

    private static String unindented(String text, int spaces) {
        return text.replaceAll("(?m)^ {" + spaces + "}", "");
    }
}
