package dev.ringside.truth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.identity.IdentityQuestion;
import dev.ringside.identity.PodLabel;
import dev.ringside.identity.kubelet.Pod;
import dev.ringside.pipeline.Engine;
import dev.ringside.pipeline.EngineConfig;
import dev.ringside.pipeline.EventSubscription;
import dev.ringside.pipeline.KernelEvent;
import dev.ringside.pipeline.PodStart;
import dev.ringside.probe.ProbeCatalog;
import dev.ringside.probes.ProcessProbe;
import dev.ringside.testing.Await;
import dev.ringside.testing.Kernel;
import dev.ringside.testing.KernelTest;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Events of processes in cgroups that look like pods, under the names that a kubelet tells of them, sooner or later. */
class PodNamesTest {

    private static final String EXECS = "ringside_process_execs_total";
    private static final String EXITS = "ringside_process_exits_total";

    private final FakePods kubelet = new FakePods();
    private PodTree tree;
    private Actors actors;
    private Engine engine;

    @BeforeEach
    void start() throws Exception {
        tree = PodTree.make(Actors.uniqueName("pods"));
        actors = Actors.compile();
    }

    private void startEngine() throws Exception {
        startEngine(EngineConfig.defaults().identityLinger());
    }

    private void startEngine(Duration linger) throws Exception {
        EngineConfig defaults = EngineConfig.defaults();
        EngineConfig config = new EngineConfig(Map.of(), defaults.paths(), false, defaults.drainInterval(), defaults.collectInterval(), defaults.maxSeries(),
                defaults.maxIdentities(), linger, defaults.commandIdle(), defaults.cgroupController(),
                List.of(PodLabel.ofLabel("app.kubernetes.io/name")), defaults.peers());
        engine = Engine.start(config, new ProbeCatalog(List.of(new ProcessProbe())), Kernel.runtime(), Optional.of(kubelet));
    }

    @AfterEach
    void stop() throws Exception {
        if (engine != null) {
            engine.close();
        }
        tree.close();
        actors.close();
    }

    private long value(String family, Map<String, String> labels) {
        return Readings.of(engine).value(family, labels);
    }

    @KernelTest
    void aProcessInsideIsNamedByItsPod() throws Exception {
        Pod pod = tree.pod(1, Map.of("app.kubernetes.io/name", "shop"), 1);
        kubelet.list(pod);
        startEngine();
        Path cgroup = tree.makeContainer(1, 1);
        Path program = actors.copy(Path.of("/bin/true"), Actors.uniqueName("true"));

        PodTree.runIn(cgroup, program);

        Map<String, String> labels = Map.of("namespace", tree.namespace(), "workload", "batch", "workload_kind", "job", "pod", "pod-1",
                "container", "main-1", "label_app_kubernetes_io_name", "shop");
        Await.until("exec and exit are under the pod's name", () -> value(EXECS, labels) == 1 && value(EXITS, labels) == 1);
    }

    @KernelTest
    void aProcessIsFollowedToItsPod() throws Exception {
        kubelet.list(tree.pod(7, 7));
        startEngine();
        Path cgroup = tree.makeContainer(7, 7);
        try (Actor inside = Actor.start(new ProcessBuilder("sh", "-c", "echo $$ > " + cgroup.resolve("cgroup.procs") + " && echo in && read go"))) {
            inside.awaitReport("in");
            String id = PodTree.containerId(7);

            Await.until("the cgroup and the pod are known", () -> engine.identity(new IdentityQuestion.OfProcess(inside.pid())).orElseThrow().steps()
                    .stream().anyMatch(step -> step.startsWith("workload: ")));
            List<String> byPid = engine.identity(new IdentityQuestion.OfProcess(inside.pid())).orElseThrow().steps();
            assertThat(byPid.getFirst()).startsWith("process: " + inside.pid() + " is in /" + tree.namespace() + "/kubepods/burstable/pod" + PodTree.uid(7) + "/" + id);
            assertThat(byPid).contains("container: main-7, regular, running, restarts 0",
                    "pod: " + tree.namespace() + "/pod-7, uid " + PodTree.uid(7) + ", Running", "workload: job batch");
            List<String> byContainer = engine.identity(new IdentityQuestion.OfContainer(id)).orElseThrow().steps();
            assertThat(byContainer.subList(1, byContainer.size())).isEqualTo(byPid.subList(1, byPid.size()));
        }
    }

    @KernelTest
    void anEventWaitsForThePodToBeTold() throws Exception {
        startEngine();
        Path cgroup = tree.makeContainer(2, 2);
        Path program = actors.copy(Path.of("/bin/true"), Actors.uniqueName("true"));
        PodTree.runIn(cgroup, program);
        int before = kubelet.asked();

        kubelet.list(tree.pod(2, 2), Duration.ofMillis(200), Duration.ofHours(1));

        Map<String, String> labels = Map.of("namespace", tree.namespace(), "pod", "pod-2", "container", "main-2");
        Await.until("exec and exit are under the pod's name", () -> value(EXECS, labels) == 1 && value(EXITS, labels) == 1);
        assertThat(kubelet.asked()).as("asked early").isGreaterThan(before);
    }

    @KernelTest
    void whatNobodyTellsGoesByTheContainersIdAndIsCountedUntilSomebodyDoes() throws Exception {
        kubelet.fail("out of order");
        startEngine();
        Path cgroup = tree.makeContainer(3, 3);
        PodTree.runIn(cgroup, actors.copy(Path.of("/bin/true"), Actors.uniqueName("true")));

        Map<String, String> byId = Map.of("workload_kind", "container", "workload", PodTree.containerId(3).substring(0, 12));
        Await.until("exec and exit are under the container's id", () -> value(EXECS, byId) == 1 && value(EXITS, byId) == 1);
        Readings now = Readings.of(engine);
        assertThat(now.value("ringside_identity_unenriched_total", Map.of())).isEqualTo(1);
        assertThat(now.value("ringside_kubelet_requests_total", Map.of("code", "503"))).isPositive();
        assertThat(engine.pods().orElseThrow().failure()).contains("out of order");
    }

    /** Its sockets may close after it: its name is kept for those, and then its series end. */
    @KernelTest
    void aGonePodLingersThenItsSeriesExpire() throws Exception {
        kubelet.list(tree.pod(4, 4));
        startEngine(Duration.ofSeconds(2));
        Path cgroup = tree.makeContainer(4, 4);
        PodTree.runIn(cgroup, actors.copy(Path.of("/bin/true"), Actors.uniqueName("true")));
        Map<String, String> labels = Map.of("namespace", tree.namespace(), "pod", "pod-4", "container", "main-4");
        Await.until("exec and exit are under the pod's name", () -> value(EXECS, labels) == 1 && value(EXITS, labels) == 1);
        long id = (Long) Files.getAttribute(cgroup, "unix:ino");
        assertThat(steps(id)).contains("index: there is a cgroup " + id);

        kubelet.unlist(tree.pod(4, 4));
        Files.delete(cgroup);

        Await.until("its cgroup has ended", () -> !steps(id).contains("index: there is a cgroup " + id));
        Await.until("its series are gone", () -> value(EXECS, labels) == 0 && value(EXITS, labels) == 0);
        assertThat(steps(id)).contains("index: there is no cgroup " + id + "; an event of it asks for a scan");
    }

    @KernelTest
    void whoWatchesIsToldHowAPodStarted() throws Exception {
        startEngine();
        try (EventSubscription starts = engine.subscribe(Engine.PODS, event -> tree.namespace().equals(event.identity().get("namespace")), 10)) {
            Path sandbox = tree.makeContainer(5, 50);
            Path cgroup = tree.makeContainer(5, 5);
            Path program = actors.copy(Path.of("/bin/true"), Actors.uniqueName("true"));
            PodTree.runIn(sandbox, program);
            PodTree.runIn(cgroup, program);
            Pod running = tree.pod(5, 5);
            Optional<Instant> now = Optional.of(Instant.now());
            kubelet.list(new Pod(running.uid(), running.namespace(), running.name(), running.workload(), Map.of(), Map.of(), List.of(), false, "Running", now, now, now, now, now,
                    running.containers()));

            KernelEvent start = starts.poll(20, TimeUnit.SECONDS);
            assertThat(start).isNotNull();
            assertThat(start.identity()).containsEntry("workload", "batch").containsEntry("workload_kind", "job").containsEntry("pod", "pod-5");
            assertThat(start.fields()).containsEntry("pod", tree.namespace() + "/pod-5").containsEntry("scheduling_ms", 0L).containsKeys("sandbox_ms", "ready_ms");
            assertThat(start.fields().get("first_exec_ms")).asString().matches("main-5=[0-9]+");
            assertThat(engine.podStarts()).extracting(PodStart::pod).contains("pod-5");
        }
    }

    private List<String> steps(long cgroupId) {
        return engine.identity(new IdentityQuestion.OfCgroup(cgroupId)).orElseThrow().steps();
    }

    /** Each lives for 0.3 s; its pod is told 150 ms after it was made, and its cgroup is gone at once. */
    @KernelTest
    void fiveHundredShortLivedContainersAreNamed() throws Exception {
        int containers = 500;
        startEngine();
        String name = Actors.uniqueName("short");
        Path program = actors.copy(Path.of("/bin/sleep"), name);
        String one = "pod=" + tree.burstable() + "/pod00000000-0000-4000-8000-$(printf %012d $0); cg=$pod/$(printf %064x $((0xabc0000 + $0))); "
                + "mkdir -p $cg && echo $0 && sh -c 'echo $$ > '$cg'/cgroup.procs && exec " + program + " 0.3'; "
                + "until rmdir $cg $pod 2> /dev/null; do :; done";
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", "seq 1000 " + (999 + containers) + " | xargs -P 8 -n 1 sh -c \"$ONE\"")
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("ONE", one);
        Process all = builder.start();
        try (BufferedReader made = all.inputReader()) {
            made.lines().mapToInt(Integer::parseInt)
                    .forEach(number -> kubelet.list(tree.pod(number, number), Duration.ofMillis(150), Duration.ofSeconds(5)));
        }
        assertThat(all.waitFor()).isZero();

        Await.until("no event waits for its name", () -> value("ringside_events_pending", Map.of()) == 0);
        Readings now = Readings.settled(engine);
        long named = now.value(EXECS, Map.of("namespace", tree.namespace())) + now.value(EXITS, Map.of("namespace", tree.namespace()));
        // sh counts as well, if it is inside when it ends or starts the program: only the program runs inside to its end.
        assertThat(named).isGreaterThanOrEqualTo(Math.round(0.999 * 2 * containers)).isLessThanOrEqualTo(2L * containers);
        assertThat(2L * containers - named).as("the rest is counted")
                .isLessThanOrEqualTo(2 * now.value("ringside_identity_unenriched_total", Map.of()));
        // None is lost in most runs; four were once, and it is not known yet which and why.
        assertThat(now.value("ringside_events_lost_total", Map.of())).as("lost").isLessThanOrEqualTo(containers / 50);
    }
}
