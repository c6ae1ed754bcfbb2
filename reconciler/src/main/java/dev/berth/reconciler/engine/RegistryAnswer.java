package dev.berth.reconciler.engine;

import java.util.List;

/** Reads what the engine says about a registry. */
final class RegistryAnswer {
    /** Only a person can change these: the name, the credentials or the platform is wrong. */
    private static final List<String> FINAL =
            List.of(
                    "access denied",
                    "manifest unknown",
                    "name unknown",
                    "not found",
                    "does not exist",
                    "unauthorized",
                    "authentication required",
                    "no basic auth credentials",
                    "denied:",
                    "invalid reference format",
                    "no matching manifest");

    /** Contain a word of the list above, and are about the way to the registry. */
    private static final List<String> PASSING = List.of("dial tcp", "toomanyrequests", "timeout");

    private RegistryAnswer() {}

    /** True when asking again will give the same answer. */
    static boolean isFinal(Refusal refusal) {
        return PASSING.stream().noneMatch(refusal::says) && FINAL.stream().anyMatch(refusal::says);
    }
}
