package dev.berth.reconciler.build.recognise.language;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a Go file says it is for: {@code //go:build linux && !cgo}, or {@code // +build} of old. A
 * file of a tool ({@code ignore}, {@code mage}) or for another system is not built on Linux.
 */
final class GoConstraint {
    private static final Pattern LINE =
            Pattern.compile("(?m)^//(?:(go:build)|[ \\t]*+[+]build)[ \\t]++(.*)$");
    private static final Pattern TAG = Pattern.compile("[\\w.]+");

    /** No machine is known yet, and a file for either has its like for the other. */
    private static final Pattern HOLDS =
            Pattern.compile("linux|unix|amd64|arm64|cgo|gc|go1(?:[.]\\d+)*");

    /** Nobody writes one that nests so deep; each level is one of the thread's stack. */
    private static final int DEEPEST = 50;

    private final String line;
    private int at;
    private int depth;

    private GoConstraint(String line) {
        this.line = line.replaceAll("\\s", "");
    }

    /** Whether {@code go build} takes a file with that text. */
    static boolean isBuilt(String text) {
        Matcher lines = LINE.matcher(text);
        while (lines.find()) {
            String said = lines.group(2).strip();
            String line =
                    lines.group(1) == null
                            ? "(" + said.replace(",", "&&").replaceAll("\\s+", ")||(") + ")"
                            : said;
            if (!new GoConstraint(line).either()) {
                return false;
            }
        }
        return true;
    }

    private boolean either() {
        boolean holds = both();
        while (skips("||")) {
            holds |= both();
        }
        return holds;
    }

    private boolean both() {
        boolean holds = one();
        while (skips("&&")) {
            holds &= one();
        }
        return holds;
    }

    private boolean one() {
        boolean not = false;
        while (skips("!")) {
            not = !not;
        }
        return not != plain();
    }

    private boolean plain() {
        if (depth < DEEPEST && skips("(")) {
            depth++;
            boolean holds = either();
            depth--;
            skips(")");
            return holds;
        }
        Matcher tag = TAG.matcher(line).region(at, line.length());
        if (!tag.lookingAt()) {
            // not Go's: its own compiler says so
            at = line.length();
            return true;
        }
        at = tag.end();
        return HOLDS.matcher(tag.group()).matches();
    }

    private boolean skips(String sign) {
        boolean there = line.startsWith(sign, at);
        at += there ? sign.length() : 0;
        return there;
    }
}
