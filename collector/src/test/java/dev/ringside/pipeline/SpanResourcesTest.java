package dev.ringside.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.ringside.identity.Identity;
import dev.ringside.span.SpanResource;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpanResourcesTest {

    @Test
    void aPodHasTheNamesOfOpenTelemetrysConventions() {
        assertThat(SpanResources.attributes(new Identity("shop", "cart", "deployment", "cart-5d8", "app", "0af3", "/kubepods/x", "7c1d", List.of()))).containsExactly(
                entry("service.name", "cart"), entry("service.namespace", "shop"), entry("container.id", "0af3"),
                entry("service.instance.id", "shop.cart-5d8.app"), entry("k8s.namespace.name", "shop"), entry("k8s.pod.name", "cart-5d8"), entry("k8s.pod.uid", "7c1d"),
                entry("k8s.container.name", "app"), entry("k8s.deployment.name", "cart"));
    }

    @Test
    void aUnitIsAService() {
        assertThat(SpanResources.attributes(new Identity("", "nginx.service", "systemd", "", "", "", "/system.slice/nginx.service")))
                .containsExactly(entry("service.name", "nginx.service"));
    }

    @Test
    void aSlotHasOneResourceUntilItExpires() {
        SpanResources resources = new SpanResources(slot -> new Identity("", "workload-" + slot, "process", "", "", "", ""));
        SpanResource first = resources.of(40);
        assertThat(resources.of(40)).isSameAs(first);
        resources.expire(40);
        resources.expire(4_000);
        assertThat(resources.of(40)).isNotSameAs(first);
        assertThat(resources.of(41).attributes()).containsEntry("service.name", "workload-41");
    }
}
