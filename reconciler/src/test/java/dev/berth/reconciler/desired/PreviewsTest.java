package dev.berth.reconciler.desired;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.berth.reconciler.forge.ForgeRepo;
import dev.berth.reconciler.preview.OpenPull;
import dev.berth.reconciler.preview.PreviewRules;
import dev.berth.reconciler.preview.Previews;
import dev.berth.reconciler.preview.Pull;
import dev.berth.reconciler.preview.RepoPulls;
import dev.berth.reconciler.secret.AgeKeys;
import dev.berth.reconciler.secret.Sealing;
import dev.berth.reconciler.secret.SecretRef;
import dev.berth.reconciler.source.Revision;
import dev.berth.reconciler.source.SourceReading;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.ReasonCode;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a pull request makes of the document of an app. */
final class PreviewsTest {
    private static final String SHOP = "https://forge.example.com/acme/shop.git";
    private static final ResourceId APP = ResourceId.app("shop");
    private static final ResourceId PREVIEW = ResourceId.app("shop.pr-12");

    private final Repo repo = Repo.withInstance();
    private @Nullable List<OpenPull> open = List.of();

    @BeforeEach
    void pulls() {
        repo.previews =
                (app, rules, url) -> {
                    List<OpenPull> pulls = open;
                    return pulls == null
                            ? new Previews.Unknown("nobody has told")
                            : new Previews.Known(
                                    Objects.requireNonNullElse(url, SHOP),
                                    new PreviewRules(app, rules)
                                            .decide(
                                                    new RepoPulls.Known(pulls, List.of()),
                                                    Instant.EPOCH.plusSeconds(60)),
                                    new TreeSet<>());
                };
        repo.appRepos.put(SHOP, Repo.fresh(1, code("main")));
        commit(Pull.commit(12), code("change"));
    }

    private static FakeTree code(String text) {
        return new FakeTree().with("Dockerfile", "FROM scratch\n").with("text", text);
    }

    private void commit(String commit, FakeTree files) {
        repo.appRepos.put(
                SHOP + "@" + commit,
                new SourceReading.Fresh(
                        new Revision("refs/pull/12/head", commit, "Ada", Instant.EPOCH), files));
    }

    private Repo declare(String more) {
        return repo.file(
                "shop.yaml",
                Repo.app(
                        "shop",
                        "{source: {repo: %s, branch: main}, port: 3000%s}".formatted(SHOP, more)));
    }

    private static Workload.Containers containers(DesiredState.Known state, ResourceId app) {
        return (Workload.Containers) app(state, app).workload();
    }

    private static DesiredApp app(DesiredState.Known state, ResourceId app) {
        return Objects.requireNonNull(state.apps().get(app), app::toString);
    }

    @Test
    void load_openPull_isAnAppOfItsOwn() {
        declare(", previews: {}, replicas: 3, volumes: [{name: data, path: /data}]");
        open = List.of(Pull.number(12).open());

        DesiredState.Known known = repo.known();

        assertThat(known.problems()).isEmpty();
        Workload.Containers preview = containers(known, PREVIEW);
        assertThat(preview.main().replicas()).isEqualTo(1);
        assertThat(containers(known, APP).main().replicas()).isEqualTo(3);
        assertThat(preview.volumes())
                .containsExactly("berth_home_shop.pr-12_data-" + ForgeRepo.mark(SHOP));
        assertThat(preview.image().reference()).startsWith("berth/shop.pr-12:");
        assertThat(app(known, PREVIEW).sourceRevision()).isEqualTo(Pull.commit(12));
        assertThat(known.routes())
                .extracting(DesiredRoute::host)
                .containsExactlyInAnyOrder("shop.localhost", "pr-12-shop.localhost");
        assertThat(preview.main().template().env())
                .containsEntry("BERTH_APP", "shop")
                .containsEntry("BERTH_PR_NUMBER", "12")
                .containsEntry("BERTH_URL", "http://pr-12-shop.localhost");
        assertThat(known.previews()).singleElement().extracting(PreviewState::fault).isNull();
    }

    @Test
    void load_noPreviewsDeclared_isNone() {
        declare("");
        open = List.of(Pull.number(12).open());

        assertThat(repo.known().apps()).containsOnlyKeys(APP);
    }

    @Test
    void load_secretsOfTheApp_areNotThoseOfItsPreviews() {
        repo.keys = Sealing.newKeys();
        repo.file(
                "secrets.yaml",
                Sealing.sealed(
                        "apiVersion: berth/v1\nkind: Secret\nmetadata:\n  name: shop\ndata:\n  key: live\n  other: test\n",
                        repo.keys));
        declare(
                ", env: {LEVEL: info, KEY: {fromSecret: shop.key}, OTHER: {fromSecret: shop.key}}"
                        + ", previews: {env: {OTHER: {fromSecret: shop.other}, LEVEL: debug}}");
        open = List.of(Pull.number(12).open());

        DesiredState.Known known = repo.known();

        ContainerTemplate template = containers(known, PREVIEW).main().template();
        assertThat(template.env()).containsEntry("LEVEL", "debug").doesNotContainKey("KEY");
        assertThat(template.secretEnv()).containsOnlyKeys("OTHER");
        assertThat(known.secrets()).containsKey(new SecretRef("shop", "other"));
    }

    @Test
    void load_secretOfPreviewsThatIsNot_isAMistakeWithItsPlace() {
        declare(", previews: {env: {KEY: {fromSecret: none.key}}}");

        assertThat(repo.problems())
                .singleElement()
                .asString()
                .startsWith("shop.yaml:4:")
                .contains("spec.previews.env.KEY.fromSecret");
    }

    @Test
    void load_codeOfThePullIsWrong_isToldOfThePreviewAlone() {
        declare(", previews: {}");
        open = List.of(Pull.number(12).open());
        commit(Pull.commit(12), new FakeTree().with("notes.txt", "nothing to build"));

        DesiredState.Known known = repo.known();

        assertThat(known.problems()).isEmpty();
        assertThat(known.apps()).containsOnlyKeys(APP);
        assertThat(known.previews())
                .singleElement()
                .satisfies(
                        state ->
                                assertThat(state.fault())
                                        .isNotNull()
                                        .extracting(PreviewState.Fault::reason)
                                        .isEqualTo(ReasonCode.BuildFailed));
        assertThat(known.holds(PREVIEW)).as("what lives of it stays").isTrue();
    }

    @Test
    void load_codeOfThePullCantBeRead_isToldAsThatAndWhatLivesStays() {
        declare(", previews: {}");
        open = List.of(Pull.number(12).open());
        repo.appRepos.put(
                SHOP + "@" + Pull.commit(12), new SourceReading.Unavailable("it answers 500"));

        DesiredState.Known known = repo.known();

        assertThat(known.apps()).containsOnlyKeys(APP);
        assertThat(known.previews())
                .singleElement()
                .satisfies(
                        state ->
                                assertThat(state.fault())
                                        .isNotNull()
                                        .extracting(PreviewState.Fault::reason)
                                        .isEqualTo(ReasonCode.SourceUnavailable));
        assertThat(known.holds(PREVIEW)).isTrue();
    }

    @Test
    void load_secretOfTheAppGivenToPreviews_isAMistake() {
        repo.keys = Sealing.newKeys();
        repo.file(
                "secrets.yaml",
                Sealing.sealed(
                        "apiVersion: berth/v1\nkind: Secret\nmetadata:\n  name: shop\ndata:\n  key: live\n",
                        repo.keys));
        declare(
                ", env: {KEY: {fromSecret: shop.key}}, previews: {env: {KEY: {fromSecret: shop.key}}}");

        assertThat(repo.problems())
                .singleElement()
                .asString()
                .contains("spec.previews.env.KEY.fromSecret: app/shop uses ");
    }

    private void seal(String name, String data) {
        repo.file(
                name + ".yaml",
                Sealing.sealed(
                        "apiVersion: berth/v1\nkind: Secret\nmetadata:\n  name: %s\ndata:\n%s"
                                .formatted(name, data),
                        repo.keys));
    }

    @Test
    void load_secretOfAnyOtherDocumentGivenToPreviews_isAMistake() {
        repo.keys = Sealing.newKeys();
        seal("keys", "  other: a\n  group: b\n  alert: c\n  file: d\n  free: e\n");
        repo.file(
                "other.yaml",
                Repo.app("other", "{image: nginx, env: {K: {fromSecret: keys.other}}}"));
        repo.file(
                "file.yaml",
                Repo.app("file", "{image: nginx, secrets: [{secret: keys, key: file, path: k}]}"));
        repo.file(
                "group.yaml",
                """
                apiVersion: berth/v1
                kind: EnvGroup
                metadata: {name: all}
                spec: {env: {K: {fromSecret: keys.group}}}
                """);
        repo.file(
                "alert.yaml",
                """
                apiVersion: berth/v1
                kind: Alert
                metadata: {name: people}
                spec: {slack: {url: {fromSecret: keys.alert}}}
                """);
        declare(
                ", previews: {env: {A: {fromSecret: keys.other}, B: {fromSecret: keys.group},"
                        + " C: {fromSecret: keys.alert}, D: {fromSecret: keys.file},"
                        + " E: {fromSecret: keys.free}}}");

        assertThat(repo.problems())
                .hasSize(4)
                .anyMatch(p -> p.contains("previews.env.A.fromSecret: app/other uses keys.other"))
                .anyMatch(
                        p -> p.contains("previews.env.B.fromSecret: envgroup/all uses keys.group"))
                .anyMatch(
                        p -> p.contains("previews.env.C.fromSecret: alert/people uses keys.alert"))
                .anyMatch(p -> p.contains("previews.env.D.fromSecret: app/file uses keys.file"));
    }

    @Test
    void load_secretOfTheAppGivenToPreviewsWhileItCannotBeOpened_isAMistake() {
        repo.keys = Sealing.newKeys();
        seal("keys", "  live: a\n");
        declare(", env: {K: {fromSecret: keys.live}}");
        assertThat(repo.known().problems()).isEmpty();
        repo.keys = AgeKeys.none();
        declare(
                ", env: {K: {fromSecret: keys.live}}, previews: {env: {A: {fromSecret: keys.live}}}");

        assertThat(repo.problems())
                .anyMatch(p -> p.contains("previews.env.A.fromSecret: app/shop uses keys.live"));
    }

    @Test
    void load_oneKeyForPreviewsOfSeveralApps_isRight() {
        repo.keys = Sealing.newKeys();
        seal("keys", "  free: e\n");
        declare(", previews: {env: {A: {fromSecret: keys.free}}}");
        repo.file(
                "other.yaml",
                Repo.app(
                        "other",
                        "{source: {repo: %s}, port: 80, previews: {env: {A: {fromSecret: keys.free}}}}"
                                .formatted(SHOP)));

        assertThat(repo.problems()).isEmpty();
    }

    @Test
    void load_nobodyHasLimitedIt_hasUsualLimits() {
        declare(", resources: {cpus: 2}, previews: {}");
        open = List.of(Pull.number(12).open());

        ContainerTemplate template = containers(repo.known(), PREVIEW).main().template();

        assertThat(template.memoryBytes()).isEqualTo(1L << 30);
        assertThat(template.cpuMillis()).isEqualTo(2000);
    }

    @Test
    void load_pushThatCantBeBuilt_staysAtTheCommitBefore() {
        declare(", previews: {}");
        open = List.of(Pull.number(12).open());
        String image = containers(repo.known(), PREVIEW).image().reference();
        open = List.of(Pull.number(12).at(Pull.commit(13)).open());
        commit(Pull.commit(13), new FakeTree().with("notes.txt", "nothing to build"));

        DesiredState.Known known = repo.known();

        assertThat(containers(known, PREVIEW).image().reference()).isEqualTo(image);
        assertThat(known.waiting()).containsKey(PREVIEW);
        assertThat(fault(known).reason()).isEqualTo(ReasonCode.BuildFailed);
        assertThat(fault(known).message()).contains("in " + SHOP.replace(".git", ""));
    }

    private static PreviewState.Fault fault(DesiredState.Known known) {
        assertThat(known.previews()).hasSize(1);
        return Objects.requireNonNull(known.previews().getFirst().fault());
    }

    @Test
    void load_pushThatCantBeRead_staysAtTheCommitBeforeAndIsNoMistakeOfThePush() {
        declare(", previews: {}");
        open = List.of(Pull.number(12).open());
        String image = containers(repo.known(), PREVIEW).image().reference();
        open = List.of(Pull.number(12).at(Pull.commit(13)).open());

        DesiredState.Known known = repo.known();

        assertThat(containers(known, PREVIEW).image().reference()).isEqualTo(image);
        assertThat(fault(known).reason()).isEqualTo(ReasonCode.SourceUnavailable);
        assertThat(fault(known).message()).isEqualTo("its code can't be read: can't reach " + SHOP);
    }

    @Test
    void load_commitThatRunsCantBeReadAnyMore_isAsItShouldBe() {
        declare(", previews: {}");
        open = List.of(Pull.number(12).open());
        repo.known();
        repo.appRepos.remove(SHOP + "@" + Pull.commit(12));

        assertThat(repo.known().previews())
                .singleElement()
                .extracting(PreviewState::fault)
                .isNull();
    }

    @Test
    void load_hostThatAnotherHas_isTheOthers() {
        declare(", previews: {}");
        repo.file(
                "mine.yaml",
                Repo.app("mine", "{image: nginx, port: 80, domains: [pr-12-shop.localhost]}"));
        open = List.of(Pull.number(12).open());

        DesiredState.Known known = repo.known();

        assertThat(known.problems()).isEmpty();
        assertThat(known.apps()).doesNotContainKey(PREVIEW);
        assertThat(known.previews())
                .singleElement()
                .extracting(PreviewState::fault)
                .asString()
                .contains("claimed");
        assertThat(known.holds(PREVIEW)).as("its place is another's, its data is not").isTrue();
        assertThat(known.routes())
                .extracting(DesiredRoute::owner)
                .containsExactlyInAnyOrder(APP, ResourceId.app("mine"));
    }

    @Test
    void load_hostWhereBerthsOwnPagesAre_isNoPreviews() {
        declare(", previews: {}");
        repo.file(
                "berth.yaml",
                "apiVersion: berth/v1\nkind: Instance\nmetadata: {name: home}\nspec: {url: 'https://pr-12-shop.localhost'}\n");
        open = List.of(Pull.number(12).open());

        DesiredState.Known known = repo.known();

        assertThat(known.apps()).containsOnlyKeys(APP);
        assertThat(known.previews())
                .singleElement()
                .extracting(PreviewState::fault)
                .isEqualTo(
                        PreviewState.Fault.conflict(
                                "its host pr-12-shop.localhost is where Berth's own pages are (spec.url of instance/home)"));
    }

    @Test
    void load_appWithACertificateOfItsOwn_doesNotGiveItToPreviews() {
        declare(", previews: {}, tls: {profile: shortlived}");
        open = List.of(Pull.number(12).open());

        assertThat(repo.known().routes())
                .extracting(DesiredRoute::host, route -> route.tls().profile())
                .containsExactlyInAnyOrder(
                        tuple("shop.localhost", "shortlived"), tuple("pr-12-shop.localhost", null));
    }

    @Test
    void load_repoIsWrittenOtherwise_volumesOfItsPreviewsAreTheSame() {
        assertThat(ForgeRepo.mark(SHOP))
                .isEqualTo(ForgeRepo.mark("git@forge.example.com:acme/shop"))
                .isEqualTo(ForgeRepo.mark("https://ada:secret@Forge.example.com/Acme/shop/"))
                .isNotEqualTo(ForgeRepo.mark("https://forge.example.com/acme/till"));
        assertThat(ForgeRepo.mark("/srv/a.git")).isNotEqualTo(ForgeRepo.mark("/srv/b.git"));
    }

    @Test
    void load_nobodyCanTell_holdsWhatLives() {
        declare(", previews: {}");
        open = null;

        DesiredState.Known known = repo.known();

        assertThat(known.holds(PREVIEW)).isTrue();
        assertThat(known.holds(APP)).isFalse();
        assertThat(known.holds(ResourceId.app("other.pr-12"))).isFalse();
    }

    @Test
    void load_nobodyCanTellOfOthers_holdsThoseThatAreNotProvenToHaveEnded() {
        declare(", previews: {}");
        repo.previews =
                (_, _, _) -> new Previews.Known(SHOP, List.of(), new TreeSet<>(List.of("pr-13")));

        DesiredState.Known known = repo.known();

        assertThat(known.holds(PREVIEW)).isTrue();
        assertThat(known.holds(ResourceId.app("shop.pr-13"))).isFalse();
        assertThat(known.holds(ResourceId.app("shop.staging"))).isTrue();
        assertThat(known.holds(APP)).isFalse();
    }

    @Test
    void load_appIsHeld_holdsItsPreviews() {
        repo.file(
                "shop.yaml",
                "apiVersion: berth/v1\nkind: App\nmetadata: {name: shop}\nspec: {imag: x}\n");

        assertThat(repo.known().holds(PREVIEW)).isTrue();
    }

    @Test
    void load_rulesThatCantBe_areMistakesWithTheirPlaces() {
        declare(", previews: {forks: labeled, branches: ['a[']}");
        repo.file(
                "berth.yaml",
                """
                apiVersion: berth/v1
                kind: Instance
                metadata: {name: home}
                spec:
                  forges:
                    - {host: git.example.com}
                    - {host: codeberg.org, app: {id: '1', key: {fromSecret: a.b}}}
                    - {host: lab.example.com, type: gitlab, api: 'https://git_lab:8443/api/v4'}
                """);

        assertThat(repo.problems())
                .anyMatch(p -> p.contains("spec.forges[0].host: nothing says what"))
                .anyMatch(p -> p.contains("spec.forges[1].app: only GitHub has apps"))
                .anyMatch(p -> p.contains("spec.forges[2].api: https://git_lab:8443/api/v4 is no"))
                .anyMatch(p -> p.contains("spec.previews.forks: no label lets a fork in"))
                .anyMatch(p -> p.contains("spec.previews.branches[0]: "));
    }

    @Test
    void load_clockAndPinOfTheApp_areNotItsPreviews() {
        declare(
                ", previews: {resources: {memory: 64Mi}}, cron: [{name: tick, schedule: '* * * * *', command: 'true'}]");
        open = List.of(Pull.number(12).open());

        DesiredState.Known known = repo.known();

        assertThat(app(known, APP).crons()).hasSize(1);
        assertThat(app(known, PREVIEW).crons()).isEmpty();
        assertThat(containers(known, PREVIEW).main().template().memoryBytes())
                .isEqualTo(64 * 1024 * 1024);
        assertThat(app(known, PREVIEW).generation()).isNotEqualTo(app(known, APP).generation());
    }
}
