package dev.berth.reconciler.build.recognise;

import dev.berth.schemas.config.Command;
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
                    "(?<!&)&(?!&)|[|;()`]|\\$\\(|^(?:if|for|while|case|exec|cd|export|set)\\b");

    private ShellLine() {}

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

    private static String replacingItsShell(String line) {
        int last = line.lastIndexOf("&&");
        String before = last < 0 ? "" : line.substring(0, last + 2) + " ";
        String program = (last < 0 ? line : line.substring(last + 2)).strip();
        if (COMPOUND.matcher(program).find() || program.isEmpty()) {
            return line;
        }
        String runner = ASSIGNS.matcher(program).find() ? "exec env " : "exec ";
        return before + runner + program;
    }
}
