package dev.berth.reconciler.desired;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.secret.SecretUse;
import dev.berth.schemas.config.ResourceId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class PinsTest {
    private static final ResourceId SHOP = ResourceId.app("shop");
    private static final TreeMap<String, SecretUse> NONE = new TreeMap<>();
    private final Repo repo = Repo.withInstance();

    private DesiredState.Known pinned(String spec) {
        return repo.file("shop.yaml", Repo.app("shop", spec)).known();
    }

    private static ContainerTemplate template(DesiredApp app) {
        return switch (app.workload()) {
            case Workload.Files _ -> throw new AssertionError(app);
            case Workload.Containers containers -> containers.main().template();
        };
    }

    private static KnownRelease release(ContainerTemplate web) {
        return new KnownRelease(
                "3f2a91c0",
                web.image(),
                "c0ffee",
                Instant.EPOCH,
                new TreeMap<>(Map.of("web", web)),
                new TreeMap<>());
    }

    private static DesiredApp follow(DesiredState.Known desired, KnownRelease... known) {
        return Objects.requireNonNull(
                Pins.follow(desired, Map.of(SHOP, List.of(known))).apps().get(SHOP));
    }

    @Test
    void follow_knownRelease_runsAsThenAndAsOftenAsNow() {
        DesiredState.Known desired =
                pinned("{image: 'shop:2', replicas: 3, port: 80, pin: '3f2a91c0'}");
        DesiredApp declared = Objects.requireNonNull(desired.apps().get(SHOP));

        DesiredApp app = follow(desired, release(template(declared).edit().image("shop:1").make()));

        Workload.Containers now = (Workload.Containers) app.workload();
        assertThat(now.image()).isEqualTo(new ImageSource.Prebuilt("shop:1"));
        assertThat(now.main().template().image()).isEqualTo("shop:1");
        assertThat(now.main().replicas()).isEqualTo(3);
        assertThat(app.sourceRevision()).isEqualTo("c0ffee");
        assertThat(app.generation()).isEqualTo(declared.generation());
    }

    @Test
    void follow_secretsThatHaveChangedSince_areAsTheyAreNow() {
        SecretUse then = new SecretUse("api", "stripe", "v1:then");
        SecretUse now = new SecretUse("api", "stripe", "v1:now");
        DesiredState.Known desired = pinned("{image: 'shop:2', port: 80, pin: '3f2a91c0'}");
        DesiredApp declared = Objects.requireNonNull(desired.apps().get(SHOP));
        ContainerTemplate plain = template(declared);

        DesiredApp app =
                follow(
                        with(desired, now),
                        release(
                                plain.edit()
                                        .secrets(new TreeMap<>(Map.of("K", then)), NONE)
                                        .make()));

        assertThat(template(app).secretVariables()).containsExactly(Map.entry("K", now));
    }

    @Test
    void follow_releaseWithoutAVolumeThatIsDeclared_keepsThat() {
        DesiredState.Known desired =
                pinned(
                        "{image: 'shop:2', port: 80, pin: '3f2a91c0', volumes: [{name: data, path: /data}]}");
        DesiredApp declared = Objects.requireNonNull(desired.apps().get(SHOP));
        ContainerTemplate without =
                template(declared).edit().mounts(new TreeMap<>()).image("shop:1").make();

        assertThat(follow(desired, release(without)).keeps())
                .containsExactly("berth_home_shop_data");
        assertThat(declared.keeps()).isEmpty();
    }

    /** It was a worker, and has a route since. */
    @Test
    void follow_releaseThatListensNowhere_isAFaultOfThePin() {
        DesiredState.Known desired = pinned("{image: 'shop:2', port: 80, pin: '3f2a91c0'}");
        DesiredApp declared = Objects.requireNonNull(desired.apps().get(SHOP));

        DesiredApp app =
                follow(desired, release(template(declared).edit().port(null, null).make()));

        assertThat(Objects.requireNonNull(app.pin()).fault())
                .contains("spec.pin", "3f2a91c0", "process web", "no port");
        assertThat(app.workload()).isEqualTo(declared.workload());
    }

    @Test
    void follow_secretThatIsGone_isAFaultOfThePin() {
        SecretUse there = new SecretUse("api", "stripe", "v1:now");
        SecretUse gone = new SecretUse("old", "key", "v1:gone");
        DesiredState.Known desired = pinned("{image: 'shop:2', port: 80, pin: '3f2a91c0'}");
        DesiredApp declared = Objects.requireNonNull(desired.apps().get(SHOP));

        DesiredApp app =
                follow(
                        with(desired, there),
                        release(
                                template(declared)
                                        .edit()
                                        .secrets(
                                                new TreeMap<>(Map.of("K", there)),
                                                new TreeMap<>(Map.of("/run/secrets/old", gone)))
                                        .make()));

        assertThat(app.workload()).isEqualTo(declared.workload());
        assertThat(Objects.requireNonNull(app.pin()).fault())
                .startsWith("spec.pin: release 3f2a91c0 needs what is no longer there: old.key;");
    }

    private static DesiredState.Known with(DesiredState.Known desired, SecretUse use) {
        return new KnownOf(desired).secret(use).make();
    }

    @Test
    void follow_jobLikeTheAppAndCron_runWithWhatThePinGoesBackTo() {
        repo.file(
                "job.yaml",
                """
                apiVersion: berth/v1
                kind: Job
                metadata: {name: work}
                spec: {app: shop, command: [work], env: {A: own}}
                """);
        DesiredState.Known desired =
                pinned(
                        "{image: 'shop:2', port: 80, env: {A: now, B: now}, pin: '3f2a91c0', cron:"
                                + " [{name: prune, schedule: '@hourly', command: [prune]}]}");
        ContainerTemplate declared = template(Objects.requireNonNull(desired.apps().get(SHOP)));
        ContainerTemplate then =
                declared.edit()
                        .image("shop:1")
                        .env(new TreeMap<>(Map.of("A", "then", "B", "then")))
                        .make();

        DesiredState.Known followed = Pins.follow(desired, Map.of(SHOP, List.of(release(then))));

        DesiredCron cron = Objects.requireNonNull(followed.apps().get(SHOP)).crons().getFirst();
        assertThat(cron.command().template().env())
                .isEqualTo(Map.of("A", "then", "B", "then", "BERTH_CRON", "prune"));
        DesiredJob job = followed.jobs().values().iterator().next();
        assertThat(job.image().reference()).isEqualTo("shop:1");
        assertThat(job.command().template().image()).isEqualTo("shop:1");
        assertThat(job.command().template().command()).containsExactly("work");
        assertThat(job.command().template().env())
                .isEqualTo(Map.of("A", "own", "B", "then", "BERTH_JOB", "work"));
        assertThat(job.revision()).isEqualTo("c0ffee");
        assertThat(job.run()).isEqualTo(desired.jobs().values().iterator().next().run());
    }

    @Test
    void follow_unknownRelease_saysWhichAreKnown() {
        DesiredState.Known desired = pinned("{image: 'shop:2', port: 80, pin: '00000000'}");
        DesiredApp declared = Objects.requireNonNull(desired.apps().get(SHOP));

        DesiredApp app = follow(desired, release(template(declared)));

        assertThat(app.workload()).isEqualTo(declared.workload());
        assertThat(app.pin())
                .isEqualTo(
                        new DesiredPin(
                                "00000000",
                                "spec.pin: there is no known release 00000000; known releases: 3f2a91c0"));
    }

    @Test
    void load_pin_isPartOfTheGenerationAndOfItsForm() {
        DesiredApp without = repo.file("shop.yaml", Repo.app("shop", "{image: x}")).app("shop");
        DesiredApp with =
                repo.file("shop.yaml", Repo.app("shop", "{image: x, pin: '3f2a91c0'}")).app("shop");

        assertThat(with.generation()).isNotEqualTo(without.generation());
        repo.file("shop.yaml", Repo.app("shop", "{image: x, pin: latest}"));
        assertThat(repo.problems())
                .singleElement()
                .asString()
                .contains("spec.pin: expected the id of a release, 8 hexadecimal digits");
    }
}
