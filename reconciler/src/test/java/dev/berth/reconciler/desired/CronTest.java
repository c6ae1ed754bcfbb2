package dev.berth.reconciler.desired;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.schemas.config.App;
import dev.berth.schemas.config.ResourceId;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CronTest {
    private final Repo repo = Repo.withInstance();

    private Repo cron(String entries) {
        return repo.file(
                "shop.yaml",
                Repo.app(
                        "shop",
                        "\n  image: shop\n  port: 80\n  env: {A: b}\n  volumes: [{name: v, path: /v}]\n  cron:\n    - "
                                + entries));
    }

    private List<DesiredCron> load(String entries) {
        return cron(entries).app("shop").crons();
    }

    @Test
    void load_shortest_hasDefaultsAndTheAppsSurroundings() {
        DesiredCron prune =
                load("{name: prune, schedule: '0 3 * * *', command: [prune, all]}").getFirst();

        assertThat(prune.id()).hasToString("job/shop.prune");
        assertThat(prune.app()).isEqualTo(ResourceId.app("shop"));
        assertThat(prune.schedule()).hasToString("0 3 * * * UTC");
        assertThat(prune.concurrency()).isEqualTo(App.Concurrency.FORBID);
        assertThat(prune.command().timeout()).isEqualTo(Duration.ofHours(1));
        assertThat(prune.keep()).isEqualTo(3);
        ContainerTemplate template = prune.command().template();
        assertThat(template.image()).isEqualTo("shop");
        assertThat(template.command()).containsExactly("prune", "all");
        assertThat(template.env()).containsEntry("A", "b").containsEntry("BERTH_CRON", "prune");
        assertThat(template.mounts()).containsOnlyKeys("/v");
        assertThat(template.port()).isNull();
    }

    @Test
    void load_allGiven_isAsGiven() {
        DesiredCron prune =
                load("{name: prune, schedule: '@daily', timezone: Europe/Berlin, command: prune, concurrency: replace, timeout: 5m, keep: 9}")
                        .getFirst();

        assertThat(prune.schedule()).hasToString("@daily Europe/Berlin");
        assertThat(prune.concurrency()).isEqualTo(App.Concurrency.REPLACE);
        assertThat(prune.command().timeout()).isEqualTo(Duration.ofMinutes(5));
        assertThat(prune.keep()).isEqualTo(9);
    }

    @Test
    void load_onlyTheScheduleChanges_noReleaseIsMade() {
        DesiredApp before = cron("{name: prune, schedule: '@daily', command: prune}").app("shop");
        DesiredApp after = cron("{name: prune, schedule: '@hourly', command: prune}").app("shop");

        assertThat(after.generation()).isEqualTo(before.generation());
        assertThat(after.crons().getFirst().generation())
                .isNotEqualTo(before.crons().getFirst().generation());
    }

    @Test
    void load_badExpression_saysWhichFieldWhereAndWhatIsAllowed() {
        cron("{name: prune, schedule: 0 25 * * *, command: prune}");

        assertThat(repo.problems())
                .containsExactly(
                        "shop.yaml:10:31 spec.cron[0].schedule: hour: expected 0 to 23, a range, a list or *, got \"25\" [E-VALUE]");
    }

    @Test
    void load_unknownTimeZone_namesTheNearest() {
        cron("{name: prune, schedule: '@daily', timezone: Europe/Berln, command: prune}");

        assertThat(repo.problems())
                .singleElement()
                .asString()
                .contains(
                        "spec.cron[0].timezone: there is no time zone Europe/Berln, did you mean Europe/Berlin?");
    }

    @Test
    void load_nameTwice_isAProblem() {
        cron(
                "{name: prune, schedule: '@daily', command: a}\n    - {name: prune, schedule: '@hourly', command: b}");

        assertThat(repo.problems())
                .singleElement()
                .asString()
                .contains("spec.cron[1].name: two are named prune");
    }

    @Test
    void load_withoutCommandOrForASite_isAProblem() {
        cron("{name: prune, schedule: '@daily'}");
        assertThat(repo.problems()).singleElement().asString().contains("spec.cron[0]", "command");

        repo.file("sites/x/index.html", "x");
        repo.file(
                "shop.yaml",
                Repo.app(
                        "shop",
                        "{static: {path: sites/x}, cron: [{name: a, schedule: '@daily', command: b}]}"));
        assertThat(repo.problems()).singleElement().asString().contains("spec.cron");
    }

    @Test
    void load_mistakeInASchedule_keepsTheLastRightOne() {
        load("{name: prune, schedule: '@daily', command: prune}");

        List<DesiredCron> kept = load("{name: prune, schedule: never, command: prune}");

        assertThat(kept).singleElement().matches(c -> c.schedule().text().equals("@daily"));
    }
}
