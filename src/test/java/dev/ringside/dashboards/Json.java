package dev.ringside.dashboards;

import java.util.LinkedHashMap;
import java.util.Map;

/** JSON objects written down in the order in which they are to be read. */
final class Json {
    private Json() {}

    /** @param membersAndValues in turn; a value may be null */
    static Map<String, Object> object(Object... membersAndValues) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (int i = 0; i < membersAndValues.length; i += 2) {
            object.put((String) membersAndValues[i], membersAndValues[i + 1]);
        }
        return object;
    }
}
