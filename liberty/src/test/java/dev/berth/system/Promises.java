package dev.berth.system;

import dev.berth.reconciler.simulation.Spec;
import dev.berth.reconciler.simulation.Tree;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;

/**
 * Which apps must be served without a gap once they are, without asking the code under test: all
 * but those which a commit stops, removes or has replaced with a gap, and which people laid hands
 * on. Nobody knows which of several commits control has read: one is enough. Thread-safe.
 */
final class Promises {
    private final Set<String> mayStop = new ConcurrentSkipListSet<>();
    private final Set<String> declared = new ConcurrentSkipListSet<>();
    private final Set<String> hit = new ConcurrentSkipListSet<>();
    private final Set<String> answers = ConcurrentHashMap.newKeySet();

    /** Called before it is. */
    void pushed(Tree tree) {
        if (tree.emptied()) {
            return; // stops nothing
        }
        for (String app : declared) {
            if (!tree.apps().containsKey(app)) {
                mayStop.add(app);
            }
        }
        tree.apps()
                .forEach(
                        (app, doc) -> {
                            declared.add(app);
                            Spec spec = doc.spec();
                            boolean gap = !spec.serves() || spec.twist() == Spec.Twist.RECREATE;
                            if (doc.damage() == null && gap) {
                                mayStop.add(app);
                            }
                            if (doc.damage() == null) {
                                answers.add(app + " " + spec.image());
                            }
                        });
    }

    /** Somebody lays hands on a container of it now. */
    void hit(String app) {
        hit.add(app);
    }

    boolean wasHit(String app) {
        return hit.contains(app);
    }

    boolean mayStop(String app) {
        return mayStop.contains(app) || hit.contains(app);
    }

    /** True for the body of an image that some commit names for the app. */
    boolean mayAnswer(String app, String body) {
        return answers.contains(app + " " + body);
    }

    /** All apps that were ever declared. */
    Collection<String> apps() {
        return Set.copyOf(declared);
    }
}
