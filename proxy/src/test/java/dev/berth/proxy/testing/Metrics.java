package dev.berth.proxy.testing;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a page of metrics as strictly as the format allows (Prometheus exposition format 0.0.4):
 * every family is announced once and stands in one piece, no series is there twice, histograms add
 * up.
 */
public final class Metrics {
    private static final Pattern COMMENT = Pattern.compile("# (HELP|TYPE) (berth_[a-z0-9_]+) (.+)");
    private static final Pattern SAMPLE =
            Pattern.compile("([a-z0-9_]+)(?:\\{(.*)})? (-?[0-9.]+(?:E-?[0-9]+)?)");
    private static final Pattern LABEL =
            Pattern.compile("([a-z_]+)=\"((?:[^\"\\\\\n]|\\\\[\"\\\\n])*)\"(,|$)");

    private final Map<String, String> types = new HashMap<>();
    private final Map<String, Double> series = new LinkedHashMap<>();
    private String family = "";

    private Metrics() {}

    /**
     * Reads it.
     *
     * @throws IllegalArgumentException with the first line that is wrong
     */
    public static Metrics parse(String page) {
        require(page.endsWith("\n"), "no line feed at the end");
        Metrics metrics = new Metrics();
        Set<String> helps = new HashSet<>();
        for (String line : page.substring(0, page.length() - 1).split("\n", -1)) {
            Matcher comment = COMMENT.matcher(line);
            if (comment.matches()) {
                metrics.comment(comment, helps, line);
            } else {
                metrics.sample(line);
            }
        }
        metrics.checkHistograms();
        return metrics;
    }

    /** The value of a series, as {@code name{a="b"}}. */
    public double value(String name) {
        Double value = series.get(name);
        require(value != null, "no " + name + " among " + series.keySet());
        return value == null ? Double.NaN : value;
    }

    /** Whether there is such a series. */
    public boolean has(String name) {
        return series.containsKey(name);
    }

    private void comment(Matcher comment, Set<String> helps, String line) {
        String name = comment.group(2);
        if (comment.group(1).equals("HELP")) {
            require(helps.add(name), "twice: " + line);
            family = name;
            return;
        }
        require(family.equals(name), "TYPE without its HELP: " + line);
        String type = comment.group(3);
        require(Set.of("counter", "gauge", "histogram").contains(type), line);
        require(type.equals("counter") == name.endsWith("_total"), "name and type: " + line);
        types.put(name, type);
    }

    private void sample(String line) {
        Matcher sample = SAMPLE.matcher(line);
        require(sample.matches(), line);
        String name = sample.group(1);
        String type = types.get(family);
        require(type != null, "before its family: " + line);
        String suffix = name.startsWith(family) ? name.substring(family.length()) : "?";
        require(
                "histogram".equals(type)
                        ? Set.of("_bucket", "_sum", "_count").contains(suffix)
                        : suffix.isEmpty(),
                "not of " + family + ": " + line);
        String labels = sample.group(2);
        if (labels != null) {
            Matcher label = LABEL.matcher(labels);
            Set<String> names = new HashSet<>();
            int end = 0;
            while (end < labels.length() && label.find() && label.start() == end) {
                require(names.add(label.group(1)), line);
                end = label.end();
            }
            require(end == labels.length() && !labels.endsWith(","), line);
        }
        String key = name + (labels == null ? "" : "{" + labels + "}");
        require(series.put(key, Double.valueOf(sample.group(3))) == null, "twice: " + key);
        require(!"counter".equals(type) || series.get(key) >= 0, "negative: " + line);
    }

    private void checkHistograms() {
        Map<String, Double> last = new HashMap<>();
        series.forEach(
                (key, value) -> {
                    int le = key.indexOf(",le=\"");
                    if (le < 0) {
                        return;
                    }
                    String of = key.substring(0, le).replace("_bucket{", "_count{") + "}";
                    require(value >= last.getOrDefault(of, 0.0), "falls: " + key);
                    last.put(of, value);
                    if (key.endsWith("\"+Inf\"}")) {
                        require(value.equals(series.get(of)), "is not its count: " + key);
                    }
                });
        last.keySet()
                .forEach(
                        of ->
                                require(
                                        series.containsKey(of.replace("_count{", "_sum{")),
                                        "no sum of " + of));
    }

    private static void require(boolean so, String otherwise) {
        if (!so) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
