package dev.ringside.daemon.log;

import java.util.HexFormat;

/** A string in double quotes, with the escapes of RFC 8259 section 7, which logfmt readers know too. */
final class Quoted {

    private static final HexFormat HEX = HexFormat.of();

    private Quoted() {}

    static void append(StringBuilder line, String value) {
        line.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"' -> line.append("\\\"");
                case '\\' -> line.append("\\\\");
                case '\n' -> line.append("\\n");
                case '\r' -> line.append("\\r");
                case '\t' -> line.append("\\t");
                default -> {
                    if (c < ' ' || c == 0x7f) {
                        line.append("\\u").append(HEX.toHexDigits(c));
                    } else {
                        line.append(c);
                    }
                }
            }
        }
        line.append('"');
    }
}
