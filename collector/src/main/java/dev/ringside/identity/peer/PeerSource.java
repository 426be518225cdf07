package dev.ringside.identity.peer;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Who tells of addresses, beside the node's kubelet. Works on a thread of its own from its start on, and hands on a book whenever it was told something. */
public interface PeerSource extends AutoCloseable {

    /** As a label's value: {@code cluster}, {@code dns}. */
    String name();

    /**
     * Begins; once.
     *
     * @param publisher called on the source's thread, and must not block for long
     */
    void start(Publisher publisher);

    /** From any thread. */
    Stats stats();

    @Override
    void close();

    /** Is told after each question, answered or not, what is known now. */
    @FunctionalInterface
    interface Publisher {
        /** @return false if there was no room for it: it is to be told again later */
        boolean told(AddressBook book, Stats stats);
    }

    /**
     * How asking goes.
     *
     * @param asked      whom, for people
     * @param requests   questions by what came of them: an HTTP status, or what happened instead of one
     * @param addresses  in the last book
     * @param refused    changes for which there was no room
     * @param lastAnswer when it last heard anything
     * @param failure    what is wrong now; empty after an answer
     */
    record Stats(String asked, Map<String, Long> requests, int addresses, long refused, Optional<Instant> lastAnswer, Optional<String> failure) {

        public Stats {
            requests = Collections.unmodifiableMap(new TreeMap<>(requests));
        }
    }
}
