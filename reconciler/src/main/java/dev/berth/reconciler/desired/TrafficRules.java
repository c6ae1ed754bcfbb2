package dev.berth.reconciler.desired;

import dev.berth.schemas.config.App;
import dev.berth.schemas.config.Cidr;
import dev.berth.schemas.config.Traffic;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** The rules of an app's traffic that its records and their annotations can't say. Pure. */
final class TrafficRules {
    private static final Pattern BCRYPT =
            Pattern.compile("\\$2[aby]\\$(0[4-9]|1[0-2])\\$[./A-Za-z0-9]{53}");
    private static final Pattern SALTED = Pattern.compile("sha256:[^:\\s]{8,64}:[0-9a-f]{64}");
    private static final Pattern FIELD_VALUE = Pattern.compile("[\\x20-\\x7e]{0,4096}");

    /** Fields by which the edge frames and identifies answers. */
    private static final Set<String> OURS =
            Set.of(
                    "connection",
                    "content-length",
                    "content-encoding",
                    "transfer-encoding",
                    "trailer",
                    "upgrade",
                    "te",
                    "keep-alive",
                    "date",
                    "x-request-id",
                    "set-cookie");

    private final Traffic traffic;
    private final ReadDocument read;
    private final Problems problems;

    private TrafficRules(Traffic traffic, ReadDocument read, Problems problems) {
        this.traffic = traffic;
        this.read = read;
        this.problems = problems;
    }

    static void check(App app, ReadDocument read, Problems problems) {
        TrafficRules rules = new TrafficRules(app.spec().traffic(), read, problems);
        rules.checkNetworks("allow", rules.traffic.allow());
        rules.checkNetworks("deny", rules.traffic.deny());
        rules.checkUsers();
        rules.checkHeaders();
    }

    private void checkNetworks(String key, List<String> networks) {
        for (int i = 0; i < networks.size(); i++) {
            try {
                Cidr.parse(networks.get(i));
            } catch (IllegalArgumentException e) {
                wrong(
                        read.at("spec", "traffic", key, i),
                        key + "[" + i + "]",
                        "%s is neither a network such as 10.0.0.0/8 nor an IP address"
                                .formatted(Words.quote(networks.get(i))));
            }
        }
    }

    private void checkUsers() {
        Traffic.BasicAuth wall = traffic.basicAuth();
        if (wall == null) {
            return;
        }
        if (wall.users().isEmpty()) {
            wrong(
                    read.at("spec", "traffic", "basicAuth"),
                    "basicAuth.users",
                    "nobody could pass: add a user");
        }
        wall.users()
                .forEach(
                        (name, hash) -> {
                            if (!BCRYPT.matcher(hash).matches()
                                    && !SALTED.matcher(hash).matches()) {
                                wrong(
                                        read.at("spec", "traffic", "basicAuth", "users", name),
                                        Binder.join("basicAuth.users", name),
                                        "this is no hash: put one here as `htpasswd -nB NAME` prints it (bcrypt, cost 4 to 12), or sha256:<salt of 8 to 64>:<64 hex digits>; never the password itself");
                            }
                        });
    }

    private void checkHeaders() {
        traffic.responseHeaders()
                .forEach(
                        (name, value) -> {
                            String path = Binder.join("responseHeaders", name);
                            Location place = read.at("spec", "traffic", "responseHeaders", name);
                            if (OURS.contains(name.toLowerCase(Locale.ROOT))) {
                                wrong(place, path, "the edge itself sets this field");
                            } else if (!FIELD_VALUE.matcher(value).matches()) {
                                wrong(
                                        place,
                                        path,
                                        "a field's value is one line of printable ASCII");
                            }
                        });
    }

    private void wrong(Location location, String path, String message) {
        problems.add(location, "spec.traffic." + path, Problem.Code.VALUE, message);
    }
}
