package dev.ringside.e2e;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.semconv.ServerAttributes;
import io.opentelemetry.semconv.incubating.ProcessIncubatingAttributes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.net.URISyntaxException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/** The published model of OpenTelemetry's semantic conventions: every attribute's name, stable and incubating, and which are deprecated. */
final class SemanticConventions {
    private final Map<String, Boolean> currentByName = new HashMap<>();

    SemanticConventions() {
        // Deprecated among the incubating ones are also those that have become stable.
        for (Class<?> oneOfTheJar : List.of(ServerAttributes.class, ProcessIncubatingAttributes.class)) {
            try (JarFile jar = new JarFile(oneOfTheJar.getProtectionDomain().getCodeSource().getLocation().toURI().getPath())) {
                for (JarEntry entry : jar.stream().filter(each -> each.getName().endsWith("Attributes.class")).toList()) {
                    read(Class.forName(entry.getName().replace('/', '.').replaceFirst("\\.class$", "")));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (URISyntaxException | ReflectiveOperationException e) {
                throw new AssertionError(e);
            }
        }
    }

    private void read(Class<?> attributes) throws IllegalAccessException {
        for (Field field : attributes.getFields()) {
            if (field.get(null) instanceof AttributeKey<?> key) {
                currentByName.merge(key.getKey(), !field.isAnnotationPresent(Deprecated.class), Boolean::logicalOr);
            }
        }
    }

    int size() {
        return currentByName.size();
    }

    /** Whether it is a name of theirs, and not one that is on its way out. */
    boolean isCurrent(String name) {
        return currentByName.getOrDefault(name, false);
    }
}
