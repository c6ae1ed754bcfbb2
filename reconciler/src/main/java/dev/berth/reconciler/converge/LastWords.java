package dev.berth.reconciler.converge;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.engine.ContainerEngine;
import dev.berth.reconciler.live.ContainerId;
import java.util.List;
import java.util.regex.Pattern;

/** What a container wrote to its log before it failed, for people. */
record LastWords(ContainerEngine engine) {
    private static final int LOG_LINES = 50;
    private static final Pattern NOT_PERMITTED =
            Pattern.compile("operation not permitted|\\bEPERM\\b", Pattern.CASE_INSENSITIVE);

    /**
     * The last lines of its log, or why there are none; begins with a line break. They may hold
     * values of secrets: whoever shows them cleans them.
     *
     * @param process what people call it
     */
    String of(ContainerId id, String process) {
        try {
            List<String> lines = engine.logTail(id, LOG_LINES);
            return lines.isEmpty()
                    ? "\n%s wrote nothing to its log".formatted(process)
                    : "%s\nlast %d lines of %s:\n  %s"
                            .formatted(
                                    hint(lines), lines.size(), process, String.join("\n  ", lines));
        } catch (ReconcileException e) {
            return "\nits log can't be read: " + e.getMessage();
        }
    }

    /** What an image that starts as root writes when it may not change owners or become a user. */
    private static String hint(List<String> lines) {
        return lines.stream().anyMatch(line -> NOT_PERMITTED.matcher(line).find())
                ? "\n"
                        + "perhaps it needs Linux capabilities, which no container has unless"
                        + " declared; for an image that starts as root: spec.capabilities: [CHOWN,"
                        + " SETGID, SETUID]"
                : "";
    }
}
