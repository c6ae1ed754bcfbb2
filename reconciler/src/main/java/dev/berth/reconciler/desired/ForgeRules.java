package dev.berth.reconciler.desired;

import dev.berth.schemas.config.Instance;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The rules of {@code spec.forges} that its records and their annotations can't say. Pure. */
final class ForgeRules {
    private static final int MOST_PORTS = 65_535;

    private final List<Instance.Forge> forges;
    private final ReadDocument read;
    private final Problems problems;

    private ForgeRules(List<Instance.Forge> forges, ReadDocument read, Problems problems) {
        this.forges = forges;
        this.read = read;
        this.problems = problems;
    }

    static void check(Instance instance, ReadDocument read, Problems problems) {
        ForgeRules rules = new ForgeRules(instance.spec().forges(), read, problems);
        rules.checkHosts();
        for (int i = 0; i < rules.forges.size(); i++) {
            rules.checkKind(i);
            rules.checkApi(i);
        }
    }

    /** Git takes hosts that HTTP does not. */
    private void checkApi(int i) {
        String api = forges.get(i).api();
        if (api == null) {
            return;
        }
        try {
            URI uri = new URI(api);
            if (uri.getHost() != null && uri.getPort() <= MOST_PORTS) {
                return;
            }
        } catch (URISyntaxException e) {
            // it is told below
        }
        wrong(
                i,
                "api",
                "%s is no address that can be asked: its host may have letters, digits, dots and hyphens, and a port up to %d"
                        .formatted(api, MOST_PORTS));
    }

    private void checkHosts() {
        Map<String, Integer> first = new HashMap<>();
        for (int i = 0; i < forges.size(); i++) {
            Integer before = first.putIfAbsent(forges.get(i).host(), i);
            if (before != null) {
                wrong(
                        i,
                        "host",
                        "%s is already spec.forges[%d]: keep one of them"
                                .formatted(forges.get(i).host(), before));
            }
        }
    }

    private void checkKind(int i) {
        Instance.Forge forge = forges.get(i);
        Instance.ForgeType kind = forge.kind();
        if (kind == null) {
            wrong(
                    i,
                    "host",
                    "nothing says what %s is: add type, such as gitea or gitlab"
                            .formatted(forge.host()));
            return;
        }
        boolean asked =
                switch (kind) {
                    case GITHUB, GITLAB, GITEA, FORGEJO -> true;
                    case GOGS, BITBUCKET, BITBUCKET_SERVER, AZURE, GENERIC -> false;
                };
        if (forge.token() != null && !asked) {
            wrong(
                    i,
                    "token",
                    "Berth asks nothing of %s, only its webhooks count: take the token away"
                            .formatted(word(kind)));
        }
        if (forge.app() != null && kind != Instance.ForgeType.GITHUB) {
            wrong(i, "app", "only GitHub has apps: give %s a token".formatted(word(kind)));
        }
    }

    private static String word(Instance.ForgeType kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private void wrong(int i, String field, String message) {
        problems.add(
                read.at("spec", "forges", i, field),
                "spec.forges[%d].%s".formatted(i, field),
                Problem.Code.VALUE,
                message);
    }
}
