package dev.berth.webapp.view;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A mistake in the config repo, taken apart for the eye.
 *
 * @param where {@code apps/api.yaml:14:7}; empty when the text has no known form
 * @param field {@code spec.replicas}; empty when it is about a document
 * @param what the message
 * @param code {@code E-TYPE}; empty as {@code where}
 */
public record ProblemView(String where, String field, String what, String code) {
    private static final Pattern FORM =
            Pattern.compile(
                    "(?<where>\\S+?)(?: (?<field>\\S+))?: (?<what>.*) \\[(?<code>E-[A-Z-]+)]",
                    Pattern.DOTALL);

    public static ProblemView of(String line) {
        Matcher form = FORM.matcher(line);
        return form.matches()
                ? new ProblemView(
                        group(form, "where"),
                        group(form, "field"),
                        group(form, "what"),
                        group(form, "code"))
                : new ProblemView("", "", line, "");
    }

    public static List<ProblemView> of(List<String> lines) {
        return lines.stream().map(ProblemView::of).toList();
    }

    private static String group(Matcher form, String name) {
        @Nullable String group = form.group(name);
        return group == null ? "" : group;
    }
}
