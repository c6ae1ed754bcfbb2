package dev.berth.reconciler.desired;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.secret.AgeKeys;
import dev.berth.reconciler.secret.Sealing;
import dev.berth.reconciler.secret.Secret;
import dev.berth.reconciler.secret.SecretRef;
import dev.berth.schemas.config.Alert;
import dev.berth.schemas.config.Alert.Credential;
import dev.berth.schemas.config.Alert.Event;
import dev.berth.schemas.config.Alert.Tls;
import dev.berth.schemas.config.EnvValue;
import dev.berth.schemas.config.SecretText;
import java.util.List;
import org.junit.jupiter.api.Test;

/** From documents of kind Alert to the desired state. */
final class AlertsTest {
    @Test
    void load_littleGiven_meansAllFailuresAndRecoveriesOfAll() {
        Alert alert = only("slack: {url: {fromFile: slack-url}}");

        assertThat(alert.spec().slack()).isEqualTo(new Alert.Slack(Credential.ofFile("slack-url")));
        assertThat(alert.spec().on()).containsExactly(Event.Failed, Event.Recovered);
        assertThat(alert.spec().resources()).containsExactly("*");
    }

    @Test
    void load_mail_isEncryptedUnlessSaidOtherwise() {
        Alert alert =
                only(
                        "email: {to: [ops@example.com], from: berth@example.com, server: smtp.example.com}");

        assertThat(alert.spec().email())
                .isEqualTo(
                        new Alert.Email(
                                List.of("ops@example.com"),
                                "berth@example.com",
                                "smtp.example.com",
                                587,
                                Tls.STARTTLS,
                                null,
                                null));
    }

    @Test
    void load_webhook_hasItsKeyAndChoice() {
        Alert alert =
                only(
                        """
                        webhook: {url: "https://ops.example.com/berth", secret: {fromFile: key}}
                          on: [PruneBlocked]
                          resources: [app/shop-*]""");

        assertThat(alert.spec().webhook())
                .isEqualTo(
                        new Alert.Webhook(
                                new EnvValue.Text("https://ops.example.com/berth"),
                                Credential.ofFile("key")));
        assertThat(alert.spec().on()).containsExactly(Event.PruneBlocked);
        assertThat(alert.spec().resources()).containsExactly("app/shop-*");
    }

    @Test
    void load_alertThatWentWrong_isTheLastRightOne() {
        Repo repo = Repo.withInstance().file("alert.yaml", alert("slack: {url: {fromFile: a}}"));
        Alert before = repo.known().alerts().getFirst();
        repo.file("alert.yaml", alert("slack: {url: in-the-clear}"));

        DesiredState.Known after = repo.known();

        assertThat(after.alerts()).containsExactly(before);
        assertThat(after.problems()).singleElement().asString().startsWith("alert.yaml:5:16");
    }

    // ---- secrets

    private static final String SECRET =
            "apiVersion: berth/v1\nkind: Secret\nmetadata: {name: ops}\ndata: {url:"
                    + " https://hooks.example.com/T0, key: k-4242}\n";

    @Test
    void load_fromSecrets_areNamedAndKnownToTheVault() {
        AgeKeys keys = Sealing.newKeys();
        Repo repo = Repo.withInstance().file("ops.yaml", Sealing.sealed(SECRET, keys));
        repo.keys = keys;
        repo.file(
                "alert.yaml",
                alert("webhook: {url: {fromSecret: ops.url}, secret: {fromSecret: ops.key}}"));

        DesiredState.Known known = repo.known();

        assertThat(known.problems()).isEmpty();
        assertThat(known.alerts().getFirst().spec().webhook())
                .isEqualTo(
                        new Alert.Webhook(
                                new EnvValue.FromSecret("ops.url"),
                                Credential.ofSecret("ops.key")));
        assertThat(repo.vault.held(new SecretRef("ops", "key"))).isEqualTo(Secret.of("k-4242"));
    }

    @Test
    void load_secretThatIsNotThere_isAMistakeAtItsPlace() {
        Repo repo =
                Repo.withInstance()
                        .file("alert.yaml", alert("slack: {url: {fromSecret: ops.url}}"));

        assertThat(repo.known().alerts()).isEmpty();
        assertThat(repo.problems())
                .containsExactly(
                        "alert.yaml:5:29 spec.slack.url.fromSecret: there is no Secret ops"
                                + " [E-REFERENCE]");
    }

    @Test
    void load_keyThatTheSecretLost_leavesTheLastRightAlert() {
        AgeKeys keys = Sealing.newKeys();
        Repo repo = Repo.withInstance().file("ops.yaml", Sealing.sealed(SECRET, keys));
        repo.keys = keys;
        repo.file("alert.yaml", alert("slack: {url: {fromSecret: ops.url}}"));
        Alert before = repo.known().alerts().getFirst();

        repo.file("alert.yaml", alert("slack: {url: {fromSecret: ops.uri}}"));

        assertThat(repo.known().alerts()).containsExactly(before);
        assertThat(repo.problems()).singleElement().asString().contains("has no key uri");
    }

    @Test
    void load_bothOrNeither_isAMistake() {
        for (String url : List.of("{}", "{fromFile: a, fromSecret: b.c}")) {
            Repo repo = Repo.withInstance().file("alert.yaml", alert("slack: {url: " + url + "}"));

            assertThat(repo.known().alerts()).isEmpty();
            assertThat(repo.problems()).singleElement().asString().contains("fromSecret");
        }
    }

    @Test
    void load_wholeAlertSealed_urlIsNoPlainText() {
        AgeKeys keys = Sealing.newKeys();
        Repo repo =
                Repo.withInstance()
                        .file(
                                "alert.yaml",
                                Sealing.whole(
                                        alert("webhook: {url: \"https://ops.example.com/s3cret\"}"),
                                        keys));
        repo.keys = keys;

        Alert alert = repo.known().alerts().getFirst();

        assertThat(alert.spec().webhook())
                .isEqualTo(
                        new Alert.Webhook(
                                new EnvValue.Sealed(
                                        new SecretText("https://ops.example.com/s3cret")),
                                null));
        assertThat(alert.toString()).doesNotContain("s3cret");
    }

    private static Alert only(String spec) {
        DesiredState.Known known = Repo.withInstance().file("alert.yaml", alert(spec)).known();
        assertThat(known.problems()).isEmpty();
        return known.alerts().getFirst();
    }

    private static String alert(String spec) {
        return "apiVersion: berth/v1\nkind: Alert\nmetadata: {name: ops}\nspec:\n  " + spec + "\n";
    }
}
