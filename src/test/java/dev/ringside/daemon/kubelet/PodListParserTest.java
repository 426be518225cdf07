package dev.ringside.daemon.kubelet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.ringside.identity.kubelet.Pod;
import dev.ringside.identity.kubelet.PodContainer;
import dev.ringside.identity.kubelet.PodContainer.Kind;
import dev.ringside.identity.kubelet.PodContainer.State;
import dev.ringside.identity.kubelet.Workload;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PodListParserTest {

    private static final Set<String> WANTED = Set.of("example.com/team", Pod.CONFIG_SOURCE, Pod.CONFIG_MIRROR);
    private static final String ID = "%063x".formatted(7);

    private static List<Pod> parse(String json) throws IOException {
        return parse(json.getBytes(StandardCharsets.UTF_8), 1 << 20);
    }

    private static List<Pod> parse(byte[] json, int piece) throws IOException {
        PodListParser parser = new PodListParser(WANTED);
        byte[] reused = new byte[piece];
        for (int from = 0; from < json.length; from += piece) {
            int length = Math.min(piece, json.length - from);
            System.arraycopy(json, from, reused, 0, length);
            parser.feed(reused, length);
            Arrays.fill(reused, (byte) '#');
        }
        return parser.finish();
    }

    @Test
    void readsWhatMatters() throws IOException {
        assertThat(parse(PodJson.list(PodJson.large(7)))).containsExactly(new Pod("uid-7", "shop", "web-5d9c7f8b6d-00007", new Workload("deployment", "web"),
                Map.of("app.kubernetes.io/name", "web", "app.kubernetes.io/version", "1.2.3", "pod-template-hash", "5d9c7f8b6d", "tier", "front"),
                Map.of("kubernetes.io/config.source", "api", "example.com/team", "blue"),
                List.of("10.1.0.7", "fd00::7"), false, "Running",
                time("10:36:02"), time("10:36:03"), time("10:36:03"), time("10:36:05"), time("10:36:09"),
                List.of(
                        // In the order of the status; the sidecar is told by the spec.
                        new PodContainer("setup", Kind.INIT, "busybox", ID + "1", "", 0, State.TERMINATED, time("10:36:05"), time("10:36:06")),
                        new PodContainer("proxy", Kind.SIDECAR, "proxy", ID + "2", "", 0, State.RUNNING, time("10:36:07"), Optional.empty()),
                        new PodContainer("nginx", Kind.REGULAR, "nginx:1.25", ID + "4", ID + "3", 1, State.RUNNING, time("10:36:08"), Optional.empty()),
                        new PodContainer("debugger", Kind.EPHEMERAL, "busybox", "", "", 0, State.WAITING, Optional.empty(), Optional.empty()))));
    }

    private static Optional<Instant> time(String text) {
        return Optional.of(Instant.parse("2025-11-14T" + text + "Z"));
    }

    @Test
    void isTheSameInWhateverPiecesItComes() throws IOException {
        byte[] json = PodJson.list(PodJson.large(1), PodJson.large(2)).getBytes(StandardCharsets.UTF_8);
        List<Pod> whole = parse(json, json.length);
        assertThat(whole).hasSize(2);

        for (int piece : new int[] {1, 2, 3, 7, 100, 4096}) {
            assertThat(parse(json, piece)).as("pieces of %d bytes", piece).isEqualTo(whole);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{},\"items\":null}",
        "{\"kind\":\"PodList\",\"items\":[]}",
        "{\"items\":[],\"kind\":\"PodList\"}",
        "{\"kind\":\"PodList\"}",
        // Of other forms than expected: passed over.
        "{\"kind\":\"PodList\",\"items\":{\"metadata\":{\"uid\":\"1\"}}}",
        "{\"kind\":\"PodList\",\"items\":[null,1,[{\"metadata\":{\"uid\":\"1\"}}],{},{\"metadata\":[]},{\"metadata\":{\"uid\":{}}}]}",
    })
    void readsListsWithoutPods(String json) throws IOException {
        assertThat(parse(json)).isEmpty();
    }

    @Test
    void takesNullAndNonsenseForNothing() throws IOException {
        assertThat(parse(PodJson.list("""
                {"status":{"containerStatuses":[{"name":"c","state":{"running":null,"terminated":{"startedAt":null,"finishedAt":"soon"}},"restartCount":-1}],
                "podIPs":null,"podIP":"","phase":"Running","conditions":null,"startTime":"yesterday"},
                "metadata":{"uid":"u","labels":null,"annotations":{"a":null},"ownerReferences":null,"creationTimestamp":null},"spec":{"hostNetwork":true}}""")))
                .containsExactly(new Pod("u", "", "", new Workload("barepod", ""), Map.of(), Map.of(), List.of(), true, "Running", Optional.empty(),
                        Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
                        List.of(new PodContainer("c", Kind.REGULAR, "", "", "", 0, State.TERMINATED, Optional.empty(), Optional.empty()))));
    }

    @Test
    void knowsAStaticPodByItsSource() throws IOException {
        assertThat(parse(PodJson.list("""
                {"metadata":{"name":"etcd-node-1","uid":"0af3","annotations":{"kubernetes.io/config.source":"file","kubernetes.io/config.hash":"0af3"}},
                "spec":{"nodeName":"node-1"},"status":{"phase":"Running"}}"""))).singleElement()
                .extracting(Pod::workload).isEqualTo(new Workload("staticpod", "etcd"));
    }

    @Test
    void onlyTheControllerOwns() throws IOException {
        assertThat(parse(PodJson.list("""
                {"metadata":{"name":"p","uid":"u","ownerReferences":[{"kind":"Other","name":"o"},{"name":"db","controller":true,"kind":"StatefulSet"},
                {"kind":"Third","name":"t","controller":false}]}}"""))).singleElement().extracting(Pod::workload).isEqualTo(new Workload("statefulset", "db"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{\"kind\":\"Status\",\"status\":\"Failure\"} | it is no pod list: kind=Status",
        "[] | it is no pod list: kind=",
        "'' | it ends early, after 0 pods",
        "{\"kind\":\"PodList\",\"items\":[{\"metadata\":{\"uid\":\"1\"}},{ | it ends early, after 1 pods",
        "{\"kind\":\"PodList\",\"items\":[]} {} | something follows the pod list",
    })
    void refusesWhatIsNoWholePodList(String json, String message) {
        assertThatThrownBy(() -> parse(json)).isInstanceOf(IOException.class).hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"<html>", "{\"kind\":}", "{\"kind\":\"Pod\nList\"}", "{\"items\":[}"})
    void refusesWhatIsNoJson(String json) {
        assertThatThrownBy(() -> parse(json)).isInstanceOf(IOException.class);
    }

    @Test
    void refusesDepthWithoutEnd() {
        assertThatThrownBy(() -> parse("[".repeat(1000))).isInstanceOf(IOException.class);
    }

    /** The half of the document that is whole pods isn't an answer: a cut at any byte is noticed. */
    @Test
    void noticesEveryCut() throws IOException {
        byte[] json = PodJson.list(PodJson.large(1)).strip().getBytes(StandardCharsets.UTF_8);
        for (int length = 0; length < json.length; length += 97) {
            byte[] cut = Arrays.copyOf(json, length);
            assertThatThrownBy(() -> parse(cut, 4096)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void keepsNoMoreThanANodeCanHave() throws IOException {
        String pods = String.join(",", IntStream.range(0, PodListParser.MAX_PODS + 10).mapToObj("{\"metadata\":{\"uid\":\"%d\"}}"::formatted).toList());

        assertThat(parse(PodJson.list(pods))).hasSize(PodListParser.MAX_PODS);
    }

    /** A node's 110 pods, 1.5 MB: the document is never in memory, and what is left over is small. */
    @Test
    void allocatesLittleMoreThanItKeeps() throws IOException {
        byte[] json = PodJson.list(IntStream.range(0, 110).mapToObj(PodJson::large).toArray(String[]::new)).getBytes(StandardCharsets.UTF_8);
        assertThat(json.length).isBetween(1_400_000, 1_700_000);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        parse(json, 16 * 1024);

        long before = threads.getCurrentThreadAllocatedBytes();
        assertThat(parse(json, 16 * 1024)).hasSize(110);
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(2_000_000);
    }
}
