package dev.berth.reconciler.desired;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.berth.reconciler.secret.Sealing;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Who gets a host, and what domains lead to. */
final class ClaimsTest {
    private static final ResourceId A = ResourceId.app("a");
    private static final ResourceId B = ResourceId.app("b");
    private static final ResourceId WWW = new ResourceId(Kind.Domain, "www");

    private final Repo repo = Repo.withInstance();

    @Test
    void load_claimOnAServedHost_leavesItToWhoHadIt() {
        repo.file("a.yaml", Repo.app("a", "{image: x:1, port: 1, domains: [x.y]}"));
        repo.file("b.yaml", Repo.app("b", "{image: x:1, port: 1, domains: [b.y]}"));
        repo.known();
        repo.file("a.yaml", Repo.app("a", "{image: x:2, port: 1, domains: [x.y]}"));
        repo.file("b.yaml", Repo.app("b", "{image: x:2, port: 1, domains: [x.y]}"));
        DesiredState.Known state = repo.known();

        assertThat(owners(state)).containsExactly(Map.entry("b.y", B), Map.entry("x.y", A));
        // The incumbent follows its newest document; the other keeps its last right one.
        assertThat(images(state)).containsExactly("x:2", "x:1");
        assertThat(state.problems())
                .extracting(Problem::toString)
                .containsExactly(
                        "a.yaml:4:39 spec.domains[0]: x.y is also claimed by app/b (b.yaml:4:39), app/a keeps it [E-CONFLICT]",
                        "b.yaml:4:39 spec.domains[0]: x.y is also claimed by app/a (a.yaml:4:39), app/a keeps it [E-CONFLICT]");
        assertThat(owners(repo.known())).containsEntry("x.y", A);
    }

    private static final String HOOKS =
            """
            apiVersion: berth/v1
            kind: Instance
            metadata: {name: home}
            spec:
              domain: x.y
              forges: [{host: github.com, webhook: {fromSecret: hooks.github}}]
            """;
    private static final String SECRET =
            """
            apiVersion: berth/v1
            kind: Secret
            metadata: {name: hooks}
            data: {github: word}
            """;

    private void takesWebhooks() {
        repo.keys = Sealing.newKeys();
        repo.file("berth.yaml", HOOKS).file("hooks.yaml", Sealing.sealed(SECRET, repo.keys));
    }

    @Test
    void load_webhooks_areTakenAtOnePathAndTheRestIsFree() {
        takesWebhooks();
        repo.file("a.yaml", Repo.app("a", "{image: x, port: 1, domains: [berth.x.y]}"));
        repo.file(
                "d.yaml",
                Repo.domain("www", "{host: z.y, routes: [{path: /api/webhook, app: a}]}"));
        DesiredState.Known state = repo.known();

        assertThat(state.problems()).isEmpty();
        assertThat(state.routes())
                .extracting(route -> route.host() + route.path(), DesiredRoute::destination)
                .contains(tuple("berth.x.y/api/webhook", new DesiredRoute.ToControl()))
                .contains(tuple("berth.x.y/", new DesiredRoute.ToApp(A, "web")))
                .hasSize(3);
    }

    @Test
    void load_claimOnWhereWebhooksAreTaken_isTheInstancesAlsoIfItWasServed() {
        repo.file("a.yaml", Repo.app("a", "{image: x:1, port: 1, domains: [a.y]}"));
        repo.file(
                "d.yaml",
                Repo.domain("www", "{host: berth.x.y, routes: [{path: /api/webhook, app: a}]}"));
        repo.known();
        takesWebhooks();
        DesiredState.Known state = repo.known();

        assertThat(state.problems())
                .extracting(Problem::toString)
                .containsExactly(
                        "d.yaml:4:14 spec.host: berth.x.y/api/webhook is also claimed by instance/home (berth.yaml:6:11), which takes webhooks there [E-CONFLICT]");
        assertThat(state.claims().at("berth.x.y", "/api/webhook"))
                .extracting(DesiredRoute::owner)
                .isEqualTo(new ResourceId(Kind.Instance, "home"));
        assertThat(state.held()).containsExactly(WWW);
    }

    @Test
    void load_noForgeMayDeliver_leavesThePathToApps() {
        repo.file("a.yaml", Repo.app("a", "{image: x:1, port: 1, domains: [a.y]}"));
        repo.file(
                "d.yaml",
                Repo.domain(
                        "www", "{host: berth.localhost, routes: [{path: /api/webhook, app: a}]}"));

        assertThat(repo.problems()).isEmpty();
    }

    @Test
    void load_twoNewClaims_givesItToNobody() {
        repo.file("a.yaml", Repo.app("a", "{image: x, port: 1, domains: [x.y]}"));
        repo.file("b.yaml", Repo.app("b", "{image: x, port: 1, domains: [x.y]}"));
        DesiredState.Known state = repo.known();

        assertThat(state.routes()).isEmpty();
        assertThat(state.held()).containsExactlyInAnyOrder(A, B);
        assertThat(state.problems())
                .hasSize(2)
                .allMatch(p -> p.message().endsWith("nobody gets it until one claim is gone"));
    }

    @Test
    void load_claimMovedInOneCommit_isNoConflict() {
        repo.file("a.yaml", Repo.app("a", "{image: x, port: 1, domains: [x.y]}"));
        repo.file("b.yaml", Repo.app("b", "{image: x, port: 1}"));
        repo.known();
        repo.file("a.yaml", Repo.app("a", "{image: x, port: 1}"));
        repo.file("b.yaml", Repo.app("b", "{image: x, port: 1, domains: [x.y]}"));

        assertThat(owners(repo.known())).containsEntry("x.y", B);
        assertThat(repo.problems()).isEmpty();
    }

    @Test
    void load_claimOnADefaultHost_conflicts() {
        repo.file("a.yaml", Repo.app("a", "{image: x, port: 1}"));
        repo.known();
        repo.file("b.yaml", Repo.app("b", "{image: x, port: 1, domains: [a.localhost]}"));
        DesiredState.Known state = repo.known();

        assertThat(owners(state)).containsExactly(Map.entry("a.localhost", A));
        assertThat(state.held()).containsExactly(B);
        assertThat(state.problems()).hasSize(2);
    }

    @Test
    void load_hostOfAHeldApp_isNotGivenAway() {
        repo.file("a.yaml", Repo.app("a", "{image: x, port: 1, domains: [x.y]}"));
        repo.known();
        repo.file("a.yaml", Repo.app("a", "{imag: x, port: 1, domains: [x.y]}"));
        repo.lastGood.memory =
                new LastGood.Memory(Map.of(), repo.lastGood.memory.claims(), Map.of());
        repo.file("b.yaml", Repo.app("b", "{image: x, port: 1, domains: [x.y]}"));
        DesiredState.Known state = repo.known();

        assertThat(state.held()).containsExactlyInAnyOrder(A, B);
        assertThat(state.problems())
                .extracting(Problem::message)
                .contains("x.y is also claimed by app/a, app/a keeps it");
    }

    @Test
    void load_pathsOfOneHost_mayBelongToDifferentOwners() {
        repo.file("a.yaml", Repo.app("a", "{image: x, port: 1, domains: [x.y]}"));
        repo.file("b.yaml", Repo.app("b", "{image: x, port: 1}"));
        repo.file("d.yaml", Repo.domain("www", "{host: x.y, routes: [{path: /b, app: b}]}"));

        assertThat(repo.problems()).isEmpty();
        assertThat(repo.known().routes()).hasSize(3);
    }

    @Test
    void load_domainToUnknownApp_isAProblemWithAHint() {
        repo.file("a.yaml", Repo.app("shop", "{image: x, port: 1}"));
        repo.file("d.yaml", Repo.domain("www", "{host: x.y, routes: [{app: shpo}]}"));
        DesiredState.Known state = repo.known();

        assertThat(state.held()).containsExactly(WWW);
        assertThat(state.problems())
                .extracting(Problem::toString)
                .containsExactly(
                        "d.yaml:4:34 spec.routes[0].app: there is no app shpo, did you mean shop? [E-REFERENCE]");
    }

    @Test
    void load_domainToRemovedApp_isAProblemAndRoutesNothing() {
        repo.file("a.yaml", Repo.app("a", "{image: x, port: 1}"));
        repo.file("d.yaml", Repo.domain("www", "{host: x.y, routes: [{app: a}]}"));
        repo.known();
        repo.without("a.yaml");
        DesiredState.Known state = repo.known();

        assertThat(state.routes()).isEmpty();
        assertThat(state.held()).containsExactly(WWW);
        assertThat(state.problems()).hasSize(1);
    }

    @Test
    void load_domainToHeldApp_waitsWithoutBlame() {
        repo.file("a.yaml", Repo.app("a", "{imag: x, port: 1}"));
        repo.file("d.yaml", Repo.domain("www", "{host: x.y, routes: [{app: a}]}"));
        DesiredState.Known state = repo.known();

        assertThat(state.held()).containsExactlyInAnyOrder(A, WWW);
        assertThat(state.waiting()).containsOnlyKeys(WWW);
        assertThat(state.problems()).allMatch(p -> p.location().file().equals("a.yaml"));
    }

    @Test
    void load_domainToProcessOfABrokenApp_keepsItsLastRoutes() {
        repo.file("a.yaml", Repo.app("a", "{image: x, port: 1}"));
        repo.file("d.yaml", Repo.domain("www", "{host: x.y, routes: [{app: a}]}"));
        repo.known();
        repo.file(
                "a.yaml", Repo.app("a", "{imag: x, processes: {web: {port: 1}, api: {port: 2}}}"));
        repo.file("d.yaml", Repo.domain("www", "{host: x.y, routes: [{app: a, process: api}]}"));
        DesiredState.Known state = repo.known();

        assertThat(state.routes())
                .filteredOn(r -> r.owner().equals(WWW))
                .extracting(DesiredRoute::destination)
                .containsExactly(new DesiredRoute.ToApp(A, "web"));
        assertThat(state.problems()).allMatch(p -> p.location().file().equals("a.yaml"));
    }

    private static Map<String, ResourceId> owners(DesiredState.Known state) {
        return new TreeMap<>(
                state.routes().stream()
                        .collect(Collectors.toMap(DesiredRoute::host, DesiredRoute::owner)));
    }

    private static List<String> images(DesiredState.Known state) {
        return state.apps().values().stream()
                .map(a -> ((Workload.Containers) a.workload()).image().reference())
                .toList();
    }
}
