package dev.berth.reconciler.foresight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.desired.Problem;
import dev.berth.reconciler.foresight.Forecast.Checked;
import dev.berth.reconciler.foresight.Forecast.Planned;
import dev.berth.reconciler.foresight.Forecast.Unread;
import dev.berth.reconciler.foresight.Forecast.Verdict;
import dev.berth.reconciler.secret.AgeKeys;
import dev.berth.reconciler.secret.Sealing;
import dev.berth.reconciler.secret.SecretRef;
import dev.berth.schemas.config.ResourceId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plans of what is not followed, over a real repo. */
final class ForesightTest {
    private static final String V1 = "{image: 'shop:1', port: 80}";
    private static final String V2 = "{image: 'shop:2', port: 80}";

    @TempDir Path directory = Path.of("");
    private final AgeKeys keys = Sealing.newKeys();
    private Ground ground;

    @BeforeEach
    void start() throws Exception {
        ground = new Ground(directory, keys);
        ground.engine.withImages("shop:1", "shop:2");
        ground.instance("{domain: localhost}");
        ground.app("shop", V1);
        follow();
    }

    @AfterEach
    void end() {
        ground.close();
    }

    private void follow() throws InterruptedException {
        ground.repo.commitAndPush("followed");
        ground.pass();
        ground.engine.forgetCalls();
    }

    private Planned planned(String name) {
        assertThat(ground.forecast(name)).isInstanceOf(Planned.class);
        return (Planned) ground.forecast(name);
    }

    private static List<String> told(Planned planned) {
        return planned.prospects().stream().map(p -> p.effect() + " " + p.resource()).toList();
    }

    @Test
    void of_pullRequest_tellsWhatMergingItWouldDoAndDoesNothing() throws Exception {
        ground.app("shop", V2);
        ground.app("blog", V1);
        ground.propose(12);
        ground.app("docs", V1);
        follow(); // main goes on beside it
        String remembered = Files.readString(directory.resolve("last-good/last-good.json"));

        Planned plan = planned("pull/12");

        assertThat(told(plan)).containsExactly("CREATE app/blog", "REPLACE app/shop");
        assertThat(plan.headline()).isEqualTo("1 to create, 1 to replace");
        assertThat(plan.verdict()).isEqualTo(Verdict.GOOD);
        assertThat(plan.text())
                .contains("looked at as merged into main at ")
                .contains("image changed: shop:1 -> shop:2")
                .doesNotContain("docs");
        assertThat(ground.engine.writeCount()).isZero();
        assertThat(Files.readString(directory.resolve("last-good/last-good.json")))
                .isEqualTo(remembered);
    }

    @Test
    void of_conflict_isLookedAtAloneAndSaysSo() throws Exception {
        ground.app("shop", V2);
        ground.propose(1);
        ground.app("shop", "{image: 'shop:1', port: 81}");
        follow();

        Planned plan = planned("pull/1");

        assertThat(plan.subject().notes())
                .singleElement()
                .asString()
                .contains("can't be merged into main")
                .contains("conflicts in apps/shop.yaml");
        assertThat(plan.verdict()).isEqualTo(Verdict.BAD);
        assertThat(plan.headline()).startsWith("can't be merged into main; as it is: 1 to ");
        assertThat(PlanMarkdown.of(plan)).startsWith("### Plan: can't be merged into main;");
    }

    @Test
    void of_commitThatIsFollowedOrSquashed_saysSo() throws Exception {
        ground.app("shop", V2);
        String head = ground.propose(14);
        assertThat(planned("pull/14").subject().had()).isEqualTo(Forecast.Had.NOT);
        ground.app("shop", V2);
        follow(); // the same files, by a commit of its own
        assertThat(planned("pull/14").subject().had()).isEqualTo(Forecast.Had.FILES);
        ground.repo.git("merge", "-q", "-m", "merge", head);
        follow();

        assertThat(planned("pull/14").subject().had()).isEqualTo(Forecast.Had.COMMIT);
    }

    @Test
    void of_sameMistakeInAnotherDocument_isItsOwn() throws Exception {
        String wrong = "{image: 'shop:1', port: 80, replicas: two}";
        ground.repo.write("apps/all.yaml", app("a", wrong) + "---\n" + app("b", V1));
        follow();
        ground.repo.write("apps/all.yaml", app("a", V1) + "---\n" + app("b", wrong));
        ground.propose(15);
        ground.repo.write("apps/all.yaml", app("a", wrong) + "---\n" + app("b", V1));
        ground.repo.write("apps/twice.yaml", "kind: App\n");
        follow();
        ground.repo.write("apps/twice.yaml", "kind: App\n---\nkind: App\n");
        ground.propose(16);

        assertThat(planned("pull/15").problems().own()).hasSize(1);
        assertThat(planned("pull/15").verdict()).isEqualTo(Verdict.BAD);
        assertThat(planned("pull/16").problems().own())
                .as("one that was there once and is there twice")
                .isNotEmpty();
        assertThat(planned("pull/16").problems().older()).isNotEmpty();
    }

    private static String app(String name, String spec) {
        return "apiVersion: berth/v1\nkind: App\nmetadata: {name: %s}\nspec: %s\n"
                .formatted(name, spec);
    }

    @Test
    void of_mistakeInAFileThatMergingChanges_knowsItsLineInTheCommit() throws Exception {
        String tail = "\n# 1\n# 2\n# 3\n# 4\n# 5\n";
        ground.repo.write("apps/all.yaml", app("a", V1) + tail);
        follow();
        ground.repo.write(
                "apps/all.yaml",
                app("a", V1) + tail + "---\n" + app("b", "{image: x, port: 1, prot: 2}"));
        ground.propose(17);
        ground.repo.write("apps/all.yaml", "# one\n# two\n" + app("a", V1) + tail);
        follow();

        Planned plan = planned("pull/17");

        assertThat(plan.problems().own())
                .singleElement()
                .satisfies(
                        problem -> {
                            assertThat(problem.location().line()).isEqualTo(17);
                            assertThat(plan.problems().line(problem)).isEqualTo(15);
                        });
    }

    @Test
    void of_commitOfNoBranch_isOnlyCheckedWhenJustNamed() {
        ground.app("blog", "{source: {repo: 'https://evil.example/x'}, port: 80}");
        String head = ground.propose(18);
        ground.keysAsked.set(0);

        for (String name : List.of("pull/18", "refs/pull/18/head", head)) {
            Forecast forecast = ground.foresight.of(Proposal.named(name));
            assertThat(forecast).as(name).isInstanceOf(Checked.class);
            assertThat(forecast.headline())
                    .startsWith("no problems, 1 new document; not planned, because no branch");
        }
        assertThat(ground.keysAsked).hasValue(0);
        assertThat(ground.reposRead).isEmpty();

        ground.repo.git("push", "-q", "origin", head + ":refs/heads/next");
        assertThat(ground.foresight.of(Proposal.named("pull/18"))).isInstanceOf(Planned.class);
    }

    @Test
    void of_changeThatIsDueAnyway_isNotItsDoing() throws Exception {
        ground.app("blog", V1);
        ground.propose(2);
        String container = ground.engine.containers("home").getFirst().name();
        ground.engine.byHand().remove(container);

        Planned plan = planned("pull/2");

        assertThat(told(plan)).containsExactly("CREATE app/blog");
        assertThat(plan.anyway()).containsExactly(ResourceId.app("shop"));
        assertThat(plan.text()).contains("under way with or without it: app/shop");
    }

    @Test
    void of_manyRemoved_waitsForAPersonAndSaysHowToConfirm() throws Exception {
        for (int i = 0; i < 7; i++) {
            ground.app("app-" + i, V1);
        }
        follow();
        for (int i = 0; i < 7; i++) {
            Files.delete(ground.repo.work().resolve("apps/app-%d.yaml".formatted(i)));
        }
        ground.propose(3);

        Planned plan = planned("pull/3");

        assertThat(plan.headline()).isEqualTo("7 wait for a person");
        assertThat(PlanMarkdown.of(plan))
                .contains("#### Waiting for a person")
                .containsOnlyOnce("prune: {confirm: [app/app-0,");
    }

    @Test
    void of_mistakes_tellsItsOwnFromOlderOnes() throws Exception {
        ground.app("old", "{image: 'shop:1', replicas: many}");
        follow();
        ground.app("shop", "{image: 'shop:1', port: 80, replicas: two}");
        ground.propose(4);

        Planned plan = planned("pull/4");

        assertThat(plan.problems().own())
                .extracting(Problem::toString)
                .singleElement()
                .asString()
                .startsWith("apps/shop.yaml:4:")
                .contains("spec.replicas");
        assertThat(plan.problems().older()).hasSize(1);
        assertThat(plan.verdict()).isEqualTo(Verdict.BAD);
        assertThat(plan.headline()).isEqualTo("1 problem, nothing to change");
        assertThat(planned("main").problems().own()).hasSize(1);
    }

    @Test
    void of_secretChanged_tellsItsNameAndMakesNoValueCount() throws Exception {
        secret("token-of-main");
        ground.app("shop", "{image: 'shop:1', port: 80, env: {TOKEN: {fromSecret: api.token}}}");
        follow();
        secret("token-proposed");
        ground.propose(5);

        Planned plan = planned("pull/5");

        assertThat(plan.text() + PlanMarkdown.of(plan))
                .contains("secret changed: api.token (env.TOKEN)")
                .doesNotContain("token-of-main", "token-proposed");
        assertThat(ground.vault.held(new SecretRef("api", "token")))
                .isNotNull()
                .satisfies(value -> assertThat(value.text()).isEqualTo("token-of-main"));
    }

    private void secret(String token) {
        ground.repo.write(
                "api.yaml",
                Sealing.sealed(
                        """
                        apiVersion: berth/v1
                        kind: Secret
                        metadata: {name: api}
                        data: {token: %s}
                        """
                                .formatted(token),
                        keys));
    }

    @Test
    void of_fork_checksDocumentsWithoutKeysOrOtherRepos() throws Exception {
        secret("token-of-main");
        follow();
        secret("token-of-a-stranger");
        ground.app("evil", "{source: {repo: 'https://evil.example/x'}, port: 80}");
        ground.app(
                "blog",
                "{image: 'shop:1', port: 80, replicas: two, env: {TOKEN: {fromSecret: api.token}}}");
        ground.propose(6);
        ground.keysAsked.set(0);

        Forecast forecast = ground.foresight.of(new Proposal("pull/6", false, null));

        assertThat(forecast).isInstanceOf(Checked.class);
        Checked checked = (Checked) forecast;
        assertThat(checked.locked()).containsExactly("api.yaml");
        assertThat(checked.problems().own())
                .extracting(p -> p.location().file())
                .containsExactly("apps/blog.yaml");
        assertThat(checked.verdict()).isEqualTo(Verdict.BAD);
        assertThat(checked.headline())
                .isEqualTo(
                        "1 problem, 2 new documents, not looked into: api.yaml; not planned, because it comes from a fork");
        assertThat(checked.come()).containsExactly(ResourceId.app("blog"), ResourceId.app("evil"));
        assertThat(checked.go()).isEmpty();
        assertThat(ground.keysAsked).hasValue(0);
        assertThat(ground.reposRead).isEmpty();
        assertThat(PlanMarkdown.of(checked)).contains("### Check: 1 problem");
    }

    @Test
    void of_forkWhereTheInstanceNeedsWhatIsSealed_isCheckedAllTheSame() throws Exception {
        secret("token-of-main");
        ground.instance("{forges: [{host: github.com, token: {fromSecret: api.token}}]}");
        follow();
        ground.app("blog", V1);
        ground.propose(6);

        Forecast forecast = ground.foresight.of(new Proposal("pull/6", false, null));

        assertThat(forecast).isInstanceOf(Checked.class);
        assertThat(forecast.verdict()).isEqualTo(Verdict.GOOD);
        assertThat(forecast.headline()).contains("not looked into: api.yaml");
    }

    @Test
    void of_trustedCommitWithARepoThatIsGone_looksAndSaysSo() {
        ground.app("api", "{source: {repo: 'https://git.example/api'}, port: 80}");
        ground.propose(7);

        Planned plan = planned("pull/7");

        assertThat(ground.reposRead).contains("https://git.example/api");
        assertThat(plan.subject().notes())
                .containsExactly(
                        "app/api can't be planned yet: its source can't be read: no repo https://git.example/api");
        assertThat(plan.verdict()).isEqualTo(Verdict.UNKNOWN);
        assertThat(plan.headline()).isEqualTo("1 can't be planned yet");
    }

    @Test
    void of_otherCommitThanTheTrustedOne_isNotLookedInto() {
        ground.app("shop", V2);
        String head = ground.propose(9);
        ground.keysAsked.set(0);

        Forecast moved = ground.foresight.of(new Proposal("pull/9", true, "1".repeat(40)));

        assertThat(moved).isInstanceOf(Forecast.Moved.class);
        assertThat(moved.text()).contains("not at commit 111111111111 any more, but at ");
        assertThat(ground.keysAsked).hasValue(0);
        assertThat(ground.foresight.of(new Proposal("pull/9", true, head)))
                .isInstanceOf(Planned.class);
    }

    @Test
    void of_nothingThere_claimsNothing() {
        Forecast forecast = ground.forecast("pull/99");

        assertThat(forecast).isInstanceOf(Unread.class);
        assertThat(forecast.verdict()).isEqualTo(Verdict.UNKNOWN);
        assertThat(PlanMarkdown.of(forecast)).contains("has no branch, tag, pull request");
    }

    @Test
    void of_engineDown_claimsNothing() {
        ground.app("shop", V2);
        ground.propose(8);
        ground.engine.down();

        Forecast forecast = ground.forecast("pull/8");

        assertThat(forecast).isInstanceOf(Forecast.Unclear.class);
        assertThat(forecast.verdict()).isEqualTo(Verdict.UNKNOWN);
        assertThat(forecast.text()).contains("nothing is changed");
    }

    @Test
    void of_beforeAnyPass_claimsNothing() {
        try (Ground fresh = new Ground(directory.resolve("other"), keys)) {
            assertThat(fresh.forecast("main").verdict()).isEqualTo(Verdict.UNKNOWN);
        }
    }
}
