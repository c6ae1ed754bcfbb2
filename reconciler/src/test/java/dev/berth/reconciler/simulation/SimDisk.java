package dev.berth.reconciler.simulation;

import dev.berth.reconciler.cleanup.ImageNotes;
import dev.berth.reconciler.cleanup.work.NotesStore;
import dev.berth.reconciler.desired.LastGood;
import dev.berth.reconciler.ledger.Ledgers;
import dev.berth.reconciler.live.Recollection;
import dev.berth.reconciler.secret.Vault;
import dev.berth.schemas.config.ResourceId;
import java.time.InstantSource;

/** What control keeps on disk: outlives it. */
final class SimDisk implements LastGood {
    private final Vault vault;
    private final SimOutbox outbox = new SimOutbox();
    private final Ledgers ledgers = Ledgers.inMemory();
    private Memory memory = Memory.EMPTY;
    private ImageNotes notes = ImageNotes.NONE;
    private dev.berth.reconciler.live.Memory passes = Recollection.NONE.recall();

    /** An empty one. */
    SimDisk(InstantSource clock) {
        vault = SimSecrets.vault(clock);
    }

    @Override
    public Memory recall() {
        return memory;
    }

    @Override
    public void remember(Memory next) {
        memory = next;
    }

    /** What lies there in the clear. */
    @Override
    public String toString() {
        return "%s %s %s %s %s"
                .formatted(
                        memory,
                        passes,
                        outbox.messages(),
                        outbox.told(),
                        SimWorld.APPS.stream()
                                .map(app -> ledgers.releases().of(ResourceId.app(app)))
                                .toList());
    }

    /** The values of secrets. */
    Vault vault() {
        return vault;
    }

    SimOutbox outbox() {
        return outbox;
    }

    Ledgers ledgers() {
        return ledgers;
    }

    /** What is remembered of images. */
    NotesStore notes() {
        return new NotesStore() {
            @Override
            public ImageNotes recall() {
                return notes;
            }

            @Override
            public void remember(ImageNotes now) {
                notes = now;
            }
        };
    }

    /** What passes have learnt. */
    dev.berth.reconciler.live.Memory passes() {
        return passes;
    }

    void learn(dev.berth.reconciler.live.Memory next) {
        passes = next;
    }
}
