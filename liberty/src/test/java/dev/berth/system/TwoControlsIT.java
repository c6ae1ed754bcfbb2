package dev.berth.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.lease.LeaseTimes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Two Berths for one instance, with one database: one writes, the other is its spare. */
class TwoControlsIT {
    private static final LeaseTimes TIMES = LeaseTimes.USUAL;

    @TempDir Path directory;

    /**
     * Fails if both write, if the spare does so before the other's permit is surely over, or never,
     * or if the first takes it back when it is there again.
     */
    @Test
    void writerKilled_spareTakesOverWhenNobodyElseMayWrite_andTheFirstComesBackAsTheSpare()
            throws Exception {
        try (Berth first = new Berth(Files.createDirectory(directory.resolve("first")))) {
            first.write("shop.yaml", Apps.answering("shop", "one")).push("one").up();
            first.awaitBody("shop", "/", "one");
            try (Berth spare = spareOf(first)) {
                spare.up();
                awaitOnlyLooks(spare, first);
                assertThat(List.of(first.unpacked(), spare.unpacked()))
                        .as("one's start must not take the other's classes away")
                        .allSatisfy(place -> assertThat(place).isNotEmptyDirectory());
                assertThat(spare.get("shop.localhost", "/").statusCode()).isEqualTo(404);
                Set<String> before = first.containers.ids();

                first.kill("supervisor"); // who would start it again
                first.kill("control");
                long death = System.nanoTime();
                first.write("shop.yaml", Apps.answering("shop", "two")).push("to nobody");
                first.await("a write", () -> !first.containers.ids().equals(before));
                assertThat(Duration.ofNanos(System.nanoTime() - death))
                        .as("what the lease and a possible answer take")
                        .isGreaterThan(TIMES.patience().plus(TIMES.renew()));
                spare.awaitBody("shop", "/", "two");
                spare.awaitCondition("app/shop", "Ready", "True");

                first.up();
                awaitOnlyLooks(first, spare);
                first.write("shop.yaml", Apps.answering("shop", "three")).push("to the other");
                spare.awaitBody("shop", "/", "three");
                first.await("one container", () -> first.containers.of("shop").size() == 1);
                assertThat(onlyLooks(first, spare)).isTrue();
                assertThat(epochs(spare))
                        .as("stamps of those who wrote")
                        .isSorted()
                        .hasSizeGreaterThan(1);
            }
        }
    }

    private Berth spareOf(Berth first) throws IOException {
        Berth spare = first.spare(Files.createDirectory(directory.resolve("spare")));
        first.database().forEach(spare::with);
        return spare;
    }

    private static void awaitOnlyLooks(Berth berth, Berth writer) {
        berth.await("it to look on", () -> onlyLooks(berth, writer));
    }

    private static boolean onlyLooks(Berth berth, Berth writer) throws Exception {
        JsonNode ready = berth.condition("instance/" + berth.instance, "Ready");
        return ready.path("status").asString().equals("Unknown")
                && ready.path("reason").asString().equals("NotWriter")
                && ready.path("message").asString().contains("another Berth (home " + id(writer));
    }

    private static String id(Berth berth) throws IOException {
        return Files.readString(berth.home.resolve("id")).strip();
    }

    /** The stamps of those who wrote, as the history that they share has them, oldest first. */
    private static List<Long> epochs(Berth berth) throws Exception {
        return berth.api("passes?limit=200")
                .path("items")
                .valueStream()
                .filter(pass -> pass.hasNonNull("epoch"))
                .map(pass -> pass.path("epoch").asLong())
                .distinct()
                .toList()
                .reversed();
    }
}
