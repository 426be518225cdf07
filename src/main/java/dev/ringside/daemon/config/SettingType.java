package dev.ringside.daemon.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What values a setting takes, and how they are written. The text is the same wherever it stands: in a file, after {@code --set}, in an environment variable.
 */
public sealed interface SettingType<T> {

    Class<T> javaType();

    /** The value that the text means; empty when the text isn't {@link #allowed}. */
    Optional<T> parse(String text);

    /** Completes "allowed=": a noun phrase. */
    String allowed();

    /** The shortest text that parses to this value. */
    String format(T value);

    record Flag() implements SettingType<Boolean> {
        @Override
        public Class<Boolean> javaType() {
            return Boolean.class;
        }

        @Override
        public Optional<Boolean> parse(String text) {
            return switch (text) {
                case "true" -> Optional.of(true);
                case "false" -> Optional.of(false);
                default -> Optional.empty();
            };
        }

        @Override
        public String allowed() {
            return "true or false";
        }

        @Override
        public String format(Boolean value) {
            return value.toString();
        }
    }

    record WholeNumber(long minimum, long maximum) implements SettingType<Long> {
        @Override
        public Class<Long> javaType() {
            return Long.class;
        }

        @Override
        public Optional<Long> parse(String text) {
            return parseLong(text).filter(value -> value >= minimum && value <= maximum);
        }

        @Override
        public String allowed() {
            return "a whole number from " + minimum + " to " + maximum;
        }

        @Override
        public String format(Long value) {
            return value.toString();
        }
    }

    record Choice(List<String> choices) implements SettingType<String> {
        public Choice {
            choices = List.copyOf(choices);
        }

        @Override
        public Class<String> javaType() {
            return String.class;
        }

        @Override
        public Optional<String> parse(String text) {
            return choices.contains(text) ? Optional.of(text) : Optional.empty();
        }

        @Override
        public String allowed() {
            return "one of " + String.join(", ", choices);
        }

        @Override
        public String format(String value) {
            return value;
        }
    }

    /**
     * @param regex what the whole text has to match
     * @param noun  the same in words
     */
    record Text(String regex, String noun) implements SettingType<String> {
        @Override
        public Class<String> javaType() {
            return String.class;
        }

        @Override
        public Optional<String> parse(String text) {
            return text.matches(regex) ? Optional.of(text) : Optional.empty();
        }

        @Override
        public String allowed() {
            return noun;
        }

        @Override
        public String format(String value) {
            return value;
        }
    }

    record Directory() implements SettingType<Path> {
        @Override
        public Class<Path> javaType() {
            return Path.class;
        }

        @Override
        public Optional<Path> parse(String text) {
            return text.startsWith("/") && text.indexOf('\0') < 0 ? Optional.of(Path.of(text)) : Optional.empty();
        }

        @Override
        public String allowed() {
            return "an absolute path";
        }

        @Override
        public String format(Path value) {
            return value.toString();
        }
    }

    /**
     * Several texts: a list in the file, and {@code one,another} everywhere. No two of them alike but for punctuation: they become names of labels.
     *
     * @param regex what each has to match; never a comma, nor nothing
     * @param noun  the whole list in words
     */
    record TextList(String regex, String noun) implements SettingType<Texts> {
        @Override
        public Class<Texts> javaType() {
            return Texts.class;
        }

        @Override
        public Optional<Texts> parse(String text) {
            List<String> texts = text.isEmpty() ? List.of() : List.of(text.split(",", -1));
            boolean distinct = texts.stream().map(each -> each.replaceAll("[^A-Za-z0-9]", "_")).distinct().count() == texts.size();
            return distinct && texts.stream().allMatch(each -> each.matches(regex)) ? Optional.of(new Texts(texts)) : Optional.empty();
        }

        @Override
        public String allowed() {
            return noun;
        }

        @Override
        public String format(Texts value) {
            return String.join(",", value.texts());
        }
    }

    /** The value of a {@link TextList}. */
    record Texts(List<String> texts) {
        public Texts {
            texts = List.copyOf(texts);
        }
    }

    /** Written as a number with its unit: {@code 25ms}, {@code 5s}, {@code 10m}, {@code 1h}. */
    record TimeSpan(Duration minimum, Duration maximum) implements SettingType<Duration> {

        static final String REGEX = "([0-9]{1,9})(ms|s|m|h)";

        private static final Pattern SYNTAX = Pattern.compile(REGEX);

        @Override
        public Class<Duration> javaType() {
            return Duration.class;
        }

        @Override
        public Optional<Duration> parse(String text) {
            Matcher matcher = SYNTAX.matcher(text);
            if (!matcher.matches()) {
                return Optional.empty();
            }
            long amount = Long.parseLong(matcher.group(1));
            Duration duration = switch (matcher.group(2)) {
                case "ms" -> Duration.ofMillis(amount);
                case "s" -> Duration.ofSeconds(amount);
                case "m" -> Duration.ofMinutes(amount);
                default -> Duration.ofHours(amount);
            };
            return Optional.of(duration).filter(value -> value.compareTo(minimum) >= 0 && value.compareTo(maximum) <= 0);
        }

        @Override
        public String allowed() {
            return "a duration from " + format(minimum) + " to " + format(maximum) + ", in ms, s, m or h";
        }

        @Override
        public String format(Duration value) {
            long millis = value.toMillis();
            if (millis % 1000 != 0 || millis == 0) {
                return millis + "ms";
            }
            long seconds = millis / 1000;
            if (seconds % 60 != 0) {
                return seconds + "s";
            }
            return seconds % 3600 == 0 ? seconds / 3600 + "h" : seconds / 60 + "m";
        }
    }

    /** A power of two, so that a ring's positions wrap by a mask; written plain or with KiB, MiB, GiB. Or 0, written auto: whoever uses it knows best. */
    record ByteSize(long minimum, long maximum) implements SettingType<Long> {

        private static final String AUTO = "auto";
        private static final String SIZE = "([0-9]{1,18})(|KiB|MiB|GiB)";

        static final String REGEX = "(" + AUTO + "|" + SIZE + ")";

        private static final Pattern SYNTAX = Pattern.compile(SIZE);

        @Override
        public Class<Long> javaType() {
            return Long.class;
        }

        @Override
        public Optional<Long> parse(String text) {
            if (text.equals(AUTO)) {
                return Optional.of(0L);
            }
            Matcher matcher = SYNTAX.matcher(text);
            if (!matcher.matches()) {
                return Optional.empty();
            }
            int shift = switch (matcher.group(2)) {
                case "KiB" -> 10;
                case "MiB" -> 20;
                case "GiB" -> 30;
                default -> 0;
            };
            long amount = Long.parseLong(matcher.group(1));
            return Optional.of(amount)
                    .filter(value -> value <= maximum >> shift)
                    .map(value -> value << shift)
                    .filter(value -> value >= minimum && Long.bitCount(value) == 1);
        }

        @Override
        public String allowed() {
            return String.format(Locale.ROOT, "auto, or a power of two from %s to %s, in bytes, KiB, MiB or GiB", format(minimum), format(maximum));
        }

        @Override
        public String format(Long value) {
            if (value == 0) {
                return AUTO;
            }
            if (value % (1 << 30) == 0) {
                return (value >> 30) + "GiB";
            }
            if (value % (1 << 20) == 0) {
                return (value >> 20) + "MiB";
            }
            return value % (1 << 10) == 0 ? (value >> 10) + "KiB" : value.toString();
        }
    }

    private static Optional<Long> parseLong(String text) {
        try {
            return Optional.of(Long.parseLong(text));
        } catch (NumberFormatException notANumber) {
            return Optional.empty();
        }
    }
}
