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
                    "incorrect username or password",
                    "403 forbidden",
                    "denied:",
                    "invalid reference format",
                    "no matching manifest");

    /** It does not let in who asked, or not there. */
    private static final List<String> LOGIN =
            List.of(
                    "denied",
                    "unauthorized",
                    "authentication required",
                    "no basic auth credentials",
                    "incorrect username or password",
                    "forbidden");

    /** What came is not what its digest says; layers that came broken are another matter. */
    private static final String ANOTHER = "manifest verification failed";

    /** Contain a word of the list above, and are about the way to the registry. */
    private static final List<String> PASSING = List.of("dial tcp", "toomanyrequests", "timeout");

    private RegistryAnswer() {}

    /** True when another login may help. */
    static boolean isAboutLogins(Refusal refusal) {
        return PASSING.stream().noneMatch(refusal::says) && LOGIN.stream().anyMatch(refusal::says);
    }

    /** True when what came was not what was asked for. */
    static boolean isAnother(Refusal refusal) {
        return refusal.says(ANOTHER);
    }

    /** True when asking again will give the same answer. */
    static boolean isFinal(Refusal refusal) {
        return PASSING.stream().noneMatch(refusal::says) && FINAL.stream().anyMatch(refusal::says);
    }
}
