package dev.ringside.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.pipeline.MapStatus;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DebugPagesTest {

    private TestServer http;

    @BeforeEach
    void open() throws ListenException {
        http = TestServer.open();
    }

    @AfterEach
    void close() {
        http.close();
    }

    @Test
    void probesTellTheirHooksAndWhyTheBetterOnesAreNotTaken() {
        assertThat(http.status("/debug/probes")).isEqualTo("""
                200 {
                  "probes" : [
                    {
                      "name" : "link",
                      "state" : "running",
                      "summary" : "Links between things",
                      "points" : [
                        {
                          "name" : "made",
                          "required" : true,
                          "mechanism" : "raw_tracepoint",
                          "hook" : "link_made",
                          "refused" : [
                            {
                              "mechanism" : "tp_btf",
                              "hook" : "link_made",
                              "reason" : "no such type",
                              "remedy" : "use a kernel with BTF",
                              "verifier_log" : [
                                "0: r1 = r2",
                                "R2 !read_ok"
                              ]
                            }
                          ]
                        }
                      ],
                      "programs" : [
                        {
                          "id" : 12,
                          "name" : "on_made_raw",
                          "runs" : 4,
                          "run_seconds" : 1.0E-6,
                          "nanoseconds_per_run" : 250,
                          "missed" : 0
                        }
                      ]
                    }
                  ]
                }
                """);
    }

    @Test
    void otherPagesTellWhatTheyAreFor() {
        assertThat(http.status("/debug/rings")).contains("\"pending_bytes\" : 128", "\"kernel/ring_full\" : 1");
        assertThat(http.status("/debug/maps")).contains("\"entries\" : null", "\"memory_bytes\" : 65536");
        assertThat(http.status("/debug/features")).contains("\"result\" : \"unsupported\"", "\"remedy\" : \"another kernel\"", "\"result\" : \"inconclusive\"");
        assertThat(http.status("/debug/config")).isEqualTo("200 {\n  \"http\" : {\n    \"port\" : 0\n  }\n}\n");
        assertThat(http.status("/debug/threads")).contains("\"name\" : \"vert.x-eventloop-thread-0\"", "\"cpu_seconds\" : ");
    }

    @Test
    void anIdentityIsExplained() {
        assertThat(http.status("/debug/identity?cgroup=42")).isEqualTo("""
                200 {
                  "cgroup_id" : 42,
                  "standing" : "live",
                  "path" : "/system.slice/nginx.service",
                  "labels" : {
                    "workload" : "nginx.service"
                  },
                  "steps" : [
                    "index: 42"
                  ]
                }
                """);
        assertThat(http.status("/debug/identity?cgroup=7")).isEqualTo("404 {\n  \"error\" : \"unknown cgroup: cgroup=7\"\n}\n");
        assertThat(http.status("/debug/identity?cgroup=x")).isEqualTo(
                "400 {\n  \"error\" : \"no cgroup id: cgroup=x; a cgroup's id is its directory's inode number, as in /debug/identity?cgroup=1; ?pid=, ?ip= and ?container= lead there as well\"\n}\n");
        assertThat(http.status("/debug/identity?pid=4242")).isEqualTo(http.status("/debug/identity?cgroup=42"));
        assertThat(http.status("/debug/identity?ip=10.1.0.7")).isEqualTo(http.status("/debug/identity?cgroup=42"));
        assertThat(http.status("/debug/identity?container=0af3c1")).isEqualTo(http.status("/debug/identity?cgroup=42"));
        assertThat(http.status("/debug/identity?ip=shop")).startsWith("400 ");
        assertThat(http.status("/debug/identity")).startsWith("400 ");
    }

    @Test
    void podsAreListedAndSoIsTheTroubleWithTheKubelet() {
        assertThat(http.status("/debug/pods")).isEqualTo("""
                200 {
                  "kubelet" : {
                    "url" : "https://10.0.0.5:10250/pods",
                    "failure" : "in trouble",
                    "last_answer" : "2025-11-14T10:36:02Z",
                    "pods" : 1,
                    "requests" : {
                      "200" : 7,
                      "503" : 1
                    },
                    "asked_early" : 3,
                    "last_duration_ms" : 12
                  },
                  "peer_sources" : {
                    "cluster" : {
                      "asked" : "https://10.96.0.1:443",
                      "last_answer" : "2023-11-14T22:13:20Z",
                      "addresses" : 120,
                      "refused" : 0,
                      "requests" : {
                        "200" : 4
                      }
                    }
                  },
                  "pods" : [
                    {
                      "namespace" : "shop",
                      "name" : "web-1",
                      "uid" : "u-1",
                      "workload" : "deployment web",
                      "phase" : "Running",
                      "ips" : [
                        "10.1.0.7"
                      ],
                      "host_network" : false,
                      "containers" : [
                        {
                          "name" : "nginx",
                          "kind" : "sidecar",
                          "state" : "running",
                          "restarts" : 2,
                          "id" : "0af3"
                        }
                      ]
                    }
                  ],
                  "starts" : [
                    {
                      "namespace" : "shop",
                      "name" : "web-1",
                      "uid" : "u-1",
                      "workload" : "deployment web",
                      "created" : "2025-11-14T10:35:00Z",
                      "scheduling_ms" : 1000,
                      "sandbox_ms" : 400,
                      "first_exec_ms" : {
                        "nginx" : 250
                      },
                      "ready_ms" : 2000
                    }
                  ]
                }
                """);
    }

    @Test
    void noPageIsLargerThanItsLimit() {
        http.collector().showsMaps(IntStream.range(0, 100_000).mapToObj(i -> new MapStatus("link", i, "map" + i, "hash", 1, 1, 1)).toList());

        String page = http.status("/debug/maps");

        assertThat(page.length()).isLessThan(JsonText.MAX_PAGE_BYTES + 1000);
        assertThat(page).endsWith("  ],\n  \"truncated\" : true\n}\n");
    }
}
