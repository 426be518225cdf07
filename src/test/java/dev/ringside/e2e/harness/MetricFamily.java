package dev.ringside.e2e.harness;

import java.util.List;

/** What stands under one {@code # HELP}. */
public record MetricFamily(String name, String help, String type, List<Sample> samples) {}
