package dev.berth.reconciler.desired;

import dev.berth.reconciler.source.IgnoreRules;
import dev.berth.schemas.config.App;
import dev.berth.schemas.config.EnvScope;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The rules of an app that its records and their annotations can't say. Pure. */
final class AppRules {
    /** The process that the short forms speak of and that hosts lead to. */
    static final String WEB = "web";

    private final App.Spec spec;
    private final ReadDocument read;
    private final Problems problems;
    private boolean found;

    private AppRules(App app, ReadDocument read, Problems problems) {
        this.spec = app.spec();
        this.read = read;
        this.problems = problems;
    }

    static void check(App app, ReadDocument read, Problems problems) {
        AppRules rules = new AppRules(app, read, problems);
        rules.checkWebGivenOnce();
        rules.checkDomainsDiffer();
        rules.checkVolumes();
        rules.checkHealthcheck();
        rules.checkEnv();
        rules.checkWatch();
        if (!isToBeRecognised(app.spec())) {
            rules.checkPorts();
        }
        RollbackRules.check(app.spec(), read, problems);
        CronRules.check(app.spec().cron(), read, problems);
        PreviewFields.check(app, read, problems);
    }

    /**
     * True when its code may say what the document does not: its processes, and where they listen.
     */
    static boolean isToBeRecognised(App.Spec spec) {
        return spec.source() != null && (spec.build() == null || spec.build().dockerfile() == null);
    }

    /**
     * Checks what needs a port, once the code was asked for one.
     *
     * @return true when all is well
     */
    static boolean checkPorts(Choice choice, Problems problems) {
        if (!(choice.document() instanceof App app)) {
            return true;
        }
        AppRules rules = new AppRules(app, choice.read(), problems);
        rules.checkPorts();
        return !rules.found;
    }

    private void checkPorts() {
        checkDomainsHavePort();
        checkHealthcheckHasPort();
        checkSleep();
    }

    private void checkWatch() {
        List<String> watch = spec.source() == null ? List.of() : spec.source().watch();
        for (int i = 0; i < watch.size(); i++) {
            try {
                if (watch.get(i).lines().count() != 1) {
                    throw new IllegalArgumentException("one line each");
                }
                var _ = IgnoreRules.parse(watch.get(i));
            } catch (IllegalArgumentException e) {
                wrong(
                        read.at("spec", "source", "watch", i),
                        "spec.source.watch[%d]".formatted(i),
                        "%s is no pattern for paths: %s"
                                .formatted(Words.quote(watch.get(i)), e.getMessage()));
            }
        }
    }

    private void checkWebGivenOnce() {
        if (!spec.processes().containsKey(WEB)) {
            return;
        }
        for (String key : List.of("port", "protocol", "replicas", "command")) {
            if (read.find("spec", key) != null) {
                wrong(
                        read.at("spec", key),
                        "spec." + key,
                        "can't be beside spec.processes.web, which it is short for: move it there");
            }
        }
    }

    private void checkDomainsHavePort() {
        if (!spec.domains().isEmpty()
                && spec.staticFiles() == null
                && EffectiveProcesses.webPort(spec) == null) {
            wrong(
                    read.at("spec", "domains"),
                    "spec.domains",
                    "a domain needs a port to lead to: add spec.port");
        }
    }

    private void checkDomainsDiffer() {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < spec.domains().size(); i++) {
            if (!seen.add(spec.domains().get(i))) {
                wrong(
                        read.at("spec", "domains", i),
                        "spec.domains[" + i + "]",
                        "%s is already in this list".formatted(spec.domains().get(i)));
            }
        }
    }

    private void checkVolumes() {
        Map<String, String> nameByPath = new HashMap<>();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < spec.volumes().size(); i++) {
            App.Volume volume = spec.volumes().get(i);
            String at = "spec.volumes[" + i + "]";
            if (!names.add(volume.name())) {
                wrong(
                        read.at("spec", "volumes", i, "name"),
                        at + ".name",
                        "two volumes are named %s".formatted(volume.name()));
            }
            String path = Paths.absolute(volume.path());
            String other = nameByPath.putIfAbsent(path, volume.name());
            if (other != null) {
                wrong(
                        read.at("spec", "volumes", i, "path"),
                        at + ".path",
                        "volume %s is already mounted at %s".formatted(other, path));
            }
            if (path.equals("/") || Stream.of(path.split("/", -1)).anyMatch(".."::equals)) {
                wrong(
                        read.at("spec", "volumes", i, "path"),
                        at + ".path",
                        "expected a directory below /, without '..'");
            }
        }
    }

    private void checkEnv() {
        if (spec.source() != null) {
            return;
        }
        new TreeMap<>(spec.env())
                .forEach(
                        (name, variable) -> {
                            if (variable.at() == EnvScope.BUILD) {
                                wrong(
                                        read.at("spec", "env", name, "at"),
                                        "spec.env." + name + ".at",
                                        "nothing is built for an app without spec.source, and so"
                                                + " nothing would be given this: add source, or take"
                                                + " at away");
                            }
                        });
    }

    private void checkSleep() {
        if (spec.sleep() != null && EffectiveProcesses.webPort(spec) == null) {
            wrong(
                    read.at("spec", "sleep"),
                    "spec.sleep",
                    "nothing could wake an app without a port: add spec.port");
        }
    }

    private void checkHealthcheck() {
        App.HealthCheck check = spec.healthcheck();
        long ways =
                Stream.of(check.path() != null, check.tcp(), check.command() != null)
                        .filter(given -> given)
                        .count();
        if (ways > 1) {
            wrong(
                    read.at("spec", "healthcheck"),
                    "spec.healthcheck",
                    "only one of path, tcp and command can be the check");
        } else if (check.path() != null && webSpeaks() == App.Protocol.H2C) {
            wrong(
                    read.at("spec", "healthcheck", "path"),
                    "spec.healthcheck.path",
                    "a path is asked by HTTP/1, which protocol h2c does not speak: use tcp or a"
                            + " command");
        }
    }

    private void checkHealthcheckHasPort() {
        App.HealthCheck check = spec.healthcheck();
        boolean one = check.command() == null && check.tcp() == (check.path() == null);
        if (one && spec.staticFiles() == null && EffectiveProcesses.webPort(spec) == null) {
            wrong(
                    read.at("spec", "healthcheck", check.path() != null ? "path" : "tcp"),
                    "spec.healthcheck",
                    "this check needs a port: add spec.port, or check with a command");
        }
    }

    private App.@Nullable Protocol webSpeaks() {
        App.ProcessSpec web = EffectiveProcesses.of(spec).get(WEB);
        return web == null ? null : web.protocol();
    }

    private void wrong(Location location, String path, String message) {
        found = true;
        problems.add(location, path, Problem.Code.VALUE, message);
    }
}
