package dev.berth.reconciler.build.recognise.language;

import dev.berth.schemas.config.Command;
import java.util.List;

/** Commands and lines that several languages share. */
final class Lines {
    /** Seconds that a server may finish requests in after SIGTERM; it is killed after ten. */
    static final int GRACE = 8;

    private Lines() {}

    static Command words(String... words) {
        return new Command(List.of(words));
    }

    /** A line that needs a variable, such as PORT; the shell makes way for the program. */
    static Command line(String line) {
        return Command.shell("exec " + line);
    }
}
