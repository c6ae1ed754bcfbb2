package dev.berth.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The engine dies with kill -9 and comes back. Only ever the private engine of the tests. */
@Tag("alone")
@ExtendWith(EngineTurn.class)
class EngineFaultsIT {
    @TempDir static Path directory;
    private static Berth berth = new Berth();

    @BeforeAll
    static void up() {
        berth = new Berth(directory);
        berth.push("begin").up();
    }

    @AfterAll
    static void down() {
        berth.close();
    }

    @AfterEach
    void reviveEngine() {
        PrivateEngine.revive();
    }

    @Test
    void engineKilledMidRollout_servesOnAndFinishesWhenItIsBack() throws Exception {
        berth.write("app.yaml", Apps.answering("roll", "one")).push("one");
        berth.awaitBody("roll", "/", "one");
        try (Poller client = new Poller(berth, "roll.localhost")) {
            berth.write("app.yaml", Apps.startingSlowly("roll", "two", 5000)).push("two");
            berth.await("a candidate", () -> berth.containers.of("roll").size() == 2);

            PrivateEngine.kill();
            berth.await(
                    "the status to say so",
                    () -> berth.api("resources").toString().contains("EngineUnavailable"));
            assertThat(berth.get("roll.localhost", "/").statusCode()).isEqualTo(200);
            PrivateEngine.revive();

            berth.awaitBody("roll", "/", "two");
            berth.await("one container", () -> berth.containers.of("roll").size() == 1);
            assertThat(client.failures()).isEmpty();
        }
        berth.awaitCondition("app/roll", "Ready", "True");
    }

    @Test
    void engineDownAtStartOfControl_isUnknownAndDeletesNothing() throws Exception {
        berth.write("down.yaml", Apps.answering("down", "one")).push("one");
        berth.awaitBody("down", "/", "one");
        berth.awaitCondition("app/down", "Ready", "True");
        PrivateEngine.kill();
        berth.kill("control");

        berth.awaitCondition("app/down", "Ready", "Unknown");

        assertThat(berth.condition("app/down", "Ready").path("reason").asString())
                .isEqualTo("EngineUnavailable");
        assertThat(berth.get("down.localhost", "/").body()).isEqualTo("one");
        PrivateEngine.revive();
        berth.awaitCondition("app/down", "Ready", "True");
        assertThat(berth.containers.of("down")).hasSize(1);
    }
}
