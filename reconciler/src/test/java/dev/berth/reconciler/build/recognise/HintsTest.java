package dev.berth.reconciler.build.recognise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.schemas.config.App;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HintsTest {
    private static final App.Source WEB = new App.Source(null, null, "web");

    @Test
    void of_noBuild_namesNoDockerfile() {
        Hints hints = Hints.of(WEB, null, 3000, true);
        assertThat(hints.path()).isEqualTo("web");
        assertThat(hints.dockerfile()).isNull();
        assertThat(hints.args()).isEmpty();
        assertThat(hints.port()).isEqualTo(3000);
        assertThat(hints.startsItself()).isTrue();
    }

    @Test
    void of_build_namesItsDockerfileAndArguments() {
        App.Build build = new App.Build("web.Dockerfile", Map.of("B", "2", "A", "1"));
        Hints hints = Hints.of(WEB, build, null, false);
        assertThat(hints.dockerfile()).isEqualTo("web.Dockerfile");
        assertThat(hints.args()).containsExactly("A", "B");
        assertThat(hints.port()).isNull();
    }
}
