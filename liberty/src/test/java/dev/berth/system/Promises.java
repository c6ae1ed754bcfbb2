package dev.berth.system;

import dev.berth.reconciler.simulation.Spec;
import dev.berth.reconciler.simulation.Tree;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import org.jspecify.annotations.Nullable;

/**
 * What a Berth may do to apps, without asking the code under test. Nobody knows which of several
 * commits control has read: one that gives leave is enough. Thread-safe.
 *
 * <ul>
 *   <li>An app must be served without a gap once it is, unless a commit stops or removes it or has
 *       it replaced with a gap, or people laid hands on it.
 *   <li>Its data must stay, unless a commit says of data that may be deleted that it is to be.
 * </ul>
 */
final class Promises {
    private final Set<String> mayStop = new ConcurrentSkipListSet<>();
    private final Set<String> declared = new ConcurrentSkipListSet<>();
    private final Set<String> deletable = new ConcurrentSkipListSet<>();
    private final Set<String> mayLose = new ConcurrentSkipListSet<>();
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
                            if (doc.damage() == null && spec.twist() == Spec.Twist.DELETABLE) {
                                deletable.add(app);
                            }
                            if (doc.damage() == null) {
                                answers.add(app + " " + spec.image());
                            }
                        });
        tree.confirmed().stream()
                .filter(deletable::contains)
                .filter(app -> !keepsData(tree.apps().get(app)))
                .forEach(mayLose::add);
    }

    private static boolean keepsData(Tree.@Nullable Doc doc) {
        return doc != null && doc.damage() == null && doc.spec().keepsData();
    }

    /** True when its data may be deleted. */
    boolean mayLose(String app) {
        return mayLose.contains(app);
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
