package dev.ringside.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ringside.e2e.harness.Daemon;
import dev.ringside.e2e.harness.Exposition;

/** What became of one probe's records, as a scrape tells it. */
public record Books(double produced, double exported, double lost, double ratio) {
    static Books of(Exposition scrape, String probe) {
        return new Books(
                scrape.value("ringside_events_produced_total", "probe", probe),
                scrape.value("ringside_events_exported_total", "probe", probe),
                scrape.sum("ringside_events_lost_total", "probe", probe),
                scrape.value("ringside_completeness_ratio", "probe", probe));
    }

    /** Records that are neither exported nor lost; they are on their way, or the law is broken. */
    double open() {
        return produced - exported - lost;
    }

    /** The scrape at which all records are accounted for. One that never was would keep it from coming. */
    public static Exposition awaitClosed(Daemon daemon, String probe) {
        Exposition closed = daemon.await("every record of " + probe + " exported or lost", scrape -> of(scrape, probe).open() == 0);
        Books books = of(closed, probe);
        // Shown in billionths.
        assertThat(books.ratio()).isCloseTo(books.produced() == 0 ? 1 : 1 - books.lost() / books.produced(), within(1e-9));
        return closed;
    }
}
