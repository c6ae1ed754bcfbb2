package dev.berth.liberty.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.status.Vitals;
import dev.berth.schemas.Json;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class HealthTest {
    private static final String NOBODY_KNOWS =
            "Berth can't tell whether it may write: the stamps on the engine can't be read";

    private static final Vitals WELL =
            new Vitals(true, Instant.EPOCH, false, 7, true, "this Berth writes", false);

    private static Vitals undecided(boolean forAMinute) {
        return new Vitals(true, Instant.EPOCH, false, 7, true, NOBODY_KNOWS, forAMinute);
    }

    @Test
    void whole_allIsWell_is200() {
        assertThat(Health.whole(WELL, null))
                .returns(200, Health::code)
                .returns("UP", Health::status);
        assertThat(Health.whole(WELL, null).checks())
                .extracting(Health.Check::status)
                .containsOnly("UP");
    }

    @Test
    void whole_nobodyCouldTellForAMinuteWhoWrites_is503AndSaysWhy() {
        Health health = Health.whole(undecided(true), null);

        assertThat(health.code()).isEqualTo(503);
        assertThat(Json.write(health))
                .startsWith("{\"status\":\"DOWN\"")
                .contains(
                        "{\"name\":\"writer\",\"status\":\"DOWN\",\"detail\":\"%s\"}"
                                .formatted(NOBODY_KNOWS));
    }

    @Test
    void whole_nobodyCanTellWhoWritesForSeconds_is200() {
        assertThat(Health.whole(undecided(false), null).code()).isEqualTo(200);
    }

    @Test
    void whole_anotherBerthWrites_is200AndSaysSo() {
        Vitals follower =
                new Vitals(true, Instant.EPOCH, false, 0, true, "another Berth writes", false);

        assertThat(Health.whole(follower, null).code()).isEqualTo(200);
        assertThat(Health.whole(follower, null).checks())
                .contains(new Health.Check("writer", "UP", "another Berth writes"));
    }

    @Test
    void forASupervisor_nobodyCanTellWhoWrites_is200BecauseARestartMendsNothing() {
        assertThat(
                        Stream.of(
                                Health.live(),
                                Health.started(undecided(true)),
                                Health.ready(undecided(true), null)))
                .allMatch(health -> health.code() == 200);
        assertThat(Health.ready(undecided(true), null).checks())
                .contains(new Health.Check("writer", "DOWN", NOBODY_KNOWS));
    }

    @Test
    void everyQuestionButLive_loopDoesNotRun_is503() {
        Vitals stopped = new Vitals(false, null, false, 0, true, "this Berth writes", false);

        assertThat(
                        Stream.of(
                                Health.started(stopped),
                                Health.ready(stopped, null),
                                Health.whole(stopped, null)))
                .allMatch(health -> health.code() == 503);
        assertThat(Health.live().code()).isEqualTo(200);
    }

    @Test
    void ready_historySourceAndEdgeAreAway_is200AndSaysSo() {
        Vitals alone = new Vitals(true, null, true, 0, false, "this Berth writes", false);

        Health health = Health.ready(alone, "refused");

        assertThat(health.code()).isEqualTo(200);
        assertThat(health.checks())
                .filteredOn(check -> check.status().equals("DOWN"))
                .extracting(Health.Check::name)
                .containsExactly("history", "source", "edge");
    }
}
