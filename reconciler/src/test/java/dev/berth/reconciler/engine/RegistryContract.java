package dev.berth.reconciler.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.ReconcileException.Stalled;
import dev.berth.reconciler.ReconcileException.Transient;
import dev.berth.reconciler.secret.Secret;
import dev.berth.schemas.status.ReasonCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every engine does with a registry that wants a login. */
abstract class RegistryContract {
    static final Duration LONG = Duration.ofMinutes(1);
    static final String USER = RealRegistry.USER;
    private static final String IMAGE = "busybox:1";

    private volatile List<RegistryLogin> logins = List.of();
    final List<String> made = new ArrayList<>();

    /** One that has {@code busybox:1}, and asks for logins at each call. */
    abstract ContainerEngine engine();

    /** Where that user is let in by the right password. */
    abstract String host();

    /** The logins of the test. */
    final RegistryLogins logins() {
        return () -> logins;
    }

    final void logInAs(String username, String password) {
        logins =
                List.of(
                        new RegistryLogin(
                                host(),
                                username,
                                Secret.of(password),
                                "spec.registries of the Instance"));
    }

    final void logIn() {
        logInAs(USER, RealRegistry.PASSWORD);
    }

    final void logOut() {
        logins = List.of();
    }

    /** A name in the registry for an image that is there. */
    final String tagged(String name) throws ReconcileException {
        String reference = "%s/team/%s:1".formatted(host(), name);
        made.add(reference);
        engine().tagImage(IMAGE, reference);
        return reference;
    }

    final void take(String name) throws ReconcileException {
        engine().removeImage(name);
    }

    @AfterEach
    void takeAll() throws Exception {
        for (String name : made) {
            take(name);
        }
        close();
    }

    /** After the last call to the engine. */
    void close() {}

    @Test
    void pushImage_rightLogin_isPulledByItsDigestAgain() throws Exception {
        logIn();
        String reference = tagged("digest");

        List<String> lines = new ArrayList<>();
        String named = engine().pushImage(reference, LONG, lines::add);
        take(reference);

        assertThat(named).matches("\\Q" + host() + "\\E/team/digest@sha256:[0-9a-f]{64}");
        assertThat(lines).isNotEmpty();
        assertThat(engine().hasImage(named)).as("gone with its tag").isFalse();
        engine().pullImage(named, LONG);
        engine().tagImage(named, reference);
        assertThat(engine().imageId(reference)).isEqualTo(engine().imageId(IMAGE)).isPresent();
    }

    @Test
    void pushImage_again_isNamedTheSame() throws Exception {
        logIn();
        String reference = tagged("again");

        String first = engine().pushImage(reference, LONG, _ -> {});

        assertThat(engine().pushImage(reference, LONG, _ -> {})).isEqualTo(first);
    }

    @Test
    void pushImage_wrongLogin_saysWhoAskedAndWhereToMendIt() throws Exception {
        logInAs("eve", "a-wrong-word");
        String reference = tagged("refused");

        assertThatThrownBy(() -> engine().pushImage(reference, LONG, _ -> {}))
                .isInstanceOf(Stalled.class)
                .hasMessageContaining("can't push " + reference)
                .hasMessageContaining(
                        "%s was asked as eve: mend the login in spec.registries of the Instance"
                                .formatted(host()))
                .hasMessageNotContaining("a-wrong-word")
                .extracting(failure -> ((Stalled) failure).reason())
                .isEqualTo(ReasonCode.PushFailed);
    }

    @Test
    void pushImage_noLogin_saysWhatToGive() throws Exception {
        String reference = tagged("unknown");

        assertThatThrownBy(() -> engine().pushImage(reference, LONG, _ -> {}))
                .isInstanceOf(Stalled.class)
                .hasMessageContaining(
                        "%s was asked without a login: give one in spec.registries"
                                .formatted(host()));
    }

    @Test
    void pushImage_registryAway_isTriedAgain() throws Exception {
        String reference = "127.0.0.1:1/team/away:1";
        made.add(reference);
        engine().tagImage(IMAGE, reference);

        assertThatThrownBy(() -> engine().pushImage(reference, LONG, _ -> {}))
                .isInstanceOf(Transient.class)
                .extracting(failure -> ((Transient) failure).reason())
                .isEqualTo(ReasonCode.PushFailed);
    }

    @Test
    void pushImage_noSuchImage_isTriedAgain() {
        logIn();

        assertThatThrownBy(() -> engine().pushImage(host() + "/team/none:1", LONG, _ -> {}))
                .isInstanceOf(Transient.class);
    }

    @Test
    void pullImage_loginMadeRightLater_works() throws Exception {
        logIn();
        String reference = tagged("later");
        engine().pushImage(reference, LONG, _ -> {});
        take(reference);

        logInAs(USER, "a-wrong-word");
        assertThatThrownBy(() -> engine().pullImage(reference, LONG))
                .isInstanceOf(Stalled.class)
                .hasMessageContaining(host() + " was asked as " + USER)
                .extracting(failure -> ((Stalled) failure).reason())
                .isEqualTo(ReasonCode.PullFailed);
        logOut();
        assertThatThrownBy(() -> engine().pullImage(reference, LONG))
                .isInstanceOf(Stalled.class)
                .hasMessageContaining(host() + " was asked without a login");
        logIn();
        engine().pullImage(reference, LONG);

        assertThat(engine().hasImage(reference)).isTrue();
    }

    @Test
    void pullImage_notThere_stalls() {
        logIn();

        assertThatThrownBy(() -> engine().pullImage(host() + "/team/none:1", LONG))
                .isInstanceOf(Stalled.class)
                .hasMessageNotContaining("was asked");
    }

    @Test
    void tagImage_image_hasBothNamesUntilOneIsTaken() throws Exception {
        String reference = tagged("two");
        String other = tagged("three");

        take(other);

        assertThat(engine().hasImage(other)).isFalse();
        assertThat(engine().imageId(reference)).isEqualTo(engine().imageId(IMAGE));
    }

    @Test
    void tagImage_noSuchImage_isTriedAgain() {
        assertThatThrownBy(() -> engine().tagImage("berth/none:1", "berth/other:1"))
                .isInstanceOf(Transient.class);
    }
}
