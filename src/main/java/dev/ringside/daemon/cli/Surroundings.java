package dev.ringside.daemon.cli;

import dev.ringside.probe.ProbeCatalog;
import java.util.function.Supplier;

/**
 * All that commands need from outside.
 *
 * @param catalog asked for by the commands that need it: finding the probes takes time
 */
public record Surroundings(Terminal terminal, Supplier<ProbeCatalog> catalog, Collector.Starter collector, StopSignal stop) {}
