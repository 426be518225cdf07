package dev.ringside.testing;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** For {@link KernelTest#since} only: nothing that ships decides by a version number. */
record KernelVersion(int major, int minor) {
    private static final Pattern FORMAT = Pattern.compile("(\\d+)\\.(\\d+).*");

    static KernelVersion running() {
        return parse(System.getProperty("os.version"));
    }

    static KernelVersion parse(String text) {
        Matcher matcher = FORMAT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a kernel version: version=" + text + ", expected=major.minor");
        }
        return new KernelVersion(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    }

    boolean isBefore(KernelVersion other) {
        return major != other.major ? major < other.major : minor < other.minor;
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
