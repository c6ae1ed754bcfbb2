package dev.berth.proxy.app;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Sleeping apps for which requests have come; control is asked to start them. Thread-safe. */
public final class Wakes {
    private final Set<String> asked = ConcurrentHashMap.newKeySet();
    private final Runnable onAsk;

    /**
     * Nobody is to be woken.
     *
     * @param onAsk called when there is somebody new; must not block
     */
    public Wakes(Runnable onAsk) {
        this.onAsk = onAsk;
    }

    /** Asks for an app; asking again changes nothing. */
    public void ask(String app) {
        if (asked.add(app)) {
            onAsk.run();
        }
    }

    /** Apps that are to be woken, sorted. */
    public List<String> asked() {
        return asked.stream().sorted().toList();
    }

    /** Only these are asleep now. */
    public void retain(Set<String> asleep) {
        asked.retainAll(asleep);
    }
}
