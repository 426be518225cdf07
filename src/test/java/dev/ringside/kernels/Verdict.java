package dev.ringside.kernels;

/**
 * One comparison in a guest.
 *
 * @param hooks    which daemon's: {@code best}, or the mechanism that it was made to use
 * @param name     {@code probe/what}
 * @param expected with its tolerance
 */
record Verdict(String hooks, String name, String expected, String seen, boolean good) {

    String probe() {
        return name.substring(0, name.indexOf('/'));
    }

    /** {@code 6.1: tcp/retransmits: expected 12, saw 0}. */
    String complaint(String series) {
        return series + ": " + name + ": expected " + expected + ", saw " + seen + (hooks.equals(GuestReport.BEST) ? "" : " (insisting on " + hooks + ")");
    }
}
