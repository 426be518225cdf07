package dev.ringside.exporters.otlp;

import dev.ringside.span.SpanResource;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.sdk.resources.Resource;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * OpenTelemetry's resources, one for each of ours, so that spans of a workload are sent under one. Of more than {@value #MAX} those not used for longest are made again when
 * they are needed. The exporter's thread only.
 */
final class Resources {

    static final int MAX = 1024;
    /** The version of the semantic conventions that our names are of. */
    static final String SCHEMA_URL = "https://opentelemetry.io/schemas/1.43.0";

    private final OtlpSettings settings;
    private final Map<SpanResource, Resource> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<SpanResource, Resource> eldest) {
            return size() > MAX;
        }
    };

    Resources(OtlpSettings settings) {
        this.settings = settings;
    }

    Resource of(SpanResource resource) {
        Resource made = known.get(resource);
        if (made == null) {
            made = make(resource);
            known.put(resource, made);
        }
        return made;
    }

    int size() {
        return known.size();
    }

    private Resource make(SpanResource resource) {
        Map<String, String> all = new LinkedHashMap<>(settings.resource());
        all.put("telemetry.sdk.name", "opentelemetry");
        all.put("telemetry.sdk.language", "java");
        all.put("telemetry.sdk.version", Resource.getDefault().getAttribute(AttributeKey.stringKey("telemetry.sdk.version")));
        all.put("service.instance.id", settings.host());
        all.putAll(resource.attributes());
        all.putAll(settings.overriding());
        AttributesBuilder attributes = Attributes.builder();
        all.forEach((name, value) -> {
            if (value != null && !value.isEmpty()) {
                attributes.put(name, value);
            }
        });
        return Resource.create(attributes.build(), SCHEMA_URL);
    }
}
