package dev.ringside.exporters.otlp;

import dev.ringside.span.KernelSpan;
import dev.ringside.span.Sampler;
import dev.ringside.span.TraceIds;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
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

    SpanDataFactory(Resources resources, String version) {
        this.resources = resources;
        this.version = version;
    }

    SpanData of(KernelSpan span) {
        TraceState state = state(span.ratio());
        SpanContext context = SpanContext.create(span.traceId(), span.spanIdText(), FLAGS, state);
        SpanContext parent = span.parentSpanId() == 0 ? SpanContext.getInvalid() : SpanContext.create(span.traceId(), span.parentSpanIdText(), FLAGS, state);
        AttributesBuilder attributes = Attributes.builder();
        span.attributes().forEach((name, value) -> put(attributes, name, value));
        if (span.failed()) {
            attributes.put(ERROR_TYPE, span.errorType());
        }
        attributes.put(SAMPLING_REASON, span.sampling().toString());
        attributes.put(SAMPLING_RATIO, span.ratio());
        return new KernelSpanData(
                span.name(),
                kind(span.kind()),
                context,
                parent,
                span.failed() ? StatusData.create(StatusCode.ERROR, span.errorType()) : StatusData.unset(),
                span.startNanos(),
                span.endNanos(),
                attributes.build(),
                span.events().stream().map(event -> EventData.create(event.timeNanos(), event.name(), attributes(event.attributes()))).toList(),
                span.links().stream().map(SpanDataFactory::link).toList(),
                resources.of(span.resource()),
                scopes.computeIfAbsent(span.probe(), this::scope));
    }

    private InstrumentationScopeInfo scope(String probe) {
        return InstrumentationScopeInfo.builder("dev.ringside." + probe).setVersion(version).setSchemaUrl(Resources.SCHEMA_URL).build();
    }

    private Attributes attributes(Map<String, Object> values) {
        AttributesBuilder attributes = Attributes.builder();
        values.forEach((name, value) -> put(attributes, name, value));
        return attributes.build();
    }

    @SuppressWarnings("unchecked") // a name's values are of one type, as semantic conventions have it
    private void put(AttributesBuilder attributes, String name, Object value) {
        switch (value) {
            case String text -> attributes.put((AttributeKey<String>) keys.computeIfAbsent(name, AttributeKey::stringKey), text);
            case Long number -> attributes.put((AttributeKey<Long>) keys.computeIfAbsent(name, AttributeKey::longKey), number);
            case Double number -> attributes.put((AttributeKey<Double>) keys.computeIfAbsent(name, AttributeKey::doubleKey), number);
            case Boolean flag -> attributes.put((AttributeKey<Boolean>) keys.computeIfAbsent(name, AttributeKey::booleanKey), flag);
            default -> throw new IllegalArgumentException("not an attribute's value: name=" + name + ", type=" + value.getClass().getName());
        }
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
