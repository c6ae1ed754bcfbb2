package dev.berth.reconciler.status;

import dev.berth.reconciler.answer.UnavailableException;
import java.util.List;

/** What an app's containers wrote lately. Thread-safe. */
@FunctionalInterface
public interface AppLogs {
    /**
     * The last lines of each container of the app, as far as the engine keeps them; oldest first,
     * without line ends. With several containers each line begins with the process's name.
     *
     * @param app its name
     * @param lines greatest number of lines for a container, 1 to 10000
     * @return empty when the app has no container
     * @throws UnavailableException if the engine does not answer
     */
    List<String> tail(String app, int lines) throws UnavailableException;
}
