package dev.berth.reconciler.desired;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which apps go back by themselves, and for how long. */
final class RollbackWindowFieldTest {
    private final Repo repo = Repo.withInstance();

    private DesiredApp app(String spec) {
        return repo.file("shop.yaml", Repo.app("shop", spec)).app("shop");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{image: x} | PT5M",
                "{image: x, rollout: {rollbackWindow: 0s}} | PT0S",
                "{image: x, rollout: {rollbackWindow: 1h}} | PT1H",
                "{image: x, volumes: [{name: v, path: /v}]} | PT5M",
                "{image: x, release: {command: migrate}} | PT0S",
                "{image: x, release: {command: migrate}, rollout: {rollbackWindow: 2m}} | PT2M",
                "{image: x, rollout: {strategy: recreate}} | PT0S",
                "{image: x, rollout: {strategy: recreate, rollbackWindow: 0s}} | PT0S",
                "{image: x, suspend: true, rollout: {rollbackWindow: 2m}} | PT0S",
                "{image: x, pin: '3f2a91c0', rollout: {rollbackWindow: 2m}} | PT0S",
            })
    void load_window_isWhatIsSafeUnlessSaid(String spec, Duration window) {
        assertThat(app(spec).rollbackWindow()).isEqualTo(window);
    }

    @Test
    void load_windowChanged_isTheSameGeneration() {
        assertThat(app("{image: x, rollout: {rollbackWindow: 1m}}").generation())
                .isEqualTo(app("{image: x}").generation());
    }

    @Test
    void load_windowOfWhatCantRunTwice_isAProblem() {
        repo.file(
                "shop.yaml",
                Repo.app("shop", "{image: x, rollout: {strategy: recreate, rollbackWindow: 1m}}"));

        assertThat(repo.problems())
                .singleElement()
                .asString()
                .contains("spec.rollout.rollbackWindow: an app with strategy recreate can't");
    }

    @ParameterizedTest
    @ValueSource(strings = {"61m", "-1s", "soon"})
    void load_windowOutOfBounds_isAProblem(String window) {
        repo.file(
                "shop.yaml",
                Repo.app("shop", "{image: x, rollout: {rollbackWindow: %s}}".formatted(window)));

        assertThat(repo.problems())
                .singleElement()
                .asString()
                .contains("spec.rollout.rollbackWindow: ");
    }
}
