package dev.berth.reconciler.engine.dockerfile;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A Dockerfile, read as far as needed to choose a builder. What is wrong with it is left for the
 * builder to say.
 *
 * @param syntax of the {@code # syntax=} directive; {@code null} = none
 * @param instructions in order
 */
public record Dockerfile(@Nullable String syntax, List<Instruction> instructions) {
    public Dockerfile {
        instructions = List.copyOf(instructions);
    }

    /** Reads any text; never fails. */
    public static Dockerfile read(String text) {
        return new DockerfileReader(text).read();
    }
}
