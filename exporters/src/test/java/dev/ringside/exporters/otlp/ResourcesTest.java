package dev.ringside.exporters.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.span.SpanResource;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.resources.Resource;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ResourcesTest {

    private static OtlpSettings settings(Map<String, String> resource, Map<String, String> overriding) {
        return new OtlpSettings(URI.create("http://collector:4318"), OtlpSettings.Protocol.GRPC, false, Duration.ofSeconds(1), Duration.ofSeconds(1), 1, Duration.ofSeconds(1), "node-1",
                resource, overriding);
    }

    private static SpanResource named(String name) {
        return new SpanResource(Map.of("service.name", name));
    }

    private static String text(Resource resource, String name) {
        return resource.getAttribute(AttributeKey.stringKey(name));
    }

    /** Pods come and go for months: those last used are kept, the others are made again. */
    @Test
    void thereAreSoManyAtTheMost() {
        Resources resources = new Resources(settings(Map.of(), Map.of()));
        SpanResource often = named("often");
        Resource first = resources.of(often);
        SpanResource once = named("once");
        Resource before = resources.of(once);
        for (int i = 0; i < 3 * Resources.MAX; i++) {
            resources.of(named("pod-" + i));
            assertThat(resources.of(often)).isSameAs(first);
            assertThat(resources.size()).isLessThanOrEqualTo(Resources.MAX);
        }
        assertThat(resources.of(once)).isNotSameAs(before).isEqualTo(before);
    }

    @Test
    void theOperatorsAttributesAreBelowAWorkloadsOwnAndTheNameForAllAbove() {
        Map<String, String> operators = Map.of("deployment.environment.name", "prod", "service.name", "not this", "empty", "");
        Resource own = new Resources(settings(operators, Map.of())).of(named("cart"));
        assertThat(text(own, "service.name")).isEqualTo("cart");
        assertThat(text(own, "deployment.environment.name")).isEqualTo("prod");
        assertThat(text(own, "service.instance.id")).isEqualTo("node-1");
        assertThat(own.getAttribute(AttributeKey.stringKey("empty"))).isNull();
        assertThat(own.getSchemaUrl()).isEqualTo(Resources.SCHEMA_URL);
        Resource all = new Resources(settings(operators, Map.of("service.name", "everything")))
                .of(new SpanResource(Map.of("service.name", "cart", "service.instance.id", "shop.cart-1.app")));
        assertThat(text(all, "service.name")).isEqualTo("everything");
        assertThat(text(all, "service.instance.id")).isEqualTo("shop.cart-1.app");
    }
}
