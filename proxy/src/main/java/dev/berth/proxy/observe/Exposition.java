package dev.berth.proxy.observe;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * Writes metrics as text (Prometheus exposition format 0.0.4): each family once, with its help and
 * its type, and label values escaped. Not thread-safe.
 */
public final class Exposition {
    private final StringBuilder page = new StringBuilder(8192);
    private final Set<String> families = new HashSet<>();
    private String family = "";

    /** An empty page. */
    public Exposition() {}

    /** What a family counts. */
    public enum MetricType {
        Counter,
        Gauge,
        Histogram
    }

    /**
     * Begins a family.
     *
     * @param help one sentence
     * @throws IllegalStateException if the page has it already
     */
    public Exposition family(String name, MetricType type, String help) {
        if (!families.add(name)) {
            throw new IllegalStateException(name + " is written twice");
        }
        family = name;
        page.append("# HELP ").append(name).append(' ');
        escape(help, false);
        page.append("\n# TYPE ").append(name).append(' ');
        page.append(type.name().toLowerCase(Locale.ROOT)).append('\n');
        return this;
    }

    /** A family of one value. */
    public Exposition single(String name, MetricType type, String help, double value) {
        return family(name, type, help).sample(value);
    }

    /** A family of one value that is a whole number. */
    public Exposition single(String name, MetricType type, String help, long value) {
        return family(name, type, help).sample(value);
    }

    /** A value of the family that is a whole number. */
    public Exposition sample(long value, String... labels) {
        return sample((double) value, labels);
    }

    /**
     * A value of the family.
     *
     * @param labels names and values in turn
     */
    public Exposition sample(double value, String... labels) {
        return sampleOf("", value, labels);
    }

    /** A value of a part of the family that is a whole number. */
    Exposition sampleOf(String suffix, long value, String... labels) {
        return sampleOf(suffix, (double) value, labels);
    }

    /** A value of a part of the family, such as {@code _sum}. */
    Exposition sampleOf(String suffix, double value, String... labels) {
        page.append(family).append(suffix);
        for (int i = 0; i < labels.length; i += 2) {
            page.append(i == 0 ? '{' : ',').append(labels[i]).append("=\"");
            escape(labels[i + 1], true);
            page.append('"');
        }
        page.append(labels.length == 0 ? " " : "} ");
        number(value);
        page.append('\n');
        return this;
    }

    /** The page so far. */
    public String text() {
        return page.toString();
    }

    private void number(double value) {
        long whole = (long) value;
        if (whole == value) {
            page.append(whole);
        } else {
            page.append(value);
        }
    }

    private void escape(String text, boolean quotes) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\\' -> page.append("\\\\");
                case '\n' -> page.append("\\n");
                case '"' -> page.append(quotes ? "\\\"" : "\"");
                default -> page.append(c);
            }
        }
    }
}
