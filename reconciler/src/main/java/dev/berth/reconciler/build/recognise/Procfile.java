package dev.berth.reconciler.build.recognise;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The processes that a project names in a {@code Procfile}: {@code web: bundle exec puma}, one a
 * line.
 *
 * @param lines by name; {@code web} serves, {@code release} runs before a release starts
 */
public record Procfile(SortedMap<String, String> lines) {
    private static final Pattern LINE =
            Pattern.compile("(?m)^([A-Za-z][A-Za-z0-9_-]*):[ \\t]*(\\S.*?)[ \\t\\r]*$");
    private static final String WEB = "web";
    private static final String RELEASE = "release";

    public Procfile {
        lines = Collections.unmodifiableSortedMap(new TreeMap<>(lines));
    }

    /** Lines of another form are passed over; of two with the same name the last one counts. */
    static Procfile parse(@Nullable String text) {
        SortedMap<String, String> lines = new TreeMap<>();
        if (text != null) {
            Matcher found = LINE.matcher(text);
            while (found.find()) {
                lines.put(found.group(1), found.group(2));
            }
        }
        return new Procfile(lines);
    }

    public @Nullable String web() {
        return lines.get(WEB);
    }

    public @Nullable String release() {
        return lines.get(RELEASE);
    }

    /** All but web and release. */
    public SortedMap<String, String> others() {
        SortedMap<String, String> others = new TreeMap<>(lines);
        others.remove(WEB);
        others.remove(RELEASE);
        return others;
    }
}
