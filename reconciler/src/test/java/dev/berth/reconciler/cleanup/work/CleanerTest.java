package dev.berth.reconciler.cleanup.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.reconciler.ReconcileException.Transient;
import dev.berth.reconciler.cleanup.CleanupPlanner;
import dev.berth.reconciler.cleanup.ImageNotes;
import dev.berth.reconciler.cleanup.Needs;
import dev.berth.reconciler.cleanup.Room;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.disk.DiskUse;
import dev.berth.reconciler.engine.Contexts;
import dev.berth.reconciler.engine.EngineCall;
import dev.berth.reconciler.engine.FakeEngine;
import dev.berth.reconciler.engine.HeldCall;
import dev.berth.reconciler.engine.ImageBehaviour;
import dev.berth.reconciler.live.Labels;
import dev.berth.schemas.config.Instance;
import dev.berth.schemas.status.PassReport.ChangeReport;
import dev.berth.schemas.status.ReasonCode;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class CleanerTest {
    private static final String OLD = "berth/shop:000000000001";
    private static final String NEW = "berth/shop:000000000002";
    private static final DiskUse FULL = new DiskUse("/var/lib/fake", 1000L << 20, 100L << 20);
    private static final DiskUse ROOMY = new DiskUse("/var/lib/fake", 1000L << 20, 500L << 20);

    private final FakeEngine engine =
            new FakeEngine(InstantSource.system()).withImages("busybox:1").withDisk(FULL);
    private final Notebook notebook = new Notebook();
    private @Nullable DiskUse home;
    private final Cleaner cleaner =
            new Cleaner(
                    new Cleaner.Means(
                            engine,
                            notebook,
                            () -> Optional.ofNullable(home),
                            CleanupPlanner::plan),
                    new Cleaner.Times(Duration.ofMillis(20), Duration.ofMillis(40)),
                    Clockwork.system());

    private static final class Notebook implements NotesStore {
        private final List<ImageNotes> pages = new CopyOnWriteArrayList<>(List.of(ImageNotes.NONE));

        @Override
        public ImageNotes recall() {
            return pages.getLast();
        }

        @Override
        public void remember(ImageNotes notes) {
            pages.add(notes);
        }
    }

    @AfterEach
    void end() {
        cleaner.close();
    }

    private void build(String reference) throws Exception {
        engine.buildImage(
                Contexts.build(
                        reference,
                        Map.of(Labels.BUILT_BY, "home"),
                        Duration.ofMinutes(1),
                        "FROM busybox:1"),
                _ -> {});
    }

    private static Needs needs(String... references) {
        return new Needs("home", Instance.Cleanup.USUAL, Set.of(references), Set.of(), null);
    }

    private void awaitLooks() {
        int looks = calls(EngineCall.DISK);
        await().until(() -> calls(EngineCall.DISK) > looks + 6);
    }

    private int calls(EngineCall kind) {
        return (int) engine.journal().stream().filter(entry -> entry.call() == kind).count();
    }

    @Test
    void clean_diskTooFull_removesWhatNobodyNeedsAndTellsIt() throws Exception {
        build(OLD);
        build(NEW);
        cleaner.needed(needs(NEW));
        cleaner.start();

        await().until(() -> !engine.hasImage(OLD));
        awaitLooks();
        assertThat(engine.images()).contains(NEW, "busybox:1");
        ChangeReport report = cleaner.takeReports().getFirst();
        assertThat(report.resource()).hasToString("instance/home");
        assertThat(report.what()).startsWith("clean up the engine's disk: 1");
        assertThat(report.reasons().getFirst())
                .startsWith("removed image berth/shop:000000000001 (100 MiB): no container");
        assertThat(cleaner.takeReports()).isEmpty();
        assertThat(cleaner.tally().images()).isEqualTo(1);
    }

    @Test
    void clean_onceThereIsRoom_stops() throws Exception {
        List<String> all = new ArrayList<>();
        for (int i = 1; i <= 6; i++) {
            all.add("berth/shop:00000000000" + i);
            build(all.getLast());
        }
        cleaner.needed(needs());
        cleaner.start();

        await().until(() -> cleaner.tally().images() > 0);
        awaitLooks();

        assertThat(all.stream().filter(engine.images()::contains).toList())
                .as("from 90 % to below 75 % it takes two of 10 %")
                .hasSize(4);
        assertThat(Objects.requireNonNull(cleaner.room()).enough()).isTrue();
    }

    @Test
    void clean_stillTooFull_isSaid() {
        home = FULL;
        cleaner.needed(needs());
        cleaner.start();

        await().until(() -> cleaner.room() != null);
        assertThat(cleaner.room())
                .isEqualTo(Room.of(List.of(FULL), 85, true))
                .returns(false, Room::enough);
    }

    @Test
    void clean_nobodyCanTellWhatIsNeeded_removesNothing() throws Exception {
        build(OLD);
        cleaner.needed(needs());
        cleaner.blind();
        cleaner.start();
        awaitLooks();

        assertThat(engine.images()).contains(OLD);
        assertThat(calls(EngineCall.PRUNE_CACHE)).isZero();
    }

    @Test
    void clean_neededWhileItIsDecided_stays() throws Exception {
        build(OLD);
        HeldCall asked = new HeldCall();
        engine.faults().afterNext(EngineCall.IMAGES, asked);
        cleaner.needed(needs());
        cleaner.start();
        await().until(asked::begun);

        cleaner.needed(needs(OLD));
        asked.letGo();
        awaitLooks();

        assertThat(engine.images()).contains(OLD);
        assertThat(calls(EngineCall.REMOVE_IMAGE)).isZero();
    }

    @Test
    void clean_imageInUse_isTriedAgainAndHoldsUpNoOther() throws Exception {
        engine.withDisk(new DiskUse("/var/lib/fake", 1000L << 20, 20L << 20));
        build(OLD);
        build(NEW);
        engine.faults()
                .failNext(
                        EngineCall.REMOVE_IMAGE,
                        new Transient(ReasonCode.PruneFailed, "can't remove it: in use"));
        cleaner.needed(needs());
        cleaner.start();

        await().until(() -> !engine.images().contains(OLD) && !engine.images().contains(NEW));
    }

    @Test
    void clean_engineGone_isSaidAndGoesOnLater() throws Exception {
        build(OLD);
        engine.down();
        cleaner.needed(needs());
        cleaner.start();
        await().until(() -> cleaner.tally().failure() != null);

        engine.up();

        await().until(() -> !engine.images().contains(OLD));
        await().until(() -> cleaner.tally().failure() == null);
    }

    @Test
    void pulled_image_isNotedAndGoesOnceNobodyNeedsIt() throws Exception {
        engine.withDisk(ROOMY).withRegistryImage("redis:7", new ImageBehaviour.Runs());
        cleaner.needed(needs("redis:7"));
        cleaner.start();
        engine.pullImage("redis:7", Duration.ofMinutes(1));
        cleaner.shelf().pulled("redis:7");
        await().until(() -> notebook.recall().pulled().containsKey("redis:7"));

        cleaner.needed(needs());
        awaitLooks();
        assertThat(engine.images()).contains("redis:7");

        engine.withDisk(FULL);
        await().until(() -> !engine.images().contains("redis:7"));
        await().until(() -> notebook.recall().pulled().isEmpty());
    }

    @Test
    void outOfRoom_isLookedAtAtOnce() throws Exception {
        engine.withDisk(ROOMY);
        cleaner.needed(needs());
        cleaner.start();
        await().until(() -> calls(EngineCall.IMAGES) > 0);
        int before = calls(EngineCall.IMAGES);

        cleaner.outOfRoom();

        await().until(() -> calls(EngineCall.IMAGES) > before);
    }
}
