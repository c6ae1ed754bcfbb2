package dev.berth.reconciler.engine.dockerfile;

import java.util.List;
import java.util.Optional;

/**
 * One instruction of a Dockerfile, its continuation lines joined.
 *
 * @param line where it begins, from 1
 * @param keyword in capitals; of {@code ONBUILD RUN ...} it is {@code RUN}
 * @param flags as written, with their dashes: {@code --mount=type=cache,target=/c}
 * @param words what comes after the flags, without the text of heredocs
 * @param heredoc whether a heredoc belongs to it
 */
public record Instruction(
        int line, String keyword, List<String> flags, String words, boolean heredoc) {
    public Instruction {
        flags = List.copyOf(flags);
    }

    /** The value of the first flag of that name, empty for a flag without value. */
    Optional<String> flag(String name) {
        return flags.stream()
                .filter(flag -> nameOf(flag).equals(name))
                .findFirst()
                .map(this::value);
    }

    /** {@code mount} of {@code --mount=type=cache}. */
    static String nameOf(String flag) {
        int equals = flag.indexOf('=');
        return flag.substring(2, equals < 0 ? flag.length() : equals);
    }

    private String value(String flag) {
        int equals = flag.indexOf('=');
        return equals < 0 ? "" : flag.substring(equals + 1);
    }
}
