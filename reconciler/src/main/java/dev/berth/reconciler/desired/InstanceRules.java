package dev.berth.reconciler.desired;

import dev.berth.reconciler.desired.yaml.Node;
import dev.berth.schemas.config.Cidr;
import dev.berth.schemas.config.Instance;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The rules of an Instance that its records and their annotations can't say. Pure. */
final class InstanceRules {
    private static final String PROXIES = "trustedProxies";
    private static final String VARIABLES = "variables";

    private InstanceRules() {}

    static void check(Instance instance, ReadDocument read, Problems problems) {
        checkVariables(instance, read, problems);
        checkWatermarks(instance.spec().cleanup(), read, problems);
        checkRegistries(instance.spec().registries(), read, problems);
        ForgeRules.check(instance, read, problems);
        TlsRules.check(instance, read, problems);
        List<String> networks = instance.spec().edge().trustedProxies();
        for (int i = 0; i < networks.size(); i++) {
            try {
                Cidr.parse(networks.get(i));
            } catch (IllegalArgumentException e) {
                problems.add(
                        read.at("spec", "edge", PROXIES, i),
                        "spec.edge.trustedProxies[%d]".formatted(i),
                        Problem.Code.VALUE,
                        "%s is neither a network such as 10.0.0.0/8 nor an IP address"
                                .formatted(Words.quote(networks.get(i))));
            }
        }
        if (instance.spec().edge().proxyProtocol() && networks.isEmpty()) {
            problems.add(
                    read.at("spec", "edge", "proxyProtocol"),
                    "spec.edge.proxyProtocol",
                    Problem.Code.VALUE,
                    "only trusted proxies may send a PROXY header, and there are none: name their"
                            + " networks in trustedProxies");
        }
    }

    private static void checkRegistries(
            List<Instance.Registry> registries, ReadDocument read, Problems problems) {
        Map<String, Integer> first = new HashMap<>();
        for (int i = 0; i < registries.size(); i++) {
            Integer before = first.putIfAbsent(registries.get(i).key(), i);
            if (before != null) {
                problems.add(
                        read.at("spec", "registries", i, "host"),
                        "spec.registries[%d].host".formatted(i),
                        Problem.Code.VALUE,
                        "the login of %s is already given in spec.registries[%d]: keep one of them"
                                .formatted(registries.get(i).key(), before));
            }
        }
    }

    private static void checkWatermarks(
            Instance.Cleanup cleanup, ReadDocument read, Problems problems) {
        if (cleanup.low() >= cleanup.high()) {
            problems.add(
                    read.at("spec", "cleanup", "lowWatermark"),
                    "spec.cleanup.lowWatermark",
                    Problem.Code.VALUE,
                    "%s is not below highWatermark, which is %s"
                            .formatted(cleanup.lowWatermark(), cleanup.highWatermark()));
        }
    }

    /** Their values stand in plans, labels and pages. */
    private static void checkVariables(Instance instance, ReadDocument read, Problems problems) {
        for (String name : instance.spec().variables().keySet()) {
            Node value = read.find("spec", VARIABLES, name);
            if (value != null && ScalarBinder.isSealed(value)) {
                problems.add(
                        read.at("spec", VARIABLES, name),
                        "spec.variables." + name,
                        Problem.Code.SECRET,
                        "an encrypted value can't be a variable, which is shown: leave it readable"
                                + " (encrypted_regex), or use a Secret");
            }
        }
    }
}
