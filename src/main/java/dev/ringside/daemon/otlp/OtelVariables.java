package dev.ringside.daemon.otlp;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * OpenTelemetry's environment variables: "Environment Variable Specification" and "OpenTelemetry Protocol Exporter". One that is empty is as good as not set; one for traces
 * wins over the one for all signals.
 */
final class OtelVariables {

    private final Map<String, String> environment;

    OtelVariables(Map<String, String> environment) {
        this.environment = environment;
    }

    Optional<String> get(String name) {
        return Optional.ofNullable(environment.get(name)).map(String::strip).filter(Predicate.not(String::isEmpty));
    }

    /** {@code OTEL_EXPORTER_OTLP_TRACES_…}, else {@code OTEL_EXPORTER_OTLP_…}. */
    Optional<String> otlp(String name) {
        return get("OTEL_EXPORTER_OTLP_TRACES_" + name).or(() -> get("OTEL_EXPORTER_OTLP_" + name));
    }

    Optional<Integer> number(String name) {
        return get(name).map(text -> whole(name, text));
    }

    Optional<Duration> millis(String name) {
        return number(name).map(Duration::ofMillis);
    }

    Optional<Duration> otlpMillis(String name) {
        return otlp(name).map(text -> Duration.ofMillis(whole("OTEL_EXPORTER_OTLP_" + name, text)));
    }

    private static int whole(String name, String text) {
        if (!text.matches("[0-9]{1,9}") || Integer.parseInt(text) == 0) {
            throw new IllegalArgumentException("bad value: variable=" + name + ", value=" + text + ", allowed=a whole number above 0");
        }
        return Integer.parseInt(text);
    }

    double ratio(String name, double otherwise) {
        Optional<String> text = get(name);
        try {
            double ratio = text.map(Double::parseDouble).orElse(otherwise);
            if (ratio >= 0 && ratio <= 1) {
                return ratio;
            }
        } catch (NumberFormatException notANumber) {
            // The message below is for both.
        }
        throw new IllegalArgumentException("bad value: variable=" + name + ", value=" + text.orElse("") + ", allowed=a number from 0 to 1");
    }

    /** {@code a=1,b=2}, as W3C Baggage writes it: values percent-encoded. The values aren't shown when something is wrong: they may be secrets. */
    static Map<String, String> pairs(String name, String text) {
        Map<String, String> pairs = new LinkedHashMap<>();
        for (String pair : text.split(",")) {
            if (pair.isBlank()) {
                continue;
            }
            int equals = pair.indexOf('=');
            if (equals <= 0) {
                throw new IllegalArgumentException("bad value: variable=" + name + ", allowed=name=value, with commas between them");
            }
            try {
                // A plus is a plus there; the decoder is for forms.
                pairs.put(pair.substring(0, equals).strip(), URLDecoder.decode(pair.substring(equals + 1).strip().replace("+", "%2B"), StandardCharsets.UTF_8));
            } catch (IllegalArgumentException notEncoded) {
                throw new IllegalArgumentException("bad value: variable=" + name + ", key=" + pair.substring(0, equals).strip() + ", allowed=a percent-encoded text");
            }
        }
        return pairs;
    }
}
