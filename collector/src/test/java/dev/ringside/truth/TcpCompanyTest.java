package dev.ringside.truth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.pipeline.Engine;
import dev.ringside.probes.TcpProbe;
import dev.ringside.testing.Await;
import dev.ringside.testing.KernelTest;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Programs of others at the same hooks and the same cgroup, such as a second Ringside's, that come and go: nobody takes anything from anybody. */
class TcpCompanyTest {

    @KernelTest
    void bothSeeTheSame_andOneGoesOnWithoutTheOther() throws Exception {
        try (Actors programs = Actors.compile("peer"); Engine first = LiveEngine.start(new TcpProbe()); TcpPair pair = TcpPair.start(programs)) {
            NetworkNamespace here = pair.here();
            NetworkNamespace there = pair.there();
            TcpPeer client = pair.client();
            TcpPeer server = pair.server();
            try (Engine second = LiveEngine.start(new TcpProbe())) {
                pair.connect(5);
                server.ask("accept4", 5);
                there.onTheWayIn("tcp dport 80 drop");
                client.ask("send", 100, 100);
                Await.until("the first timer of each has fired", () -> timersFired(here) >= 5);

                Await.until("the other sees it", () -> TcpFigures.of(second, client).timeouts() >= 5);
                assertThat(TcpFigures.of(second, client).opened("client")).isEqualTo(5).isEqualTo(TcpFigures.of(first, client).opened("client"));
            }
            long before = timersFired(here);
            Await.until("timers go on", () -> timersFired(here) >= before + 5);
            there.onTheWayIn();
            assertThat(server.ask("receive", 100)).isEqualTo("500");

            assertThat(TcpFigures.of(first, client).timeouts()).isGreaterThanOrEqualTo(before + 5).isEqualTo(timersFired(here));
        }
    }

    private static long timersFired(NetworkNamespace net) {
        try {
            return net.counter("TcpExt", "TCPTimeouts");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
