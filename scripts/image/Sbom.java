import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Properties;

/**
 * {@code Sbom MAVEN_BOM JDK_RELEASE LINKED_RELEASE SECONDS}: Maven's bill of materials, with the Java runtime and the Debian packages
 * of stdin ({@code name version architecture}) added, and without what differs from run to run.
 */
final class Sbom {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private Sbom() {}

    public static void main(String[] arguments) throws Exception {
        ObjectNode bom = (ObjectNode) JSON.readTree(Path.of(arguments[0]).toFile());
        bom.remove("serialNumber");
        ObjectNode metadata = (ObjectNode) bom.get("metadata");
        metadata.put("timestamp", Instant.ofEpochSecond(Long.parseLong(arguments[3])).toString());
        ((ObjectNode) metadata.get("component")).put("type", "container");

        ArrayNode components = (ArrayNode) bom.get("components");
        components.add(runtime(release(arguments[1]), release(arguments[2])));
        BufferedReader packages = new BufferedReader(new InputStreamReader(System.in));
        for (String line = packages.readLine(); line != null; line = packages.readLine()) {
            String[] fields = line.split(" ");
            components.add(debian(fields[0], fields[1], fields[2]));
        }
        System.out.println(JSON.writeValueAsString(bom));
    }

    private static ObjectNode runtime(Properties jdk, Properties linked) {
        String version = unquoted(jdk, "JAVA_RUNTIME_VERSION", unquoted(jdk, "JAVA_VERSION", "unknown"));
        ObjectNode component = component("openjdk", version, "pkg:generic/openjdk@" + version.replace("+", "%2B"), "GPL-2.0-with-classpath-exception");
        component.put("publisher", unquoted(jdk, "IMPLEMENTOR", "unknown"));
        component.put("description", "Java runtime, linked of: " + unquoted(linked, "MODULES", ""));
        return component;
    }

    /** The file {@code release} of a Java home. */
    private static Properties release(String file) throws IOException {
        Properties release = new Properties();
        try (Reader reader = Files.newBufferedReader(Path.of(file))) {
            release.load(reader);
        }
        return release;
    }

    private static ObjectNode debian(String name, String version, String architecture) {
        ObjectNode component = component(name, version, "pkg:deb/debian/" + name + "@" + version.replace("+", "%2B").replace(":", "%3A") + "?arch=" + architecture, null);
        component.put("copyright", "/opt/ringside/licences/debian/" + name);
        return component;
    }

    private static ObjectNode component(String name, String version, String purl, String licence) {
        ObjectNode component = JSON.createObjectNode().put("type", "library").put("bom-ref", purl).put("name", name).put("version", version).put("purl", purl);
        if (licence != null) {
            component.putArray("licenses").addObject().putObject("license").put("id", licence);
        }
        return component;
    }

    private static String unquoted(Properties properties, String name, String otherwise) {
        return properties.getProperty(name, otherwise).replace("\"", "");
    }
}
