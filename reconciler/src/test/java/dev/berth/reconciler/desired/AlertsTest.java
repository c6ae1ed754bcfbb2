package dev.berth.reconciler.desired;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.schemas.config.Alert;
import dev.berth.schemas.config.Alert.Credential;
import dev.berth.schemas.config.Alert.Event;
import dev.berth.schemas.config.Alert.Tls;
import java.util.List;
import org.junit.jupiter.api.Test;

/** From documents of kind Alert to the desired state. */
final class AlertsTest {
    @Test
    void load_littleGiven_meansAllFailuresAndRecoveriesOfAll() {
        Alert alert = only("slack: {url: {fromFile: slack-url}}");

        assertThat(alert.spec().slack()).isEqualTo(new Alert.Slack(new Credential("slack-url")));
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
                        new Alert.Webhook("https://ops.example.com/berth", new Credential("key")));
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

    private static Alert only(String spec) {
        DesiredState.Known known = Repo.withInstance().file("alert.yaml", alert(spec)).known();
        assertThat(known.problems()).isEmpty();
        return known.alerts().getFirst();
    }

    private static String alert(String spec) {
        return "apiVersion: berth/v1\nkind: Alert\nmetadata: {name: ops}\nspec:\n  " + spec + "\n";
    }
}
