package dev.berth.schemas.config;

import java.util.List;

/**
 * What a container runs. In YAML a list of words, or one line of text which is given to {@code
 * /bin/sh -c}.
 *
 * @param words never empty; the first is the program
 */
public record Command(List<String> words) {
    public Command {
        words = List.copyOf(words);
        if (words.isEmpty()) {
            throw new IllegalArgumentException("a command has at least one word");
        }
    }

    /** A line for the image's shell. */
    public static Command shell(String line) {
        return new Command(List.of("/bin/sh", "-c", line));
    }
}
