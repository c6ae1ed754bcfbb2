package dev.berth.liberty;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EnvironmentTest {
    @TempDir Path home;

    @Test
    void dockerConfig_nothingOfItsOwn_isThatOfTheUser() {
        Environment environment =
                Environment.of(Map.of("BERTH_HOME", home.toString(), "HOME", "/home/ann"));

        assertThat(environment.dockerConfig()).isEqualTo(Path.of("/home/ann/.docker"));
    }

    @Test
    void dockerConfig_keysDocker_comesFirst() throws Exception {
        Path own = Files.createDirectories(home.resolve("keys/docker"));
        Environment environment =
                Environment.of(Map.of("BERTH_HOME", home.toString(), "HOME", "/home/ann"));

        assertThat(environment.dockerConfig()).isEqualTo(own);
    }

    @Test
    void dockerConfig_userWithoutHome_isBerthsOwn() {
        Environment environment = Environment.of(Map.of("BERTH_HOME", home.toString()));

        assertThat(environment.dockerConfig()).isEqualTo(home.resolve("keys/docker"));
    }
}
