package dev.ringside.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.daemon.TestProbes;
import dev.ringside.daemon.http.JsonText;
import dev.ringside.probe.ProbeCatalog;
import dev.ringside.testing.Repository;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfigSchemaTest {

    /** With {@code -Dringside.update=true} it is written anew. */
    @Test
    void theCheckedInSchemaIsCurrent() throws IOException {
        String now = new String(JsonText.page(ConfigSchema.of(Settings.of(ProbeCatalog.installed()))), StandardCharsets.UTF_8);
        Path checkedIn = Repository.path("src/main/resources/dev/ringside/daemon/config.schema.json");
        if (Boolean.getBoolean("ringside.update")) {
            Files.writeString(checkedIn, now);
        }

        assertThat(Files.readString(checkedIn))
                .as("make it anew: mvn test -Dtest=ConfigSchemaTest -Dsurefire.failIfNoSpecifiedTests=false -Dringside.update=true")
                .isEqualTo(now);
    }

    @Test
    void describesEveryKindOfSetting() {
        Map<String, Object> schema = ConfigSchema.of(Settings.of(TestProbes.catalog()));

        assertThat(at(schema, "http", "port")).isEqualTo(Map.of("description", "Port to listen on; 0 takes a free one.",
                "type", "integer", "minimum", 0L, "maximum", 65_535L, "default", 9770L));
        assertThat(at(schema, "log", "format")).containsEntry("enum", List.of("logfmt", "json")).containsEntry("default", "logfmt");
        assertThat(at(schema, "strict")).containsEntry("type", "boolean").containsEntry("default", false);
        assertThat(at(schema, "collect", "drain_interval")).containsEntry("pattern", "^([0-9]{1,9})(ms|s|m|h)$").containsEntry("default", "25ms");
        assertThat(at(schema, "paths", "procfs")).containsEntry("pattern", "^/.*$").containsEntry("default", "/proc");
        assertThat(at(schema, "probes", "link", "ring_bytes")).containsEntry("type", List.of("string", "integer"))
                .containsEntry("pattern", "^(auto|([0-9]{1,18})(|KiB|MiB|GiB))$").containsEntry("default", "auto");
        assertThat(at(schema, "probes", "link")).containsEntry("additionalProperties", false);
    }

    private static Map<String, Object> at(Map<String, Object> schema, String... path) {
        Map<String, Object> found = schema;
        for (String key : path) {
            found = object(object(found.get("properties")).get(key));
        }
        return found;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> object(Object value) {
        return (Map<String, Object>) value;
    }
}
