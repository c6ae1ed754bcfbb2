package dev.berth.reconciler.build.version;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.semver4j.Semver;

/**
 * The versions that a project accepts, as it wrote them: {@code ">=20 <23"}, {@code "^3.11"},
 * {@code "~> 3.3"}, {@code "22.11.0"}, {@code "lts/*"}. Package managers differ in a few operators;
 * {@link Dialect} says which is meant.
 *
 * @param text as the project has it
 * @param where the file (and field) it is from, for people
 */
public record Accepted(String text, Dialect dialect, String where) {
    private static final Pattern NUMBER =
            Pattern.compile("(?<![\\w.])v?(\\d{1,6})(?:\\.(\\d{1,6}))?(?:\\.(\\d{1,6}))?");
    private static final Pattern PESSIMISTIC =
            Pattern.compile("~>?=?\\s*v?(\\d{1,6})\\.(\\d{1,6})(?:\\.(\\d{1,6}))?(?:\\.\\d+)*");
    private static final Pattern EXACT = Pattern.compile("(?:ruby-)?(\\d+\\.\\d+\\.\\d+)");

    /** Characters; nobody writes more, and what is longer would take long to understand. */
    private static final int LONGEST = 200;

    private static final Pattern NOT = Pattern.compile("!=\\s*[^\\s,|]+");

    /** What the operators mean. */
    public enum Dialect {
        /** {@code ~1.2} is 1.2.x. */
        NPM,
        /** {@code ~> 1.2}, {@code ~=1.2} and Composer's {@code ~1.2} are 1.x from 1.2 on. */
        PESSIMISTIC
    }

    /**
     * The first of the lines that has a version which is accepted.
     *
     * @param lines such as {@code 22} or {@code 3.13}, the one to prefer first
     * @return {@code null} if none is
     */
    public @Nullable String firstOf(List<String> lines) {
        List<String> probes = text.length() > LONGEST ? List.of() : probes();
        for (String line : lines) {
            if (probes.stream().filter(v -> isOfLine(v, line)).anyMatch(this::accepts)
                    || accepts(filled(line, "9999"))
                    || accepts(filled(line, "0"))) {
                return line;
            }
        }
        return null;
    }

    /** Names one version only: three numbers and nothing else. */
    public boolean isExact() {
        return EXACT.matcher(text.strip()).matches();
    }

    /** The one version, where there is only one; else the text. */
    public String exact() {
        return EXACT.matcher(text.strip()).replaceFirst("$1");
    }

    private boolean accepts(String version) {
        if (text.length() > LONGEST) {
            return false;
        }
        String range = asNpmRange();
        if (range.isEmpty()) {
            return true;
        }
        try {
            return new Semver(version).satisfies(range);
        } catch (RuntimeException _) {
            // what the library can't read is no version that there is an image for
            return false;
        }
    }

    private String asNpmRange() {
        String plain = NOT.matcher(text.strip()).replaceAll("");
        plain = plain.replaceFirst("(?i)^(node|ruby|python|java|temurin|go|php)-?v?(?=\\d)", "");
        if (plain.matches("(?i)lts(/\\*|/-?\\d+)?|stable|current|latest|node|system|\\*")) {
            return "";
        }
        plain = plain.replace("==", "=").replaceAll("=\\s*(\\d+(?:\\.\\d+)?)\\.\\*", "$1.x");
        if (dialect == Dialect.PESSIMISTIC) {
            plain = PESSIMISTIC.matcher(plain).replaceAll(Accepted::spelledOut);
            plain = plain.replaceAll("(?<=[^|\\s,])\\s*\\|\\s*(?=[^|\\s])", " || ");
        }
        return plain.replace(",", " ")
                .replaceAll("([<>=^~])\\s+", "$1")
                .replaceAll("\\s+", " ")
                .strip();
    }

    private static String spelledOut(MatchResult found) {
        int major = Integer.parseInt(found.group(1));
        int minor = Integer.parseInt(found.group(2));
        String patch = found.group(3);
        return patch == null
                ? ">=%d.%d.0 <%d.0.0".formatted(major, minor, major + 1)
                : ">=%d.%d.%s <%d.%d.0".formatted(major, minor, patch, major, minor + 1);
    }

    /** Versions at which a range may begin or end, and their neighbours. */
    private List<String> probes() {
        TreeSet<String> found = new TreeSet<>();
        Matcher numbers = NUMBER.matcher(text);
        while (numbers.find()) {
            int major = Integer.parseInt(numbers.group(1));
            int minor = numbers.group(2) == null ? 0 : Integer.parseInt(numbers.group(2));
            int patch = numbers.group(3) == null ? 0 : Integer.parseInt(numbers.group(3));
            found.add("%d.%d.%d".formatted(major, minor, patch));
            found.add("%d.%d.%d".formatted(major, minor, patch + 1));
            if (patch > 0) {
                found.add("%d.%d.%d".formatted(major, minor, patch - 1));
            } else if (minor > 0) {
                found.add("%d.%d.9999".formatted(major, minor - 1));
            }
        }
        return new ArrayList<>(found);
    }

    private static boolean isOfLine(String version, String line) {
        return version.startsWith(line + ".");
    }

    private static String filled(String line, String with) {
        long dots = line.chars().filter(c -> c == '.').count();
        return dots == 0 ? line + "." + with + "." + with : line + "." + with;
    }
}
