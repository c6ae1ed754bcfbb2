package dev.berth.liberty.health;

import java.time.Duration;
import java.util.Locale;

/** Metrics in Prometheus' text format 0.0.4, written in the order given. Confined to one thread. */
final class MetricsText {
    static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final StringBuilder text = new StringBuilder(4096);

    /**
     * Begins a metric.
     *
     * @param type {@code counter} or {@code gauge}
     */
    MetricsText metric(String name, String type, String help) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
        return this;
    }

    /**
     * A value of it.
     *
     * @param labels names and values in turn
     */
    MetricsText value(String name, long value, String... labels) {
        return line(name, Long.toString(value), labels);
    }

    /** Likewise, in seconds. */
    MetricsText value(String name, Duration value) {
        return line(name, String.format(Locale.ROOT, "%.6f", value.toNanos() / 1e9));
    }

    @Override
    public String toString() {
        return text.toString();
    }

    private MetricsText line(String name, String value, String... labels) {
        text.append(name);
        for (int i = 0; i < labels.length; i += 2) {
            text.append(i == 0 ? '{' : ',').append(labels[i]).append("=\"");
            text.append(escaped(labels[i + 1])).append('"');
        }
        if (labels.length > 0) {
            text.append('}');
        }
        text.append(' ').append(value).append('\n');
        return this;
    }

    private static String escaped(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }
}
