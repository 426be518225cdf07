package dev.ringside.e2e.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A scrape, read strictly by the <a href="https://prometheus.io/docs/instrumenting/exposition_formats/">text format</a>'s words: HELP, then TYPE, then the
 * family's samples. Written from them, not from the exporter.
 */
public record Exposition(List<MetricFamily> families) {
    private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\\\n]|\\\\[\\\\\"n])*)\",?");

    public static Exposition parse(String text) {
        List<MetricFamily> families = new ArrayList<>();
        assertThat(text).endsWith("\n");
        for (String line : text.lines().toList()) {
            if (line.startsWith("# HELP ")) {
                String[] words = line.split(" ", 4);
                families.add(new MetricFamily(words[2], words[3], "", new ArrayList<>()));
            } else if (line.startsWith("# TYPE ")) {
                String[] words = line.split(" ");
                MetricFamily begun = families.removeLast();
                assertThat(words[2]).as("TYPE right after the HELP of its family").isEqualTo(begun.name());
                families.add(new MetricFamily(begun.name(), begun.help(), words[3], begun.samples()));
            } else {
                Sample sample = sample(line);
                MetricFamily family = families.getLast();
                assertThat(belongs(sample.name(), family)).as("under its own family %s: %s", family.name(), line).isTrue();
                family.samples().add(sample);
            }
        }
        return new Exposition(families);
    }

    private static boolean belongs(String sample, MetricFamily family) {
        List<String> suffixes = switch (family.type()) {
            case "histogram" -> List.of("_bucket", "_sum", "_count");
            case "summary" -> List.of("", "_sum", "_count");
            default -> List.of("");
        };
        return suffixes.stream().anyMatch(suffix -> sample.equals(family.name() + suffix));
    }

    private static Sample sample(String line) {
        Matcher matcher = SAMPLE.matcher(line);
        assertThat(matcher.matches()).as("a sample: %s", line).isTrue();
        Map<String, String> labels = new LinkedHashMap<>();
        String text = matcher.group(2) == null ? "" : matcher.group(2);
        Matcher label = LABEL.matcher(text);
        int end = 0;
        while (label.find() && label.start() == end) {
            end = label.end();
            assertThat(labels.put(label.group(1), unescape(label.group(2)))).as("a label once: %s", line).isNull();
        }
        assertThat(end).as("labels to the end: %s", line).isEqualTo(text.length());
        return new Sample(matcher.group(1), labels, number(matcher.group(3)));
    }

    private static String unescape(String text) {
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\') {
                c = text.charAt(++i) == 'n' ? '\n' : text.charAt(i);
            }
            plain.append(c);
        }
        return plain.toString();
    }

    private static double number(String text) {
        return switch (text) {
            case "+Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(text);
        };
    }

    public Stream<Sample> samples() {
        return families.stream().flatMap(family -> family.samples().stream());
    }

    /** The one sample of this name with these labels, given as names and values in turn. */
    public double value(String name, String... labels) {
        List<Sample> found = samples().filter(sample -> sample.matches(name, labels)).toList();
        assertThat(found).as("samples of %s with %s", name, List.of(labels)).hasSize(1);
        return found.getFirst().value();
    }

    /** Of all such samples; 0 when there is none, as a series begins with its first event. */
    public double sum(String name, String... labels) {
        return samples().filter(sample -> sample.matches(name, labels)).mapToDouble(Sample::value).sum();
    }
}
