package dev.ringside.exporters.otlp;

import dev.ringside.span.KernelSpan;
import dev.ringside.span.Sampler;
import dev.ringside.span.TraceIds;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Our spans as the SDK's. Each brings its own resource, so one exporter serves all workloads; a tracer provider for each would be threads and queues for each. The exporter's
 * thread only.
 */
final class SpanDataFactory {

    /** Sampled, and the trace id's last seven bytes are random: W3C Trace Context, level 2. */
    private static final TraceFlags FLAGS = TraceFlags.fromByte((byte) 3);
    private static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");
    private static final AttributeKey<String> SAMPLING_REASON = AttributeKey.stringKey("ringside.sampling.reason");
    private static final AttributeKey<Double> SAMPLING_RATIO = AttributeKey.doubleKey("ringside.sampling.ratio");

    private final Resources resources;
    private final String version;
    /** By probe: as many as there are probes. */
    private final Map<String, InstrumentationScopeInfo> scopes = new HashMap<>();
    /** By name: as many as the code has; the SDK keeps a name's bytes in its key. */
    private final Map<String, AttributeKey<?>> keys = new HashMap<>();
    /** By ratio: the head's, and 1. */
    private final Map<Double, TraceState> states = new HashMap<>();

    SpanDataFactory(Resources resources, String version) {
        this.resources = resources;
        this.version = version;
    }

    SpanData of(KernelSpan span) {
        TraceState state = states.computeIfAbsent(span.ratio(), SpanDataFactory::state);
        SpanContext context = SpanContext.create(span.traceId(), span.spanIdText(), FLAGS, state);
        SpanContext parent = span.parentSpanId() == 0 ? SpanContext.getInvalid() : SpanContext.create(span.traceId(), span.parentSpanIdText(), FLAGS, state);
        KeyedWords attributes = new KeyedWords(span.attributes());
        if (span.failed()) {
            attributes.add(ERROR_TYPE, span.errorType());
        }
        attributes.add(SAMPLING_REASON, span.sampling().toString());
        attributes.add(SAMPLING_RATIO, span.ratio());
        return new KernelSpanData(
                span.name(),
                kind(span.kind()),
                context,
                parent,
                span.failed() ? StatusData.create(StatusCode.ERROR, span.errorType()) : StatusData.unset(),
                span.startNanos(),
                span.endNanos(),
                attributes.done(),
                span.events().stream().map(event -> EventData.create(event.timeNanos(), event.name(), event.attributes().isEmpty() ? Attributes.empty() : new KeyedWords(event.attributes()).done())).toList(),
                span.links().stream().map(SpanDataFactory::link).toList(),
                resources.of(span.resource()),
                scopes.computeIfAbsent(span.probe(), this::scope));
    }

    private InstrumentationScopeInfo scope(String probe) {
        return InstrumentationScopeInfo.builder("dev.ringside." + probe).setVersion(version).setSchemaUrl(Resources.SCHEMA_URL).build();
    }

    /** Attributes under the SDK's keys. */
    private final class KeyedWords {

        /** A connection's have room. */
        private Object[] words = new Object[40];
        private int length;

        KeyedWords(Map<String, Object> attributes) {
            attributes.forEach((name, value) -> add(keys.computeIfAbsent(name, text -> key(text, value)), value));
        }

        void add(AttributeKey<?> key, Object value) {
            if (length == words.length) {
                words = Arrays.copyOf(words, 2 * length);
            }
            words[length++] = key;
            words[length++] = value;
        }

        Attributes done() {
            return new WordAttributes(words, length);
        }
    }

    /** A name's values are of one type, as semantic conventions have it. */
    private static AttributeKey<?> key(String name, Object value) {
        return switch (value) {
            case String _ -> AttributeKey.stringKey(name);
            case Long _ -> AttributeKey.longKey(name);
            case Double _ -> AttributeKey.doubleKey(name);
            case Boolean _ -> AttributeKey.booleanKey(name);
            default -> throw new IllegalArgumentException("not an attribute's value: name=" + name + ", type=" + value.getClass().getName());
        };
    }

    private static LinkData link(KernelSpan.Link link) {
        return LinkData.create(SpanContext.create(hex(link.traceHigh()) + hex(link.traceLow()), hex(link.spanId()), FLAGS, TraceState.getDefault()));
    }

    private static String hex(long word) {
        return TraceIds.hex(word);
    }

    /** {@code ot=th:…}: how many like it this span stands for, as OpenTelemetry's probability sampling writes it: 56 bits in hex, without trailing zeros. */
    static TraceState state(double ratio) {
        String threshold = String.format("%014x", Sampler.threshold(ratio)).replaceAll("0+$", "");
        return TraceState.builder().put("ot", "th:" + (threshold.isEmpty() ? "0" : threshold)).build();
    }

    private static SpanKind kind(KernelSpan.Kind kind) {
        return switch (kind) {
            case INTERNAL -> SpanKind.INTERNAL;
            case CLIENT -> SpanKind.CLIENT;
            case SERVER -> SpanKind.SERVER;
        };
    }

    private record KernelSpanData(
            String getName,
            SpanKind getKind,
            SpanContext getSpanContext,
            SpanContext getParentSpanContext,
            StatusData getStatus,
            long getStartEpochNanos,
            long getEndEpochNanos,
            Attributes getAttributes,
            List<EventData> getEvents,
            List<LinkData> getLinks,
            Resource getResource,
            InstrumentationScopeInfo getInstrumentationScopeInfo)
            implements SpanData {

        @Override
        public boolean hasEnded() {
            return true;
        }

        @Override
        public int getTotalRecordedEvents() {
            return getEvents.size();
        }

        @Override
        public int getTotalRecordedLinks() {
            return getLinks.size();
        }

        @Override
        public int getTotalAttributeCount() {
            return getAttributes.size();
        }

        @Override
        @Deprecated
        public io.opentelemetry.sdk.common.InstrumentationLibraryInfo getInstrumentationLibraryInfo() {
            return io.opentelemetry.sdk.common.InstrumentationLibraryInfo.create(getInstrumentationScopeInfo.getName(), getInstrumentationScopeInfo.getVersion());
        }
    }
}
