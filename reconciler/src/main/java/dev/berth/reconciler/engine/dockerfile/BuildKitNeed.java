package dev.berth.reconciler.engine.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Something in a Dockerfile that only BuildKit understands.
 *
 * @param line from 1
 * @param feature as people write it: {@code RUN --mount}
 */
public record BuildKitNeed(int line, String feature) {
    private static final Map<String, Set<String>> CLASSIC_FLAGS =
            Map.of(
                    "FROM", Set.of("platform"),
                    "COPY", Set.of("from", "chown"),
                    "ADD", Set.of("chown"),
                    "HEALTHCHECK",
                            Set.of(
                                    "interval",
                                    "timeout",
                                    "start-period",
                                    "start-interval",
                                    "retries"),
                    "RUN", Set.of());
    private static final Pattern PLATFORM_ARG =
            Pattern.compile("(TARGET|BUILD)(PLATFORM|OS|OSVERSION|ARCH|VARIANT)");
    private static final Pattern GIT =
            Pattern.compile("(git@|git://|ssh://)\\S+\\s.*|https?://[^\\s?]+\\.git(#\\S*)?\\s.*");
    private static final Pattern SECRET = Pattern.compile("[=,]type=secret(,|$)");
    private static final Pattern USUAL_SYNTAX =
            Pattern.compile("(docker\\.io/)?docker/dockerfile([:@].*)?");

    /**
     * Everything of that kind, in order; empty when the classic builder will do.
     *
     * <p>A {@code # syntax=} line with Docker's own frontend is none: many write it into every
     * Dockerfile, the classic builder reads it as a comment, and BuildKit would have to pull it.
     */
    public static List<BuildKitNeed> of(Dockerfile dockerfile) {
        List<BuildKitNeed> needs = new ArrayList<>();
        String syntax = dockerfile.syntax();
        if (syntax != null && !USUAL_SYNTAX.matcher(syntax).matches()) {
            needs.add(new BuildKitNeed(1, "# syntax=" + syntax));
        }
        dockerfile.instructions().forEach(instruction -> of(instruction).ifPresent(needs::add));
        return List.copyOf(needs);
    }

    private static Optional<BuildKitNeed> of(Instruction instruction) {
        String keyword = instruction.keyword();
        Set<String> known = CLASSIC_FLAGS.getOrDefault(keyword, Set.of());
        Optional<String> feature =
                instruction.flags().stream()
                        .map(Instruction::nameOf)
                        .filter(flag -> !known.contains(flag))
                        .findFirst()
                        .map(flag -> keyword + " --" + flag + kind(instruction, flag));
        return feature.or(() -> withoutFlag(instruction))
                .map(found -> new BuildKitNeed(instruction.line(), found));
    }

    /** {@code =type=secret}: who wonders why it needs BuildKit knows where to look. */
    private static String kind(Instruction instruction, String flag) {
        return flag.equals("mount")
                        && instruction.flags().stream().anyMatch(f -> SECRET.matcher(f).find())
                ? "=type=secret"
                : "";
    }

    private static Optional<String> withoutFlag(Instruction instruction) {
        if (instruction.heredoc()) {
            return Optional.of(instruction.keyword() + " <<");
        }
        return switch (instruction.keyword()) {
            case "FROM" ->
                    instruction
                            .flag("platform")
                            .filter(value -> value.contains("$"))
                            .map(value -> "FROM --platform=" + value);
            // The classic builder leaves them empty, and the build goes wrong without a word.
            case "ARG" ->
                    Optional.of(instruction.words())
                            .filter(words -> PLATFORM_ARG.matcher(words).matches())
                            .map(words -> "ARG " + words);
            case "ADD" ->
                    Optional.of(instruction.words())
                            .filter(words -> GIT.matcher(words).matches())
                            .map(_ -> "ADD of a Git repository");
            default -> Optional.empty();
        };
    }
}
