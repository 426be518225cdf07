package dev.ringside.btf;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Writes BTF, also the kind that no compiler would. */
public final class BtfBytes {
    private final ByteOrder order;
    private final List<Integer> words = new ArrayList<>();
    private final ByteArrayOutputStream strings = new ByteArrayOutputStream();

    public BtfBytes(ByteOrder order) {
        this.order = order;
        strings.write(0);
    }

    public static BtfBytes little() {
        return new BtfBytes(ByteOrder.LITTLE_ENDIAN);
    }

    public int string(String text) {
        if (text.isEmpty()) {
            return 0;
        }
        int offset = strings.size();
        strings.writeBytes(text.getBytes(StandardCharsets.UTF_8));
        strings.write(0);
        return offset;
    }

    /** A btf_type and the words that follow it. */
    public BtfBytes type(String name, int kind, boolean kindFlag, int vlen, int sizeOrType, int... extra) {
        words.add(string(name));
        words.add((kindFlag ? 1 << 31 : 0) | kind << 24 | vlen);
        words.add(sizeOrType);
        for (int word : extra) {
            words.add(word);
        }
        return this;
    }

    public byte[] build() {
        ByteBuffer out = ByteBuffer.allocate(BtfLayout.HEADER_BYTES + words.size() * 4 + strings.size()).order(order);
        out.putShort((short) BtfLayout.MAGIC).put((byte) BtfLayout.VERSION).put((byte) 0).putInt(BtfLayout.HEADER_BYTES);
        out.putInt(0).putInt(words.size() * 4).putInt(words.size() * 4).putInt(strings.size());
        words.forEach(out::putInt);
        return out.put(strings.toByteArray()).array();
    }

    public BtfFile read() {
        return BtfFile.ofBytes(build());
    }
}
