package dev.berth.reconciler.cli;

import dev.berth.schemas.Json;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * {@code logs APP [RUN]}, {@code logs job/NAME}: what an app wrote lately, or what ran once, from
 * control's API. What an app runs by the clock is named {@code job/APP.NAME}, as in status, and a
 * preview {@code APP.pr-12}.
 */
final class LogsVerb implements Verb {
    private static final Pattern NAME =
            Pattern.compile("(job/)?[a-z0-9-]{1,40}(\\.[a-z0-9-]{1,20})?");
    private static final Pattern RUN = Pattern.compile("[a-z0-9-]{1,40}");

    private static final String JOB = "job/";

    private final ControlApi control;

    LogsVerb(ControlApi control) {
        this.control = control;
    }

    @Override
    public Usage usage() {
        return new Usage(
                "logs APP [RUN] | job/NAME",
                "the last lines that an app wrote, a run of its cron (by name: the last), or a job");
    }

    @Override
    public Exit run(List<String> arguments, Console console) throws UsageException {
        boolean one = arguments.size() == 1 && NAME.matcher(arguments.getFirst()).matches();
        boolean run =
                arguments.size() == 2
                        && RUN.matcher(arguments.getFirst()).matches()
                        && RUN.matcher(arguments.getLast()).matches();
        if (!one && !run) {
            throw new UsageException(
                    "logs takes the name of one app, and maybe one run of it; or job/NAME");
        }
        try {
            String answer = control.get(path(arguments));
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

    private static String path(List<String> arguments) {
        String name = arguments.getFirst();
        if (arguments.size() == 2) {
            return "/api/v1/apps/%s/log?run=%s".formatted(name, arguments.getLast());
        }
        return name.startsWith(JOB)
                ? "/api/v1/jobs/%s/log".formatted(name.substring(JOB.length()))
                : "/api/v1/apps/%s/log".formatted(name);
    }

    /** What the API answers: oldest line first. */
    private record LogTail(List<String> lines) {}
}
