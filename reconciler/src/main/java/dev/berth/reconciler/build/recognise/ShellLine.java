package dev.berth.reconciler.build.recognise;

import dev.berth.schemas.config.Command;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Lines that people wrote for a shell, as commands of a container. A program must get SIGTERM
 * itself: a shell in between keeps the signal for itself. So a plain line becomes its words, and
 * the last program of any other takes the place of its shell.
 */
public final class ShellLine {
    private static final Pattern NEEDS_SHELL =
            Pattern.compile("[\"'`$&|;<>()*?\\[\\]{}~#\\\\!]|^\\S+=");
    private static final Pattern ASSIGNS = Pattern.compile("^[A-Za-z_][A-Za-z0-9_]*=");
    private static final Pattern COMPOUND =
            Pattern.compile(
                    "^(?:(?:if|for|while|until|case|exec|cd|export|set|unset|eval|source|[.]|wait|trap"
                            + "|ulimit|umask)(?:\\s|$)|[{(!])");

    /** With {@code ;} in a line that has any of these, its last program is none by itself. */
    private static final Pattern OPENS =
            Pattern.compile(
                    "^(?:(?:if|then|elif|else|fi|for|while|until|do|done|case|esac|select|function|trap)"
                            + "(?:\\s|$)|[{(!]|[\\w.-]+\\s*\\(\\))");

    private ShellLine() {}

    /**
     * One command of a line that runs several.
     *
     * @param joint what is between it and the one before: {@code &&}, {@code ||}, {@code ;}, {@code
     *     |}, {@code &}; {@code ""} for the first
     */
    public record Part(String joint, String text) {}

    /** The command of a line. */
    public static Command command(String line) {
        String plain = line.strip();
        if (!NEEDS_SHELL.matcher(plain).find()) {
            return new Command(words(plain));
        }
        return Command.shell(replacingItsShell(plain));
    }

    /** The words of a line without quotes. */
    public static List<String> words(String line) {
        return Arrays.asList(line.strip().split("\\s+"));
    }

    /**
     * The commands that a line runs, in order; those within parentheses or other signs of the shell
     * are not parted. A line with a quote that nothing ends is one.
     */
    public static List<Part> parts(String line) {
        return new Parting(line).parts();
    }

    /** The line of some parts. */
    public static String join(List<Part> parts) {
        StringBuilder line = new StringBuilder();
        for (Part part : parts) {
            switch (part.joint()) {
                case "" -> {}
                case ";", "&" -> line.append(part.joint()).append(' ');
                default -> line.append(' ').append(part.joint()).append(' ');
            }
            line.append(part.text());
        }
        return line.toString();
    }

    /** The line, so that it may stand before or after {@code &&}. */
    public static String grouped(String line) {
        boolean mixed =
                parts(line).stream().anyMatch(p -> !p.joint().isEmpty() && !p.joint().equals("&&"));
        return mixed ? "(" + line + ")" : line;
    }

    private static String replacingItsShell(String line) {
        List<Part> parts = parts(line);
        Part last = parts.getLast();
        boolean alone =
                switch (last.joint()) {
                    case "", "&&" -> true;
                    case ";" -> parts.stream().noneMatch(p -> OPENS.matcher(p.text()).find());
                    default -> false;
                };
        if (!alone || last.text().isEmpty() || COMPOUND.matcher(last.text()).find()) {
            return line;
        }
        String runner = ASSIGNS.matcher(last.text()).find() ? "exec env " : "exec ";
        List<Part> replaced = new ArrayList<>(parts.subList(0, parts.size() - 1));
        replaced.add(new Part(last.joint(), runner + last.text()));
        return join(replaced);
    }

    /** Reads a line once from left to right. */
    private static final class Parting {
        private final String line;
        private final List<Part> parts = new ArrayList<>();
        private String joint = "";
        private int begin;
        private int depth;

        Parting(String line) {
            this.line = line.strip();
        }

        List<Part> parts() {
            int at = 0;
            while (at < line.length()) {
                char c = line.charAt(at);
                switch (c) {
                    case '\\' -> at++;
                    case '\'', '"', '`' -> {
                        at = end(at, c);
                        if (at < 0) {
                            return List.of(new Part("", line));
                        }
                    }
                    case '(', '{' -> depth++;
                    case ')', '}' -> depth--;
                    case '&', '|', ';', '\n' -> at += joint(at, c);
                    default -> {}
                }
                at++;
            }
            close(line.length());
            return parts;
        }

        private int end(int from, char quote) {
            for (int at = from + 1; at < line.length(); at++) {
                if (line.charAt(at) == '\\' && quote != '\'') {
                    at++;
                } else if (line.charAt(at) == quote) {
                    return at;
                }
            }
            return -1;
        }

        /** How many characters follow that belong to it. */
        private int joint(int at, char c) {
            boolean doubled = c != ';' && c != '\n' && line.startsWith("" + c + c, at);
            boolean redirects =
                    c == '&'
                            && ((at > 0 && "<>".indexOf(line.charAt(at - 1)) >= 0)
                                    || line.startsWith("&>", at));
            if (depth != 0 || redirects) {
                return doubled ? 1 : 0;
            }
            close(at);
            joint = c == '\n' ? ";" : doubled ? "" + c + c : "" + c;
            begin = at + joint.length();
            return doubled ? 1 : 0;
        }

        private void close(int end) {
            parts.add(new Part(joint, line.substring(begin, end).strip()));
        }
    }
}
