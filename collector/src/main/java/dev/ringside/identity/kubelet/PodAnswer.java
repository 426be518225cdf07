package dev.ringside.identity.kubelet;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What came of a question for pods. */
public sealed interface PodAnswer {

    /** How it is counted: an HTTP status, or what happened instead of one. */
    String code();

    /** All pods of the node. */
    record Pods(String code, List<Pod> pods) implements PodAnswer {
        public Pods {
            pods = List.copyOf(pods);
        }
    }

    /** The last answer is still true. */
    record Unchanged(String code) implements PodAnswer {}

    /**
     * No answer.
     *
     * @param message    what was wrong, and the remedy
     * @param retryAfter how long the other side wants to be left alone
     */
    record Failed(String code, String message, Optional<Duration> retryAfter) implements PodAnswer {}
}
