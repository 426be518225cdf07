package dev.ringside.ffi;

/** What libbpf said on one thread while this was open; see {@link LibBpf#captureMessages}. */
public final class LibBpfMessages implements AutoCloseable {
    private final StringBuilder text = new StringBuilder();
    private final int maxChars;
    private final Runnable onClose;

    LibBpfMessages(int maxChars, Runnable onClose) {
        this.maxChars = maxChars;
        this.onClose = onClose;
    }

    /** Keeps the newest: the last message is the one that names the failure. */
    void append(String message) {
        text.append(message);
        if (text.length() > maxChars) {
            text.delete(0, text.length() - maxChars);
        }
    }

    public String text() {
        return text.toString();
    }

    @Override
    public void close() {
        onClose.run();
    }
}
