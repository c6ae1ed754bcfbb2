package dev.berth.reconciler.desired;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.source.SourcePin;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.config.VolumeId;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What was right the last time, so that a mistake takes nothing away. Thread-safe. */
public interface LastGood {
    /** What is remembered; empty when nothing is, or when it can't be read any more. */
    Memory recall();

    /**
     * Replaces what is remembered. Even after a failure {@link #recall} gives the new memory, for
     * as long as this process lives.
     *
     * @throws ReconcileException.Transient if it can't be kept for the next process
     */
    void remember(Memory memory) throws ReconcileException.Transient;

    /** Remembers nothing: for looking at a repo from outside. */
    static LastGood none() {
        return new LastGood() {
            @Override
            public Memory recall() {
                return Memory.EMPTY;
            }

            @Override
            public void remember(Memory memory) {}
        };
    }

    /** Recalls what this one does and remembers nothing: for plans of commits not yet merged. */
    default LastGood readOnly() {
        LastGood whole = this;
        return new LastGood() {
            @Override
            public Memory recall() {
                return whole.recall();
            }

            @Override
            public void remember(Memory memory) {}
        };
    }

    /**
     * What was right.
     *
     * @param files text of each config file when it last was right as a whole, by path
     * @param claims who served each host and path, by {@code host path}
     * @param pins the last source of each app that could be read, by {@code app/name}
     * @param recipes how each of these sources is built, as far as that was found out
     * @param deletable volumes that may be deleted, by the last right document that declared them
     * @param variables of the Instance; also older ones while a document that may need them counts
     */
    record Memory(
            SortedMap<String, String> files,
            SortedMap<String, ResourceId> claims,
            SortedMap<String, SourcePin> pins,
            SortedMap<String, Recipe> recipes,
            SortedSet<VolumeId> deletable,
            SortedMap<String, String> variables) {
        /** Nothing remembered. */
        public static final Memory EMPTY = new Memory(Map.of(), Map.of(), Map.of());

        public Memory {
            files = sorted(files);
            claims = sorted(claims);
            pins = sorted(pins);
            recipes = recipes == null ? Collections.emptySortedMap() : sorted(recipes);
            deletable = sorted(deletable);
            variables = variables == null ? Collections.emptySortedMap() : sorted(variables);
        }

        Memory(
                Map<String, String> files,
                Map<String, ResourceId> claims,
                Map<String, SourcePin> pins) {
            this(files, claims, pins, Set.of());
        }

        Memory(
                Map<String, String> files,
                Map<String, ResourceId> claims,
                Map<String, SourcePin> pins,
                Set<VolumeId> deletable) {
            this(
                    new TreeMap<>(files),
                    new TreeMap<>(claims),
                    new TreeMap<>(pins),
                    new TreeMap<>(),
                    new TreeSet<>(deletable),
                    new TreeMap<>());
        }

        /** An older Berth remembered none. */
        private static SortedSet<VolumeId> sorted(@Nullable SortedSet<VolumeId> ids) {
            return Collections.unmodifiableSortedSet(
                    ids == null ? new TreeSet<>() : new TreeSet<>(ids));
        }

        private static <V> SortedMap<String, V> sorted(Map<String, V> map) {
            return Collections.unmodifiableSortedMap(new TreeMap<>(map));
        }
    }
}
