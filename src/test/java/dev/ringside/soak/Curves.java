package dev.ringside.soak;

import dev.ringside.soak.Reading.Quantity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Readings as a picture to look at, a curve for each quantity from zero up, and as a table. */
final class Curves {
    private static final int WIDTH = 900;
    private static final int HEIGHT = 120;
    private static final int LEFT = 70;
    private static final int GAP = 44;

    private Curves() {}

    static void draw(List<Reading> readings, String title, Path svg) throws IOException {
        double seconds = readings.getLast().seconds();
        int height = Quantity.values().length * (HEIGHT + GAP) + GAP + 20;
        StringBuilder out = new StringBuilder(String.format(Locale.ROOT, """
                <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="12">
                <rect width="100%%" height="100%%" fill="white"/>
                <text x="%d" y="24" font-size="15">%s</text>
                """, LEFT + WIDTH + 30, height, LEFT, title));
        int top = 20 + GAP;
        for (Quantity quantity : Quantity.values()) {
            double most = readings.stream().mapToDouble(reading -> reading.values().get(quantity)).max().orElseThrow();
            double full = Math.max(most * 1.1, 1);
            StringBuilder points = new StringBuilder();
            for (Reading reading : readings) {
                points.append(String.format(Locale.ROOT, "%.1f,%.1f ", LEFT + WIDTH * reading.seconds() / seconds,
                        top + HEIGHT * (1 - reading.values().get(quantity) / full)));
            }
            out.append(String.format(Locale.ROOT, """
                    <text x="%d" y="%d">%s</text>
                    <rect x="%d" y="%d" width="%d" height="%d" fill="none" stroke="#bbb"/>
                    <text x="%d" y="%d" text-anchor="end">%.0f</text><text x="%d" y="%d" text-anchor="end">0</text>
                    <polyline points="%s" fill="none" stroke="#1f60c4" stroke-width="1.5"/>
                    <text x="%d" y="%d" text-anchor="end">%.0f s</text>
                    """, LEFT, top - 6, quantity.title(), LEFT, top, WIDTH, HEIGHT, LEFT - 6, top + 10, full, LEFT - 6, top + HEIGHT,
                    points, LEFT + WIDTH, top + HEIGHT + 14, seconds));
            top += HEIGHT + GAP;
        }
        Files.writeString(svg, out.append("</svg>\n"));
    }

    static void table(List<Reading> readings, Path csv) throws IOException {
        StringBuilder out = new StringBuilder("seconds");
        for (Quantity quantity : Quantity.values()) {
            out.append(',').append(quantity.name().toLowerCase(Locale.ROOT));
        }
        for (Reading reading : readings) {
            out.append(String.format(Locale.ROOT, "%n%.0f", reading.seconds()));
            reading.values().values().forEach(value -> out.append(String.format(Locale.ROOT, ",%.1f", value)));
        }
        Files.writeString(csv, out.append('\n'));
    }
}
