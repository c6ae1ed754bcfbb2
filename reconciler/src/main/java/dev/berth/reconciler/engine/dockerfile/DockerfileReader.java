package dev.berth.reconciler.engine.dockerfile;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads one Dockerfile, line by line: directives at its top, then instructions.
 *
 * <p>Source: the <a href="https://docs.docker.com/reference/dockerfile/">Dockerfile reference</a>.
 * Comments and blank lines inside of an instruction don't end it; a heredoc begins only outside of
 * quotes, and only after RUN, COPY and ADD.
 */
final class DockerfileReader {
    private static final Pattern DIRECTIVE = Pattern.compile("#\\s*(\\w+)\\s*=\\s*(.+?)\\s*");
    private static final Pattern HEREDOC =
            Pattern.compile("\\d*<<(-?)(?:\"([\\w.-]+)\"|'([\\w.-]+)'|([A-Za-z_][\\w.-]*)).*");
    private static final Pattern FLAG = Pattern.compile("(--[a-z][a-z-]*(?:=\\S*)?)(?:\\s+|$)");
    private static final Set<String> WITH_HEREDOCS = Set.of("RUN", "COPY", "ADD");
    private static final Set<String> WITH_FLAGS =
            Set.of("FROM", "RUN", "COPY", "ADD", "HEALTHCHECK");

    private final List<String> lines;
    private final Map<String, String> directives = new HashMap<>();
    private final List<Instruction> instructions = new ArrayList<>();
    private int at;

    DockerfileReader(String text) {
        this.lines = text.replace("\uFEFF", "").lines().toList();
    }

    /** Where a heredoc ends. */
    private record Heredoc(String name, boolean tabsStripped) {
        boolean endsWith(String line) {
            return (tabsStripped ? line.replaceFirst("^\t+", "") : line).equals(name);
        }
    }

    Dockerfile read() {
        readDirectives();
        String escape = directives.getOrDefault("escape", "\\");
        while (at < lines.size()) {
            if (isNothing(lines.get(at))) {
                at++;
            } else {
                int begin = at + 1;
                instruction(begin, joined(escape.substring(0, 1)));
            }
        }
        return new Dockerfile(directives.get("syntax"), instructions);
    }

    private void readDirectives() {
        if (!lines.isEmpty() && lines.getFirst().startsWith("#!")) {
            at++;
        }
        for (; at < lines.size(); at++) {
            Matcher directive = DIRECTIVE.matcher(lines.get(at));
            if (!directive.matches()) {
                return;
            }
            String name = directive.group(1).toLowerCase(Locale.ROOT);
            if (!Set.of("syntax", "escape", "check").contains(name)
                    || directives.putIfAbsent(name, directive.group(2)) != null) {
                return;
            }
        }
    }

    private String joined(String escape) {
        StringBuilder text = new StringBuilder();
        boolean goesOn = true;
        while (goesOn && at < lines.size()) {
            String line = lines.get(at++);
            if (!isNothing(line)) {
                String part = line.stripTrailing();
                goesOn = part.endsWith(escape);
                text.append(goesOn ? part.substring(0, part.length() - 1) : part);
            }
        }
        return text.toString().strip();
    }

    private void instruction(int line, String text) {
        String[] parts = text.split("\\s+", 2);
        String keyword = parts[0].toUpperCase(Locale.ROOT);
        String rest = parts.length > 1 ? parts[1] : "";
        if (keyword.equals("ONBUILD") && !rest.isEmpty()) {
            instruction(line, rest);
            return;
        }
        List<String> flags = new ArrayList<>();
        if (WITH_FLAGS.contains(keyword)) {
            Matcher flag = FLAG.matcher(rest);
            while (flag.lookingAt()) {
                flags.add(flag.group(1));
                rest = rest.substring(flag.end());
                flag = FLAG.matcher(rest);
            }
        }
        Deque<Heredoc> heredocs =
                WITH_HEREDOCS.contains(keyword) ? heredocs(rest) : new ArrayDeque<>();
        instructions.add(new Instruction(line, keyword, flags, rest, !heredocs.isEmpty()));
        skip(heredocs);
    }

    private void skip(Deque<Heredoc> heredocs) {
        while (!heredocs.isEmpty() && at < lines.size()) {
            if (heredocs.getFirst().endsWith(lines.get(at++))) {
                heredocs.removeFirst();
            }
        }
    }

    private static Deque<Heredoc> heredocs(String words) {
        Deque<Heredoc> found = new ArrayDeque<>();
        char quote = 0;
        boolean wordBegins = true;
        for (int i = 0; i < words.length(); i++) {
            char c = words.charAt(i);
            if (quote != 0) {
                quote = c == quote ? 0 : quote;
            } else if (wordBegins && isHeredoc(words.substring(i), found)) {
                i = words.indexOf("<<", i) + 1;
                // its quotes, if any, are part of its name
                while (i + 1 < words.length() && !Character.isWhitespace(words.charAt(i + 1))) {
                    i++;
                }
            } else if (c == '"' || c == '\'') {
                quote = c;
            }
            wordBegins = quote == 0 && Character.isWhitespace(c);
        }
        return found;
    }

    private static boolean isHeredoc(String words, Deque<Heredoc> found) {
        Matcher heredoc = HEREDOC.matcher(words.split("\\s", 2)[0]);
        if (!heredoc.matches()) {
            return false;
        }
        for (int group = 2; group <= 4; group++) {
            String name = heredoc.group(group);
            if (name != null) {
                found.add(new Heredoc(name, "-".equals(heredoc.group(1))));
            }
        }
        return true;
    }

    private static boolean isNothing(String line) {
        String text = line.strip();
        return text.isEmpty() || text.startsWith("#");
    }
}
