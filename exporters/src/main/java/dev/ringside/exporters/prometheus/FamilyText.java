package dev.ringside.exporters.prometheus;

import dev.ringside.metric.Exemplar;
import dev.ringside.metric.FamilySnapshot;
import dev.ringside.metric.MetricLabel;
import dev.ringside.metric.MetricSpec;
import dev.ringside.metric.MetricType;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Writes one family. What all its series have in common is turned into bytes once, an identity's labels once per row; a sample is then
 * three or four array copies and its digits.
 */
final class FamilyText {
    private static final int USUAL_LABELS = 256;
    private static final String TOTAL = "_total";

    private final FamilySnapshot family;
    private final MetricSpec spec;
    private final ExpositionFormat format;
    private final ValueFormat value;
    /** By variant: {@code role="client",reason="reset"}. */
    private final byte[][] variantLabels;
    /** By bucket, the infinite one last: {@code le="0.001"}. */
    private final byte[][] bucketLabels;
    private final TextBuffer rowLabels = new TextBuffer(USUAL_LABELS);

    FamilyText(FamilySnapshot family, ExpositionFormat format) {
        this.family = family;
        this.spec = family.spec();
        this.format = format;
        this.value = ValueFormat.of(spec);
        this.variantLabels = variantLabels(spec);
        this.bucketLabels = bucketLabels(spec);
    }

    void writeTo(OutputStream out, TextBuffer text) throws IOException {
        appendHeader(text);
        byte[] plain = ascii(spec.name());
        byte[] bucket = ascii(spec.name() + "_bucket");
        byte[] sum = ascii(spec.name() + "_sum");
        byte[] count = ascii(spec.name() + "_count");
        for (int row = 0; row < family.rows(); row++) {
            renderRowLabels(row);
            for (long bits = family.touchedVariants(row); bits != 0; bits &= bits - 1) {
                int variant = Long.numberOfTrailingZeros(bits);
                if (spec.type() == MetricType.HISTOGRAM) {
                    appendHistogram(text, row, variant, bucket, sum, count);
                } else {
                    value.append(appendSeries(text, plain, variant, null), family.value(row, variant));
                    text.append('\n');
                }
                text.drainWhenFull(out);
            }
        }
    }

    private void appendHeader(TextBuffer text) {
        boolean openMetrics = format == ExpositionFormat.OPENMETRICS_1_0_0;
        // In OpenMetrics _total belongs to the sample, in the text format to the family.
        boolean strip = openMetrics && spec.type() == MetricType.COUNTER;
        String name = strip ? spec.name().substring(0, spec.name().length() - TOTAL.length()) : spec.name();
        String type = switch (spec.type()) {
            case COUNTER -> "counter";
            case GAUGE -> "gauge";
            case HISTOGRAM -> "histogram";
        };
        text.append("# HELP ").append(name).append(' ').appendEscaped(spec.help(), openMetrics).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    private void renderRowLabels(int row) {
        rowLabels.clear();
        List<String> names = family.identityLabelNames();
        List<String> values = family.labelValues(row);
        for (int i = 0; i < names.size(); i++) {
            if (i > 0) {
                rowLabels.append(',');
            }
            rowLabels.append(names.get(i)).append('=').append('"').appendEscaped(values.get(i)).append('"');
        }
    }

    private void appendHistogram(TextBuffer text, int row, int variant, byte[] bucket, byte[] sum, byte[] count) {
        long cumulative = 0;
        for (int i = 0; i < bucketLabels.length; i++) {
            cumulative += family.bucketCount(row, variant, i);
            appendSeries(text, bucket, variant, bucketLabels[i]).append(cumulative);
            appendExemplar(text, family.exemplar(row, variant, i));
            text.append('\n');
        }
        value.append(appendSeries(text, sum, variant, null), family.sum(row, variant));
        text.append('\n');
        appendSeries(text, count, variant, null).append(cumulative).append('\n');
    }

    /** {@code # {trace_id="…",span_id="…"} 0.067 1520879607.789}; only OpenMetrics has them. */
    private void appendExemplar(TextBuffer text, Exemplar exemplar) {
        if (exemplar == null || format != ExpositionFormat.OPENMETRICS_1_0_0) {
            return;
        }
        text.append(" # {trace_id=\"").append(exemplar.traceIdText()).append("\",span_id=\"").append(exemplar.spanIdText()).append("\"} ");
        value.append(text, exemplar.value());
        long micros = exemplar.epochNanos() / 1_000;
        text.append(' ').append(micros / 1_000_000).append('.').append(String.format("%06d", micros % 1_000_000));
    }

    /** {@code name{identity,variant,last} }, as far as there are such labels. */
    private TextBuffer appendSeries(TextBuffer text, byte[] name, int variant, byte[] lastLabel) {
        text.append(name);
        char separator = '{';
        if (!family.identityLabelNames().isEmpty()) {
            text.append(separator).append(rowLabels);
            separator = ',';
        }
        if (variantLabels[variant].length > 0) {
            text.append(separator).append(variantLabels[variant]);
            separator = ',';
        }
        if (lastLabel != null) {
            text.append(separator).append(lastLabel);
            separator = ',';
        }
        if (separator == ',') {
            text.append('}');
        }
        return text.append(' ');
    }

    private static byte[][] variantLabels(MetricSpec spec) {
        byte[][] labels = new byte[spec.variants()][];
        for (int variant = 0; variant < labels.length; variant++) {
            StringBuilder joined = new StringBuilder();
            List<String> values = spec.variantValues(variant);
            for (int i = 0; i < values.size(); i++) {
                MetricLabel label = spec.labels().get(i);
                joined.append(i == 0 ? "" : ",").append(label.name()).append("=\"").append(escaped(values.get(i))).append('"');
            }
            labels[variant] = joined.toString().getBytes(StandardCharsets.UTF_8);
        }
        return labels;
    }

    private static byte[][] bucketLabels(MetricSpec spec) {
        byte[][] labels = new byte[spec.buckets().size() + 1][];
        for (int i = 0; i < spec.buckets().size(); i++) {
            labels[i] = ascii("le=\"" + GoNumber.label(spec.toBaseUnit(spec.buckets().upperBound(i))) + '"');
        }
        labels[labels.length - 1] = ascii("le=\"+Inf\"");
        return labels;
    }

    private static String escaped(String value) {
        return value.replace("\\", "\\\\").replace("\n", "\\n").replace("\"", "\\\"");
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
