package dev.ringside.truth;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;

/** A client and a server that listens on port 80, each in a network namespace of its own, with a cable between them. */
record TcpPair(NetworkNamespace here, NetworkNamespace there, TcpPeer client, TcpPeer server) implements AutoCloseable {
    static final String SERVER_ADDRESS = "10.9.0.2";

    /** A rule for the way in that loses three packets in a hundred, but none of those that open a connection. */
    static final String LOSING_DATA = "tcp flags & syn != syn numgen random mod 100 < 3 drop";

    static TcpPair start(Actors programs) throws IOException, InterruptedException {
        NetworkNamespace here = NetworkNamespace.create();
        NetworkNamespace there = NetworkNamespace.create();
        here.connect(there, "10.9.0.1", SERVER_ADDRESS);
        TcpPair pair = new TcpPair(here, there, TcpPeer.start(programs, here, "cli"), TcpPeer.start(programs, there, "srv"));
        assertThat(pair.server.ask("listen", "::", 80)).isEqualTo("0");
        return pair;
    }

    /** Opens connections, which wait to be accepted. */
    void connect(int count) throws IOException, InterruptedException {
        assertThat(client.ask("connect", SERVER_ADDRESS, 80, count)).isEqualTo(Integer.toString(count));
    }

    /** On each connection. The bytes have arrived when this returns. */
    static void transfer(TcpPeer from, TcpPeer to, int bytes, int chunk) throws IOException, InterruptedException {
        to.tell("receive", bytes);
        String sent = from.ask("send", bytes, chunk);
        assertThat(to.answer()).isEqualTo(sent);
    }

    @Override
    public void close() throws IOException {
        client.close();
        server.close();
        here.close();
        there.close();
    }
}
