package dev.berth.reconciler.cli;

import dev.berth.schemas.Json;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/** {@code logs APP}: what an app wrote lately, from control's API. */
final class LogsVerb implements Verb {
    private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,40}");

    private final ControlApi control;

    LogsVerb(ControlApi control) {
        this.control = control;
    }

    @Override
    public Usage usage() {
        return new Usage("logs APP", "the last lines that an app wrote");
    }

    @Override
    public Exit run(List<String> arguments, Console console) throws UsageException {
        if (arguments.size() != 1 || !NAME.matcher(arguments.getFirst()).matches()) {
            throw new UsageException("logs takes the name of one app");
        }
        try {
            String answer = control.get("/api/v1/apps/%s/log".formatted(arguments.getFirst()));
            Json.read(answer, LogTail.class).lines().forEach(console::print);
            return Exit.OK;
        } catch (ControlApi.Unanswered e) {
            console.complain(Objects.requireNonNull(e.getMessage()));
            return Exit.FAILED;
        } catch (IllegalArgumentException e) {
            console.complain("control gave an answer of another version: " + e.getMessage());
            return Exit.FAILED;
        }
    }

    /** What the API answers: oldest line first. */
    private record LogTail(List<String> lines) {}
}
