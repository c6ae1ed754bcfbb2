package dev.berth.reconciler.desired;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.secret.AgeKeys;
import dev.berth.reconciler.secret.Sealing;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What is different in one environment, and what a mistake in it costs. */
final class OverlayTest {
    private static final ResourceId SHOP = ResourceId.app("shop");
    private static final ResourceId MORE = new ResourceId(Kind.Overlay, "more");

    private final AgeKeys keys = Sealing.newKeys();
    private final Repo repo = new Repo();

    OverlayTest() {
        repo.keys = keys;
        instance("environment: staging");
        shop("{image: 'shop:1', port: 80, replicas: 1, env: {A: base, B: base}}");
    }

    private void instance(String spec) {
        repo.file(
                "berth.yaml",
                "apiVersion: berth/v1\nkind: Instance\nmetadata: {name: home}\nspec: {%s}\n"
                        .formatted(spec));
    }

    private void shop(String spec) {
        repo.file("shop.yaml", Repo.app("shop", spec));
    }

    private void overlay(String name, String environment, String target, String patch) {
        repo.file(
                name + ".yaml",
                "apiVersion: berth/v1\nkind: Overlay\nmetadata: {name: %s}\nspec:\n  environment: %s\n  target: %s\n  patch: %s\n"
                        .formatted(name, environment, target, patch));
    }

    private void more(String patch) {
        overlay("more", "staging", "{kind: App, name: shop}", patch);
    }

    private static DesiredProcess web(DesiredState.Known state) {
        DesiredApp app = Objects.requireNonNull(state.apps().get(SHOP), "shop");
        return ((Workload.Containers) app.workload()).main();
    }

    private static List<String> messages(DesiredState.Known state) {
        return state.problems().stream().map(Problem::toString).toList();
    }

    // ---- what it does

    @Test
    void load_overlayOfTheEnvironment_isLaidOverItsTarget() {
        more("{spec: {replicas: 3, env: {A: over, B: null, C: new}}}");
        DesiredState.Known state = repo.known();

        assertThat(state.problems()).isEmpty();
        assertThat(web(state).replicas()).isEqualTo(3);
        assertThat(web(state).template().image()).isEqualTo("shop:1");
        assertThat(web(state).template().env())
                .containsEntry("A", "over")
                .containsEntry("C", "new")
                .doesNotContainKey("B");
    }

    @Test
    void load_otherEnvironment_isNotApplied() {
        overlay("more", "production", "{name: shop}", "{spec: {replicas: 3}}");

        assertThat(repo.problems()).isEmpty();
        assertThat(web(repo.known()).replicas()).isEqualTo(1);
    }

    @Test
    void load_noEnvironment_appliesNone() {
        instance("");
        more("{spec: {replicas: 3}}");

        assertThat(web(repo.known()).replicas()).isEqualTo(1);
    }

    @Test
    void load_several_areLaidOverByName() {
        overlay("b", "staging", "{name: shop}", "{spec: {replicas: 3, env: {A: b}}}");
        overlay("a", "staging", "{name: shop}", "{spec: {replicas: 2, port: 81}}");
        DesiredState.Known state = repo.known();

        assertThat(web(state).replicas()).isEqualTo(3);
        assertThat(web(state).template().port()).isEqualTo(81);
    }

    @Test
    void load_listsAndTexts_areReplacedAsAWhole() {
        shop("{image: x, port: 80, domains: [a.x, b.x]}");
        more("{spec: {domains: [c.x]}}");

        assertThat(repo.known().routes()).extracting(DesiredRoute::host).containsExactly("c.x");
    }

    @Test
    void load_otherKinds_areLaidOverToo() {
        repo.file(
                "group.yaml",
                "apiVersion: berth/v1\nkind: EnvGroup\nmetadata: {name: common}\nspec: {env: {G: base}}\n");
        repo.file("www.yaml", Repo.domain("www", "{host: www.x, redirectTo: y.x}"));
        shop("{image: x, envFrom: [common], env: {Z: '${ZONE} ${BERTH_ENVIRONMENT}'}}");
        instance("environment: staging, variables: {ZONE: base}");
        overlay("o1", "staging", "{kind: EnvGroup, name: common}", "{spec: {env: {G: over}}}");
        overlay("o2", "staging", "{kind: Domain, name: www}", "{spec: {host: s.x}}");
        overlay("o3", "staging", "{kind: Instance, name: home}", "{spec: {variables: {ZONE: s}}}");
        DesiredState.Known state = repo.known();

        assertThat(state.problems()).isEmpty();
        assertThat(web(state).template().env())
                .containsEntry("G", "over")
                .containsEntry("Z", "s staging");
        assertThat(state.routes()).extracting(DesiredRoute::host).containsExactly("s.x");
    }

    @Test
    void load_namesInAPatch_areReplacedAfterIt() {
        instance("environment: staging, variables: {V: '2'}");
        more("{spec: {image: 'shop:${V}'}}");

        assertThat(web(repo.known()).template().image()).isEqualTo("shop:2");
    }

    @Test
    void load_encryptedOverlay_givesASecret() throws Exception {
        repo.file(
                "more.yaml",
                Sealing.whole(
                        """
                        apiVersion: berth/v1
                        kind: Overlay
                        metadata: {name: more}
                        spec:
                          environment: staging
                          target: {name: shop}
                          patch: {spec: {env: {A: hush}}}
                        """,
                        keys));
        ContainerTemplate template = web(repo.known()).template();

        assertThat(repo.problems()).isEmpty();
        assertThat(template.env()).doesNotContainKey("A");
        assertThat(
                        repo.vault
                                .value(Objects.requireNonNull(template.secretVariables().get("A")))
                                .text())
                .isEqualTo("hush");
    }

    @Test
    void in_anotherEnvironment_countsInPlaceOfTheInstances() {
        overlay("more", "production", "{name: shop}", "{spec: {replicas: 9}}");
        DesiredState state =
                new DesiredStateLoader(repo, LastGood.none())
                        .in("production")
                        .load(Repo.fresh(1, repo.tree));

        assertThat(web((DesiredState.Known) state).replicas()).isEqualTo(9);
    }

    // ---- what is wrong with it

    @Test
    void load_resultDoesNotBind_isAProblemOfTheOverlayAtItsPlace() {
        more("{spec: {replicas: many, prot: 1}}");

        assertThat(repo.problems())
                .containsExactly(
                        "more.yaml:7:28 spec.patch.spec.replicas: expected a whole number from 0 to"
                                + " 100, got \"many\" [E-TYPE]",
                        "more.yaml:7:34 spec.patch.spec.prot: no such key, did you mean port?"
                                + " [E-UNKNOWN-KEY]");
    }

    @Test
    void load_patchTakesAwayWhatIsNeeded_saysWhatIsWrongWithTheTarget() {
        more("{spec: {image: null}}");

        assertThat(repo.problems())
                .containsExactly(
                        "more.yaml:7:10 spec.patch: app/shop is wrong with it: spec"
                                + " (shop.yaml:4:7): one of image, source or static is needed"
                                + " [E-REQUIRED]");
    }

    @Test
    void load_patchThatIsNoPartOfADocument_isAProblem() {
        more("{replicas: 3}");
        assertThat(repo.problems())
                .containsExactly(
                        "more.yaml:7:11 spec.patch.replicas: a patch begins at the top of a"
                                + " document, with metadata, spec or data [E-UNKNOWN-KEY]");
        more("{metadata: {name: other}, spec: {env: {A: 1, A: 2}}}");
        assertThat(repo.problems()).hasSize(2);
        overlay(
                "more",
                "staging",
                "{kind: Instance, name: home}",
                "{spec: {environment: production}}");
        assertThat(repo.problems())
                .containsExactly(
                        "more.yaml:7:18 spec.patch.spec.environment: an overlay of the Instance can"
                                + " change only domain or variables [E-VALUE]");
    }

    @Test
    void load_unknownTarget_isAProblemInEveryEnvironment() {
        overlay("more", "production", "{name: shpo}", "{spec: {replicas: 3}}");

        assertThat(repo.problems())
                .containsExactly(
                        "more.yaml:6:18 spec.target.name: there is no App shpo, did you mean shop?"
                                + " [E-REFERENCE]");
        assertThat(repo.known().apps()).containsKey(SHOP);
    }

    // ---- one document, one fate

    @Test
    void load_brokenOverlay_fallsToItsLastGoodAndTheTargetFollows() {
        more("{spec: {replicas: 3}}");
        repo.known();
        more("{spec: {replicas: many}}");
        shop("{image: 'shop:2', port: 80}");
        DesiredState.Known state = repo.known();

        assertThat(web(state).replicas()).isEqualTo(3);
        assertThat(web(state).template().image()).isEqualTo("shop:2");
        assertThat(state.problems()).hasSize(1);
        assertThat(state.held()).isEmpty();
        repo.restart();
        assertThat(web(repo.known()).replicas()).isEqualTo(3);
    }

    @Test
    void load_brokenOverlayNeverRight_theTargetKeepsWhatItWas() {
        repo.known();
        more("{spec: {replicas: many}}");
        shop("{image: 'shop:2', port: 80}");
        DesiredState.Known state = repo.known();

        assertThat(web(state).template().image()).isEqualTo("shop:1");
        assertThat(state.waiting())
                .containsEntry(SHOP, "waits for a right document of overlay/more");
        assertThat(state.held()).containsExactly(MORE);
        assertThat(messages(state)).hasSize(1);
    }

    @Test
    void load_brokenOverlayAndNothingKnown_theTargetIsHeldAndNoOther() {
        more("{spec: [replicas]}");
        repo.file("blog.yaml", Repo.app("blog", "{image: x}"));
        DesiredState.Known state = repo.known();

        assertThat(state.held()).containsExactlyInAnyOrder(SHOP, MORE);
        assertThat(state.apps()).containsOnlyKeys(ResourceId.app("blog"));
    }

    @Test
    void load_brokenOverlayOfAnotherEnvironment_costsTheTargetNothing() {
        overlay("more", "production", "{name: shop}", "{spec: [replicas]}");
        DesiredState.Known state = repo.known();

        assertThat(web(state).replicas()).isEqualTo(1);
        assertThat(state.problems()).hasSize(1);
    }

    @Test
    void load_newTargetDoesNotFitTheOverlay_bothStayAsTheyWere() {
        more("{spec: {replicas: 3}}");
        repo.known();
        repo.tree.with("site/index.html", "hello");
        shop("{static: {path: site}}");
        for (int i = 0; i < 2; i++) {
            DesiredState.Known state = repo.known();

            assertThat(web(state).template().image()).isEqualTo("shop:1");
            assertThat(web(state).replicas()).isEqualTo(3);
            assertThat(messages(state))
                    .containsExactly(
                            "more.yaml:7:18 spec.patch.spec.replicas: can't be beside spec.static:"
                                    + " remove one of them [E-VALUE]");
            repo.restart();
        }
    }

    @Test
    void load_newTargetDoesNotFitTheOverlayThatIsBrokenToo_bothStayAsTheyWere() {
        for (String broken :
                List.of(
                        "staging\n  target: []",
                        "staging\n  target: {nmae: shop}",
                        "staging\n  target: {name: shpo}",
                        "staging\n<<<<<<< HEAD\n  target: {name: shop}",
                        "production\n  nope: 1\n  target: {name: shop}")) {
            Repo repo = new OverlayTest().withMoreThatBreaks(broken);
            for (int i = 0; i < 2; i++) {
                DesiredState.Known state = repo.known();

                assertThat(web(state).template().image()).as(broken).isEqualTo("shop:1");
                assertThat(web(state).replicas()).as(broken).isEqualTo(3);
                assertThat(state.waiting())
                        .as(broken)
                        .containsEntry(SHOP, "waits for a right document of overlay/more");
                repo.restart();
            }
        }
    }

    private Repo withMoreThatBreaks(String environmentAndTarget) {
        more("{spec: {replicas: 3}}");
        repo.known();
        repo.tree.with("site/index.html", "hello");
        shop("{static: {path: site}}");
        repo.file(
                "more.yaml",
                "apiVersion: berth/v1\nkind: Overlay\nmetadata: {name: more}\nspec:\n  environment: %s\n  patch: {spec: {replicas: 3}}\n"
                        .formatted(environmentAndTarget));
        return repo;
    }

    @Test
    void load_brokenTarget_keepsItsLastGoodWithTheNewestOverlay() {
        more("{spec: {replicas: 3}}");
        repo.known();
        more("{spec: {replicas: 4}}");
        shop("{image: [7]}");
        DesiredState.Known state = repo.known();

        assertThat(web(state).template().image()).isEqualTo("shop:1");
        assertThat(web(state).replicas()).isEqualTo(4);
        assertThat(state.problems()).hasSize(1);
    }

    @Test
    void load_overlayRemoved_targetIsAsItsDocumentSays() {
        more("{spec: {replicas: 3}}");
        repo.known();
        repo.without("more.yaml");

        assertThat(web(repo.known()).replicas()).isEqualTo(1);
    }

    @Test
    void load_targetAndOverlayRemovedTogether_isNoProblem() {
        more("{spec: {replicas: 3}}");
        repo.known();
        repo.without("more.yaml").without("shop.yaml");
        DesiredState.Known state = repo.known();

        assertThat(state.problems()).isEmpty();
        assertThat(state.apps()).isEmpty();
    }

    @Test
    void load_brokenTargetAndOverlayRemovedTogether_targetIsAsItLastWasWithIt() {
        more("{spec: {replicas: 3}}");
        repo.known();
        repo.without("more.yaml");
        shop("{image: [7]}");
        for (int i = 0; i < 2; i++) {
            DesiredState.Known state = repo.known();

            assertThat(web(state).replicas()).isEqualTo(3);
            assertThat(state.problems()).hasSize(1);
            repo.restart();
        }
        shop("{image: 'shop:2', port: 80}");
        assertThat(web(repo.known()).replicas()).isEqualTo(1);
    }

    @Test
    void load_overlayAndAppGoneFromOneFileWhileAnotherAppNeedsTheOverlay_appStaysTillThen() {
        ResourceId gone = ResourceId.app("gone");
        repo.file(
                "more.yaml",
                """
                apiVersion: berth/v1
                kind: Overlay
                metadata: {name: more}
                spec: {environment: staging, target: {name: shop}, patch: {spec: {replicas: 3}}}
                ---
                """
                        + Repo.app("gone", "{image: x}"));
        repo.known();
        repo.without("more.yaml");
        shop("{image: [7]}");
        assertThat(web(repo.known()).replicas()).isEqualTo(3);
        assertThat(repo.known().apps()).containsOnlyKeys(SHOP, gone);

        shop("{image: 'shop:2', port: 80}");
        assertThat(repo.known().apps()).containsOnlyKeys(SHOP);
    }

    @Test
    void load_overlayMissesItsTargetAndNeverWasRight_nothingIsDeployedWithoutIt() {
        for (String target :
                List.of("{nmae: shop}", "{kind: Apps, name: shop}", "{name: shpo}", "[]")) {
            overlay("more", "staging", target, "{spec: {replicas: 3}}");
            DesiredState.Known state =
                    (DesiredState.Known)
                            new DesiredStateLoader(repo, LastGood.none())
                                    .load(Repo.fresh(1, repo.tree));

            assertThat(state.apps()).as(target).isEmpty();
            assertThat(state.held()).as(target).contains(SHOP);
            assertThat(state.waiting())
                    .as(target)
                    .containsEntry(SHOP, "waits for a right document of overlay/more");
            assertThat(messages(state)).as(target).isNotEmpty();
        }
    }

    @Test
    void load_overlayThatMissesItsTargetAmongManyApps_asksEachAppOnce() {
        for (int i = 0; i < 1500; i++) {
            repo.file("app%d.yaml".formatted(i), Repo.app("app" + i, "{image: x}"));
        }
        repo.known(); // so that only what is new is read
        overlay("more", "staging", "{name: nothing-like-it}", "{spec: {replicas: 3}}");
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadCpuTime();
        DesiredState.Known state = repo.known();

        assertThat(Duration.ofNanos(threads.getCurrentThreadCpuTime() - before))
                .as("one more comparison for each pair of apps takes several times that")
                .isLessThan(Duration.ofSeconds(1));
        assertThat(state.apps()).hasSize(1501);
        assertThat(messages(state)).hasSize(1);
    }

    @Test
    void load_fileThatCantBeUnderstood_keepsBackWhatNeverWas() {
        repo.known();
        repo.file("more.yaml", "apiVersion: berth/v1\nkind: Ovrelay\nmetadata: {\n")
                .file("blog.yaml", Repo.app("blog", "{image: x}"));
        DesiredState.Known state = repo.known();

        assertThat(state.apps()).containsOnlyKeys(SHOP);
        assertThat(state.waiting())
                .containsEntry(
                        ResourceId.app("blog"),
                        "waits for more.yaml, which can't be understood and may hold an overlay of"
                                + " it");
        instance("");
        assertThat(repo.known().apps()).containsKey(ResourceId.app("blog"));
    }

    @Test
    void load_fileThatCantBeUnderstoodAndNothingIsRemembered_saysWhatTheInstanceWaitsFor() {
        repo.file("more.yaml", "apiVersion: berth/v1\nkind: Ovrelay\nmetadata: {\n");

        assertThat(repo.load())
                .isInstanceOfSatisfying(
                        DesiredState.Unknown.class,
                        unknown ->
                                assertThat(unknown.doubt().cause())
                                        .contains(
                                                "has no certain Instance document: it waits for"
                                                        + " more.yaml, which can't be understood and"
                                                        + " may hold an overlay of it"));
    }

    @Test
    void load_environmentOfTheInstanceMisspelt_isAProblemAndTheOneBeforeStays() {
        more("{spec: {replicas: 3}}");
        repo.known();
        instance("environment: stagign");
        DesiredState.Known state = repo.known();

        assertThat(web(state).replicas()).isEqualTo(3);
        assertThat(messages(state))
                .containsExactly(
                        "berth.yaml:4:21 spec.environment: no overlay is for stagign, did you mean"
                                + " staging? [E-REFERENCE]");
    }

    @Test
    void load_environmentOfAnOverlayMisspelt_isAProblemAndTheTargetWaits() {
        overlay("more", "stagin", "{name: shop}", "{spec: {replicas: 3}}");
        overlay("other", "staging", "{name: shop}", "{spec: {port: 81}}");
        DesiredState.Known state = repo.known();

        assertThat(messages(state))
                .containsExactly(
                        "more.yaml:5:16 spec.environment: nothing else is of stagin, did you mean"
                                + " staging? [E-REFERENCE]");
        assertThat(state.held()).containsExactlyInAnyOrder(SHOP, MORE);
    }

    @Test
    void load_environmentsThatDifferByANumber_areTwo() {
        instance("environment: dev2");
        overlay("more", "dev1", "{name: shop}", "{spec: {replicas: 3}}");

        assertThat(repo.problems()).isEmpty();
        assertThat(web(repo.known()).replicas()).isEqualTo(1);
    }

    @Test
    void load_environmentsOfTwoPlaces_areTwo() {
        for (List<String> two :
                List.of(
                        List.of("prod-us", "prod-eu"),
                        List.of("prod-au", "prod-eu"),
                        List.of("eu-west", "eu-east"),
                        List.of("a-prod", "b-prod"),
                        List.of("us", "uk"))) {
            instance("environment: " + two.getFirst());
            overlay("more", two.getLast(), "{name: shop}", "{spec: {replicas: 3}}");
            DesiredState state =
                    new DesiredStateLoader(repo, LastGood.none()).load(Repo.fresh(1, repo.tree));

            assertThat(state.problems()).as(two.toString()).isEmpty();
            assertThat(web((DesiredState.Known) state).replicas()).as(two.toString()).isOne();
        }
    }

    @Test
    void load_secondEnvironmentWithAMistakeInItsOverlay_costsTheTargetNothing() {
        instance("environment: prod-us");
        overlay("more", "prod-eu", "{name: shop}", "{spec: [replicas]}");

        assertThat(web(repo.known()).replicas()).isEqualTo(1);
    }

    @Test
    void load_environmentWithOneLetterWrongMissingOrSwapped_isAMistake() {
        for (String wrong : List.of("stagingg", "stging", "stahing", "tsaging")) {
            instance("environment: " + wrong);
            more("{spec: {replicas: 3}}");

            assertThat(repo.problems())
                    .as(wrong)
                    .singleElement()
                    .asString()
                    .contains("no overlay is for %s, did you mean staging?".formatted(wrong));
        }
        for (List<String> two : List.of(List.of("dve", "dev"), List.of("prod-ue", "prod-eu"))) {
            instance("environment: " + two.getFirst());
            overlay("more", two.getLast(), "{name: shop}", "{spec: {replicas: 3}}");

            assertThat(repo.problems()).as(two.toString()).hasSize(1);
        }
    }

    @Test
    void load_targetRemovedAlone_isAProblemOfTheOverlayAndRemovesTheTarget() {
        more("{spec: {replicas: 3}}");
        repo.known();
        repo.without("shop.yaml");
        DesiredState.Known state = repo.known();

        assertThat(messages(state)).singleElement().asString().contains("there is no App shop");
        assertThat(state.apps()).isEmpty();
        assertThat(state.held()).doesNotContain(SHOP);
    }
}
