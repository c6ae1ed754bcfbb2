package dev.berth.reconciler.build.recognise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.schemas.config.App;
import dev.berth.schemas.config.Command;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class HintsTest {
    private static final App.Source WEB = new App.Source(null, null, "web");
    private static final Command RUN = new Command(List.of("run"));

    @Test
    void of_noBuild_namesNoDockerfile() {
        Hints hints =
                Hints.of(WEB, null, BuildVariables.NONE, 3000, new Hints.Commands(RUN, List.of()));
        assertThat(hints.path()).isEqualTo("web");
        assertThat(hints.dockerfile()).isNull();
        assertThat(hints.variables()).isEqualTo(BuildVariables.NONE);
        assertThat(hints.port()).isEqualTo(3000);
        assertThat(hints.startsItself()).isTrue();
    }

    @Test
    void of_build_namesItsDockerfileAndArguments() {
        BuildVariables env =
                new BuildVariables(
                        new TreeSet<>(Set.of("A", "C")), new TreeSet<>(Set.of("D", "T")));
        App.Build build = new App.Build("web.Dockerfile", Map.of("B", "2", "A", "1", "D", "3"));
        Hints hints = Hints.of(WEB, build, env, null, new Hints.Commands(null, List.of(RUN)));
        assertThat(hints.dockerfile()).isEqualTo("web.Dockerfile");
        assertThat(hints.variables().clear()).containsExactly("A", "B", "C", "D");
        assertThat(hints.variables().secret()).containsExactly("T");
        assertThat(hints.port()).isNull();
        assertThat(hints.startsItself()).isFalse();
        assertThat(hints.commands().all()).containsExactly(RUN);
    }
}
