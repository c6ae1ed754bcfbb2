package dev.berth.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.command.InspectVolumeResponse;
import com.github.dockerjava.api.model.Container;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * What runs by the clock or once, going back, taking over, deleting, and new secrets, on the real
 * engine. One Berth, apps of its own for each test. What waits for the clock comes last: its app is
 * there from the beginning, so that the minutes pass meanwhile.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SemanticsIT {
    @TempDir static Path directory;
    private static Berth berth = new Berth();

    @BeforeAll
    static void up() {
        berth = new Berth(directory);
        berth.write("clock.yaml", SemanticsDocuments.CLOCK).push("begin").up();
    }

    @AfterAll
    static void down() {
        berth.close();
        for (Container container : byHand()) {
            berth.containers.docker().removeContainerCmd(container.getId()).withForce(true).exec();
        }
    }

    // ---- once -----------------------------------------------------------------------------------

    /** Fails if a job were forgotten with the process, or known by anything but its name. */
    @Test
    void job_controlKilledAndMoreToDo_runsOnceForEachName() throws Exception {
        berth.write("ledger.yaml", SemanticsDocuments.ledger("import-1")).push("the first");
        berth.awaitBody("ledger", "/", "import-1");
        berth.awaitCondition("job/import-1", "Ready", "True");
        assertThat(berth.api("jobs/import-1/log").toString()).contains("counted import-1");

        berth.kill("control");
        berth.write("ledger.yaml", SemanticsDocuments.ledger("import-1", "import-2"))
                .push("another name");
        berth.awaitCondition("job/import-2", "Ready", "True");

        assertThat(berth.condition("job/import-1", "Ready").path("status").asString())
                .isEqualTo("True");
        assertThat(berth.get("ledger.localhost", "/").body()).isEqualTo("import-1\nimport-2\n");
    }

    // ---- back -----------------------------------------------------------------------------------

    /**
     * What is declared beside the pin can't be built. Fails if a pin took anything from it, built
     * anything, or stayed when the line is gone.
     */
    @Test
    void pin_toTheReleaseBefore_servesItAgainWithoutABuildUntilItIsUnpinned() throws Exception {
        pinned("one", "ENV BUILT=one", "");
        berth.awaitBody("pinned", "/", "built one, given one");
        String before = image();
        String release = wantedRelease();
        pinned("two", "ENV BUILT=two", "");
        berth.awaitBody("pinned", "/", "built two, given two");
        String after = image();

        try (Poller client = new Poller(berth, "pinned.localhost")) {
            pinned("three", "RUN false", "  pin: \"%s\"\n".formatted(release));
            berth.awaitBody("pinned", "/", "built one, given one");
            berth.awaitCondition("app/pinned", "Ready", "True");
            assertThat(List.of(image(), wantedRelease())).containsExactly(before, release);

            pinned("two", "ENV BUILT=two", "");
            berth.awaitBody("pinned", "/", "built two, given two");
            assertThat(image()).isEqualTo(after);
            assertThat(client.failures()).isEmpty();
        }
    }

    private static void pinned(String given, String step, String more) {
        berth.write("pinned/Dockerfile", SemanticsDocuments.dockerfile(step))
                .write("pinned.yaml", SemanticsDocuments.pinned(given, more))
                .push(given + more);
    }

    /** Of the one container that is left when all is done. */
    private static String image() {
        berth.await("one container", () -> berth.containers.of("pinned").size() == 1);
        return Objects.requireNonNull(berth.containers.of("pinned").getFirst().getImageId());
    }

    private static String wantedRelease() throws Exception {
        List<String> wanted = new ArrayList<>();
        berth.await(
                "the release",
                () -> {
                    wanted.clear();
                    berth.api("apps/pinned/releases")
                            .path("items")
                            .valueStream()
                            .filter(release -> release.path("wanted").asBoolean())
                            .forEach(release -> wanted.add(release.path("id").asString()));
                    return wanted.size() == 1;
                });
        return wanted.getFirst();
    }

    // ---- the disk -------------------------------------------------------------------------------

    /**
     * Any disk is fuller than two percent, so all that nobody needs goes at once. Fails if an image
     * went that can be gone back to, or stayed that nobody needs, or a volume went; and if a revert
     * built anything: an image that is built again is another one.
     */
    @Test
    void cleanup_diskTooFull_takesTheImageBeforeTheKeptOnes_andARevertServesWithoutABuild()
            throws Exception {
        tidy("one");
        String one = onlyImage();
        tidy("two");
        String two =
                images().stream().filter(image -> !image.equals(one)).findFirst().orElseThrow();
        tidy("three");
        assertThat(images()).hasSize(3).contains(one, two);

        berth.settings("cleanup: {highWatermark: 2%, lowWatermark: 1%}").push("tidy up");
        berth.await("two images", () -> images().size() == 2 && !images().contains(one));
        berth.await(
                "a word about it",
                () -> {
                    String events = berth.api("events").toString();
                    return events.contains("removed image berth/tidy:")
                            && events.contains("removed all build cache");
                });
        berth.awaitCondition("instance/" + berth.instance, "Healthy", "False");
        assertThat(berth.page("/")).contains("The disk is nearly full");
        assertThat(Integer.parseInt(berth.metric("berth_cleanup_images_total"))).isPositive();

        Berth.git(berth.clone, "revert", "--no-edit", "HEAD", "HEAD~1");
        berth.push("three is gone");
        berth.awaitBody("tidy", "/", "built two, given two");
        assertThat(images()).hasSize(2).contains(two);
        assertThat(berth.containers.volumes()).anyMatch(name -> name.endsWith("_tidy_data"));
    }

    /**
     * Each of an image of its own: what another Berth on the engine has built is not built again.
     */
    private static void tidy(String built) {
        berth.write(
                        "tidy/Dockerfile",
                        SemanticsDocuments.dockerfile(
                                "RUN --mount=type=cache,target=/c echo %2$s > /c/x\nENV BUILT=%1$s"
                                        .formatted(built, berth.instance)))
                .write("tidy.yaml", SemanticsDocuments.tidy(built))
                .push(built);
        berth.awaitBody("tidy", "/", "built %1$s, given %1$s".formatted(built));
        String head = Berth.git(berth.clone, "rev-parse", "HEAD").strip();
        berth.await(
                "a release to go back to",
                () -> berth.api("apps/tidy/releases").toString().contains(head));
    }

    private static String onlyImage() {
        assertThat(images()).hasSize(1);
        return images().getFirst();
    }

    /** Ids of those that this Berth has built for the app. */
    private static List<String> images() {
        return berth
                .containers
                .docker()
                .listImagesCmd()
                .withLabelFilter(Map.of("dev.berth.built-by", berth.instance))
                .exec()
                .stream()
                .filter(image -> Arrays.toString(image.getRepoTags()).contains("berth/tidy:"))
                .map(image -> Objects.requireNonNull(image.getId()))
                .toList();
    }

    // ---- taking over ----------------------------------------------------------------------------

    /** Fails if any container were stopped but the one that is named and no Berth's. */
    @Test
    void adopt_containerMadeByHand_isStoppedAndKeptOnceTheAppServes_andNoOtherIsTouched()
            throws Exception {
        String named = hand("named", "");
        String alike = hand("alike", "");
        String others = hand("others", "somebody-else");
        berth.write("heir.yaml", SemanticsDocuments.adopting("heir", name("named")))
                .write("thief.yaml", SemanticsDocuments.adopting("thief", name("others")))
                .push("take over");
        berth.awaitBody("heir", "/", "at your service");
        berth.await("the other to be stopped", () -> state(named).equals("exited"));
        berth.awaitCondition("app/heir", "Ready", "True");
        berth.await("the refusal", () -> berth.api("plan").toString().contains("somebody-else"));
        berth.push("nothing").awaitSeen();

        assertThat(List.of(state(alike), state(others))).containsOnly("running");
        assertThat(berth.api("resources/app/thief").toString())
                .contains("Conflict", "only one that no Berth made can be adopted");
        assertThat(berth.api("events").toString())
                .as("why it was stopped")
                .contains("stop container " + name("named"));
    }

    private static String name(String purpose) {
        return berth.instance + "-" + purpose;
    }

    /** Somebody starts one. */
    private static String hand(String purpose, String instance) {
        return berth.containers.run(
                name(purpose),
                SemanticsDocuments.byHand(berth.instance, purpose, instance),
                "sleep",
                "86400");
    }

    private static List<Container> byHand() {
        return berth.containers.labelled(SemanticsDocuments.BY_HAND, berth.instance);
    }

    private static String state(String id) {
        return byHand().stream()
                .filter(container -> container.getId().equals(id))
                .map(Container::getState)
                .findFirst()
                .orElse("removed");
    }

    // ---- deleting -------------------------------------------------------------------------------

    /** Fails if either were deleted without its line, or kept data with it. */
    @Test
    void prune_appAndItsData_waitForTheirLinesAndWhatIsRetainedStaysForGood() throws Exception {
        berth.settings("prune: {maxDeletesPerRun: 0}")
                .write("keeper.yaml", SemanticsDocuments.KEEPER)
                .push("with data");
        berth.awaitBody("keeper", "/", "kept");
        berth.awaitCondition("app/keeper", "Ready", "True");

        berth.delete("keeper.yaml").push("without it");
        berth.await("the block", () -> reason("app/keeper").equals("PruneBlocked"));
        assertThat(berth.api("resources/app/keeper").toString())
                .contains("prune: {confirm: [app/keeper]}");
        assertThat(berth.get("keeper.localhost", "/").body()).isEqualTo("kept");

        berth.settings("prune: {maxDeletesPerRun: 0, confirm: [app/keeper]}").push("yes, it");
        berth.await("no container", () -> berth.containers.of("keeper").isEmpty());
        berth.await("the next line", () -> orphans().contains("confirm: [volume/keeper/cache]"));
        assertThat(volumes()).containsExactly("cache", "uploads");

        berth.settings("prune: {confirm: [volume/keeper/cache, volume/keeper/uploads]}")
                .push("and the data");
        berth.await("the volume to go", () -> !volumes().contains("cache"));
        berth.settings("").push("done").awaitSeen();
        assertThat(volumes()).containsExactly("uploads");
    }

    private static String reason(String resource) throws Exception {
        return berth.condition(resource, "Stalled").path("reason").asString();
    }

    private static String orphans() throws Exception {
        return berth.api("diagnostics").path("orphans").toString();
    }

    private static Set<String> volumes() {
        String prefix = "berth_%s_keeper_".formatted(berth.instance);
        return berth.containers.docker().listVolumesCmd().exec().getVolumes().stream()
                .map(InspectVolumeResponse::getName)
                .filter(name -> name.startsWith(prefix))
                .map(name -> name.substring(prefix.length()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    // ---- secrets --------------------------------------------------------------------------------

    /** Fails if an app kept the old value, or one that has nothing of it were started anew. */
    @Test
    void secret_changed_redeploysWhoUsesItAndNobodyElse() throws Exception {
        berth.must("seal", "--new-key");
        seal("first");
        berth.write("users.yaml", SemanticsDocuments.USERS).push("secrets");
        berth.awaitBody("user", "/", "variable first, file first");
        berth.awaitBody("bystander", "/", "still");
        berth.awaitCondition("app/bystander", "Ready", "True");
        String bystander = only("bystander");

        seal("second");
        berth.push("another value");

        berth.awaitBody("user", "/", "variable second, file second");
        berth.await("the old one to go", () -> berth.containers.of("user").size() == 1);
        berth.push("nothing").awaitSeen();
        assertThat(only("bystander")).isEqualTo(bystander);
        assertThat(berth.api("events?resource=app/user").toString())
                .contains("secret changed: door.code");
        assertThat(berth.api("events?resource=app/bystander").toString())
                .doesNotContain("secret changed");
    }

    /** A file that is in the repo as {@code ./berth seal} leaves it. */
    private static void seal(String code) {
        berth.write("door.yaml", SemanticsDocuments.door(code));
        berth.must("seal", berth.clone.resolve("door.yaml").toString());
    }

    private static String only(String app) {
        assertThat(berth.containers.of(app)).hasSize(1);
        return berth.containers.of(app).getFirst().getId();
    }

    // ---- by the clock ---------------------------------------------------------------------------

    /**
     * Two schedules with runs that take longer than it is to the next time: one allows two at a
     * time, one forbids it. Fails if nothing ran, or the second had two as the first has.
     */
    @Test
    @Order(Integer.MAX_VALUE)
    void cron_dueWhileOneRuns_runsOnlyWhereThatIsAllowed_andTellsOfEachRun() throws Exception {
        berth.await("two side by side", () -> running("beside").size() == 2);
        berth.await("two that have ended", () -> ended("quick").size() >= 2);

        assertThat(runs("alone")).isNotEmpty();
        assertThat(running("alone")).hasSizeLessThan(2);
        assertThat(overlap("alone")).isFalse();
        JsonNode run = ended("quick").getFirst();
        assertThat(run.path("result").asString()).isEqualTo("Succeeded");
        String id = run.path("run").asString();
        assertThat(berth.api("apps/clock/log?run=" + id).path("lines").get(0).asString())
                .isEqualTo("due for quick");
        assertThat(berth.page("/resources/app/clock")).contains(id);
        assertThat(berth.launcher("logs", "clock", id).output()).contains("due for quick");
        assertThat(ended("broken").getFirst().path("result").asString()).isEqualTo("Failed");
        assertThat(ended("broken").getFirst().path("exitCode").asInt()).isEqualTo(3);
        assertThat(berth.condition("job/clock.broken", "Ready").path("reason").asString())
                .isEqualTo("JobFailed");
    }

    /** The containers that run for a schedule now, by what the engine says. */
    private static List<Container> running(String schedule) {
        return berth.containers.of("clock").stream()
                .filter(c -> c.getState().equals("running"))
                .filter(c -> c.getLabels().getOrDefault("dev.berth.run", "").startsWith(schedule))
                .toList();
    }

    /** Whether one of the runs that are told of began before the one before it had ended. */
    private static boolean overlap(String schedule) throws Exception {
        @Nullable Instant next = null;
        for (JsonNode run : runs(schedule)) {
            Instant began = Instant.parse(run.path("startedAt").asString());
            boolean goesOn = !run.hasNonNull("took");
            if (next != null
                    && (goesOn
                            || began.plus(Duration.parse(run.path("took").asString()))
                                    .isAfter(next))) {
                return true;
            }
            next = began;
        }
        return false;
    }

    private static List<JsonNode> ended(String schedule) throws Exception {
        return runs(schedule).stream().filter(run -> run.hasNonNull("exitCode")).toList();
    }

    /** What is told of it, newest first. */
    private static List<JsonNode> runs(String schedule) throws Exception {
        return berth.api("apps/clock/cron")
                .path("items")
                .valueStream()
                .filter(item -> item.path("name").asString().equals(schedule))
                .flatMap(item -> item.path("runs").valueStream())
                .toList();
    }
}
