package dev.berth.reconciler.desired;

import dev.berth.schemas.config.Alert;
import dev.berth.schemas.config.Alert.Email;
import dev.berth.schemas.config.Alert.Event;
import dev.berth.schemas.config.Alert.Tls;
import dev.berth.schemas.config.EnvValue;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.SecretText;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.stream.Stream;

/** The rules of an alert that its records and their annotations can't say. Pure. */
final class AlertRules {
    private static final List<String> KINDS = Stream.of(Kind.values()).map(Kind::word).toList();

    private final Alert.Spec spec;
    private final ReadDocument read;
    private final Problems problems;

    private AlertRules(Alert alert, ReadDocument read, Problems problems) {
        this.spec = alert.spec();
        this.read = read;
        this.problems = problems;
    }

    static void check(Alert alert, ReadDocument read, Problems problems) {
        AlertRules rules = new AlertRules(alert, read, problems);
        rules.checkEvents();
        rules.checkResources();
        if (alert.spec().webhook() != null) {
            switch (alert.spec().webhook().url()) {
                case EnvValue.Text(String url) -> rules.checkUrl(url);
                case EnvValue.Sealed(SecretText url) -> rules.checkUrl(url.value());
                case EnvValue.FromSecret _ -> {}
            }
        }
        if (alert.spec().email() != null) {
            rules.checkEmail(alert.spec().email());
        }
    }

    private void checkEvents() {
        if (spec.on().stream().allMatch(Event.Recovered::equals)) {
            wrong(
                    read.at("spec", "on"),
                    "spec.on",
                    "nothing recovers that never failed: add Failed, or a reason");
        }
    }

    private void checkResources() {
        for (int i = 0; i < spec.resources().size(); i++) {
            String pattern = spec.resources().get(i);
            int slash = pattern.indexOf('/');
            if (slash < 0) {
                continue;
            }
            String kind = pattern.substring(0, slash);
            if (!KINDS.contains(kind)) {
                wrong(
                        read.at("spec", "resources", i),
                        "spec.resources[%d]".formatted(i),
                        "there is no kind %s%s, only %s"
                                .formatted(
                                        Words.quote(kind),
                                        NearMiss.hint(kind, KINDS),
                                        Words.oneOf(KINDS)));
            }
        }
    }

    private void checkUrl(String url) {
        if (!hasHost(url)) {
            wrong(
                    read.at("spec", "webhook", "url"),
                    "spec.webhook.url",
                    "not a URL with a host: write it as https://ops.example.com/path");
        }
    }

    private static boolean hasHost(String url) {
        try {
            return new URI(url).getHost() != null;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private void checkEmail(Email email) {
        if (email.to().isEmpty()) {
            wrong(read.at("spec", "email"), "spec.email.to", "nobody gets it: add an address");
        }
        if (email.password() != null && email.tls() == Tls.NONE) {
            wrong(
                    read.at("spec", "email", "password"),
                    "spec.email.password",
                    "with tls: none it would cross the network in the clear: use starttls or"
                            + " implicit");
        }
    }

    private void wrong(Location place, String path, String message) {
        problems.add(place, path, Problem.Code.VALUE, message);
    }
}
