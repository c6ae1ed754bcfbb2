package dev.berth.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The walk-through of the README, as it is written there, but for the ports. */
class ReadmeIT {
    @TempDir Path directory;

    @Test
    void walkThrough_asWritten_works() throws Exception {
        try (Berth berth = Berth.ofANewcomer(directory)) {
            berth.up();
            assertThat(berth.get("hello.localhost", "/").body()).contains("<h1");

            Berth.git(directory, "clone", "-q", berth.repo.toString(), berth.clone.toString());
            berth.awaitBody("clock", "/", "What time is it?");
            change(berth, "What time is it?", "Now");
            assertThat(berth.launcher("validate", berth.clone.toString()).exit()).isZero();
            assertThat(berth.launcher("plan", berth.clone.toString()).output())
                    .contains("env.TITLE changed", "~ switch clock.localhost to it");
            try (Poller client = new Poller(berth, "clock.localhost")) {
                berth.push("Ask less");
                berth.awaitBody("clock", "/", "<title>Now");
                berth.awaitCondition("app/clock", "Ready", "True");
                assertThat(client.failures()).isEmpty();
            }
            assertThat(berth.launcher("status").output())
                    .contains("app/clock", "http://clock.localhost:" + berth.http);
            assertThat(berth.launcher("logs", "clock").exit()).isZero();

            change(berth, "replicas: 1", "replicas: two");
            berth.push("A mistake").awaitSeen();
            assertThat(berth.launcher("status").output()).contains("apps/clock.yaml:", "replicas");
            assertThat(berth.get("clock.localhost", "/").body()).contains("<title>Now");
            Berth.git(berth.clone, "revert", "--no-edit", "HEAD");
            berth.push("and back").awaitCondition("app/clock", "Ready", "True");
            assertThat(berth.launcher("logs", "control").output()).contains("env.TITLE changed");

            Set<String> running = berth.containers.ids();
            for (int round = 0; round < 2; round++) {
                berth.down();
                assertThat(berth.containers.ids()).isEqualTo(running);
                berth.up();
                assertThat(berth.get("hello.localhost", "/").body()).contains("<h1");
            }
            assertThat(berth.containers.ids()).isEqualTo(running);
        }
    }

    private static void change(Berth berth, String from, String to) throws Exception {
        Path file = berth.clone.resolve("apps/clock.yaml");
        String text = Files.readString(file);
        assertThat(text).contains(from);
        Files.writeString(file, text.replace(from, to));
    }
}
