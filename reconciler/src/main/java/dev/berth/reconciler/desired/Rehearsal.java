package dev.berth.reconciler.desired;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.build.catalog.Catalogs;
import dev.berth.reconciler.secret.AgeKeys;
import dev.berth.reconciler.secret.Vault;
import dev.berth.reconciler.source.AppSources;
import dev.berth.reconciler.source.ConfigTree;
import dev.berth.reconciler.source.SourcePin;
import dev.berth.reconciler.source.SourceReading;
import dev.berth.schemas.config.ResourceId;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * What a Berth would say of a tree that had followed the commits before it. Other repos are not
 * read: sources in them are taken as there. For one thread.
 */
public final class Rehearsal {
    private static final AppSources OFFLINE =
            _ -> new SourceReading.Unavailable("other repos are not looked at");

    private final Memory memory = new Memory();
    private final DesiredStateLoader loader;

    /**
     * @param keys open what is encrypted
     * @param images what code is built from that has no Dockerfile
     */
    public Rehearsal(Supplier<AgeKeys> keys, Vault vault, Catalogs images) {
        loader =
                new DesiredStateLoader(
                        OFFLINE, memory, keys, vault, ReadBefore.ofManyApps(), images);
    }

    /**
     * Follows a commit.
     *
     * @return what it declares
     * @throws ReconcileException if its tree can't be read
     */
    public DesiredState follow(SourceReading.Fresh commit) throws ReconcileException {
        memory.add(loader.unreadSources(commit.tree()));
        return loader.load(commit);
    }

    /**
     * Looks at what may come next; loading remembers nothing any more.
     *
     * @throws ReconcileException if its tree can't be read
     */
    public DesiredStateLoader next(ConfigTree tree) throws ReconcileException {
        memory.add(loader.unreadSources(tree));
        memory.done = true;
        return loader;
    }

    /**
     * What the documents of a tree are about, the wrong ones too, as far as that can be told.
     *
     * @throws ReconcileException if the tree can't be read
     */
    public SortedSet<ResourceId> documents(ConfigTree tree) throws ReconcileException {
        return loader.documents(tree);
    }

    /** Looks at what would come first. */
    public DesiredStateLoader first() {
        memory.done = true;
        return loader;
    }

    private static final class Memory implements LastGood {
        private LastGood.Memory now = LastGood.Memory.EMPTY;
        private boolean done;

        void add(Map<String, SourceAnswer.Pinned> unread) {
            TreeMap<String, SourcePin> pins = new TreeMap<>(now.pins());
            TreeMap<String, Recipe> recipes = new TreeMap<>(now.recipes());
            unread.forEach(
                    (app, answer) -> {
                        pins.put(app, answer.pin());
                        recipes.put(app, Objects.requireNonNull(answer.recipe()));
                    });
            now =
                    new LastGood.Memory(
                            now.files(),
                            now.claims(),
                            pins,
                            recipes,
                            now.deletable(),
                            now.variables());
        }

        @Override
        public LastGood.Memory recall() {
            return now;
        }

        @Override
        public void remember(LastGood.Memory next) {
            if (!done) {
                now = next;
            }
        }
    }
}
