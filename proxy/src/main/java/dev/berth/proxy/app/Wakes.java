package dev.berth.proxy.app;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Sleeping apps for which requests have come; control is asked to start them. Thread-safe. */
public final class Wakes {
    private final Object lock = new Object();
    private final Set<String> asleep = new HashSet<>();
    private final Set<String> asked = new TreeSet<>();
    private final Runnable onAsk;

    /**
     * Nobody is to be woken.
     *
     * @param onAsk called when there is somebody new; must not block
     */
    public Wakes(Runnable onAsk) {
        this.onAsk = onAsk;
    }

    /**
     * Asks for an app; asking again changes nothing, nor does asking for one that is awake by now:
     * its next sleep would end at once.
     */
    public void ask(String app) {
        boolean fresh;
        synchronized (lock) {
            fresh = asleep.contains(app) && asked.add(app);
        }
        if (fresh) {
            onAsk.run();
        }
    }

    /** Apps that are to be woken, sorted. */
    public List<String> asked() {
        synchronized (lock) {
            return List.copyOf(asked);
        }
    }

    /** These will be asleep too as soon as a new table is in force; {@link #retain} follows. */
    public void expect(Set<String> apps) {
        synchronized (lock) {
            asleep.addAll(apps);
        }
    }

    /** Only these are asleep now. */
    public void retain(Set<String> apps) {
        synchronized (lock) {
            asleep.clear();
            asleep.addAll(apps);
            asked.retainAll(apps);
        }
    }
}
