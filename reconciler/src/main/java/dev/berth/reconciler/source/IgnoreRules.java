package dev.berth.reconciler.source;

import dev.berth.reconciler.glob.PathPattern;
import java.util.ArrayList;
import java.util.List;

/**
 * Which paths a {@code .dockerignore} leaves out. A line is a pattern for a path from the root of
 * the context: {@code *} and {@code ?} stay within a name, {@code **} does not, {@code [a-c]} is
 * one character, a backslash takes the next one as it is. What matches a directory matches all that
 * is in it. {@code !} takes back what an earlier line left out; of the lines that match a path the
 * last one counts. Blank lines and those that begin with {@code #} say nothing. Immutable.
 *
 * @see <a href="https://docs.docker.com/build/concepts/context/#dockerignore-files">the format</a>
 */
public final class IgnoreRules {
    private final List<Rule> rules;

    private IgnoreRules(List<Rule> rules) {
        this.rules = List.copyOf(rules);
    }

    private record Rule(PathPattern pattern, boolean leavesOut) {}

    /**
     * Reads the lines of a file.
     *
     * @throws IllegalArgumentException with the number of the line, if its pattern has no end
     */
    public static IgnoreRules parse(String text) {
        List<Rule> rules = new ArrayList<>();
        int number = 0;
        for (String line : text.replace("\ufeff", "").lines().toList()) {
            number++;
            String pattern = line.strip();
            if (line.startsWith("#") || pattern.isEmpty()) {
                continue;
            }
            boolean leavesOut = !pattern.startsWith("!");
            String path = clean(leavesOut ? pattern : pattern.substring(1).strip());
            if (path.isEmpty()) {
                continue;
            }
            try {
                rules.add(new Rule(PathPattern.of(path), leavesOut));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "line %d: the pattern %s has no end".formatted(number, pattern), e);
            }
        }
        return new IgnoreRules(rules);
    }

    /** These lines first, then those. */
    public IgnoreRules then(IgnoreRules others) {
        List<Rule> all = new ArrayList<>(rules);
        all.addAll(others.rules);
        return new IgnoreRules(all);
    }

    /** True when nothing is left out. */
    public boolean isEmpty() {
        return rules.stream().noneMatch(Rule::leavesOut);
    }

    /**
     * Whether a path is left out.
     *
     * @param path relative to the root of the context, without {@code ./}
     */
    public boolean leavesOut(String path) {
        boolean out = false;
        for (Rule rule : rules) {
            if (rule.leavesOut() != out && rule.pattern().matchesOrHolds(path)) {
                out = rule.leavesOut();
            }
        }
        return out;
    }

    /** Without {@code ./}, doubled slashes and what {@code ..} takes back; empty for the root. */
    private static String clean(String pattern) {
        List<String> names = new ArrayList<>();
        for (String name : pattern.split("/", -1)) {
            if (name.equals("..") && !names.isEmpty()) {
                names.removeLast();
            } else if (!name.isEmpty() && !name.equals(".") && !name.equals("..")) {
                names.add(name);
            }
        }
        return String.join("/", names);
    }
}
