package dev.ringside.daemon.log;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A message on its way to stderr.
 *
 * @param logger the last part of the logger's name
 * @param fields what it is about, in the order given
 */
record LogEntry(Instant time, LogLevel level, String logger, String message, List<Map.Entry<String, String>> fields, Optional<Throwable> thrown) {

    LogEntry {
        fields = List.copyOf(fields);
    }
}
