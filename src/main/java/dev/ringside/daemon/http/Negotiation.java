package dev.ringside.daemon.http;

import java.util.Locale;

/** What a request's headers ask for: RFC 9110 section 12.5. */
final class Negotiation {

    private Negotiation() {}

    /** Whether {@code Accept-Encoding} allows gzip; null is no. */
    static boolean acceptsGzip(String acceptEncoding) {
        return acceptEncoding != null && (accepts(acceptEncoding, "gzip") || !names(acceptEncoding, "gzip") && accepts(acceptEncoding, "*"));
    }

    private static boolean accepts(String header, String coding) {
        for (String part : header.split(",")) {
            if (codingOf(part).equals(coding)) {
                return quality(part) > 0;
            }
        }
        return false;
    }

    private static boolean names(String header, String coding) {
        for (String part : header.split(",")) {
            if (codingOf(part).equals(coding)) {
                return true;
            }
        }
        return false;
    }

    private static String codingOf(String part) {
        return part.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    }

    /** 1 when it isn't given, 0 when it can't be read. */
    private static double quality(String part) {
        String[] parameters = part.split(";");
        for (int i = 1; i < parameters.length; i++) {
            String parameter = parameters[i].strip();
            if (parameter.startsWith("q=")) {
                try {
                    return Double.parseDouble(parameter.substring(2));
                } catch (NumberFormatException notAQuality) {
                    return 0;
                }
            }
        }
        return 1;
    }
}
