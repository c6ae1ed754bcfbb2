package dev.berth.reconciler.desired;

import dev.berth.schemas.config.Acme;
import dev.berth.schemas.config.DnsAccess;
import dev.berth.schemas.config.Instance;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts the settings of an Instance together; what is not said is as documents have it. */
public final class SettingsOf {
    private String domain = "localhost";
    private Instance.Prune prune = new Instance.Prune(5);
    private Instance.Edge edge = Instance.Edge.NONE;
    private List<Instance.Registry> registries = List.of();
    private List<Instance.Forge> forges = List.of();
    private Instance.Builds builds = Instance.Builds.USUAL;
    private @Nullable Acme acme;
    private List<DnsAccess> dns = List.of();
    private @Nullable Boolean wildcardCertificate;

    public SettingsOf domain(String suffix) {
        domain = suffix;
        return this;
    }

    public SettingsOf prune(Instance.Prune rules) {
        prune = rules;
        return this;
    }

    public SettingsOf edge(Instance.Edge wanted) {
        edge = wanted;
        return this;
    }

    public SettingsOf registries(Instance.Registry... all) {
        registries = List.of(all);
        return this;
    }

    public SettingsOf forges(Instance.Forge... all) {
        forges = List.of(all);
        return this;
    }

    public SettingsOf builds(Instance.Builds how) {
        builds = how;
        return this;
    }

    public SettingsOf certificates(
            @Nullable Acme from, List<DnsAccess> access, @Nullable Boolean wildcard) {
        acme = from;
        dns = access;
        wildcardCertificate = wildcard;
        return this;
    }

    public Instance.Spec make() {
        return new Instance.Spec(
                domain,
                null,
                Map.of(),
                new Instance.Source(Duration.ofSeconds(30)),
                prune,
                new Instance.Engine(Instance.Reach.AUTO),
                edge,
                registries,
                forges,
                new Instance.Webhook(null),
                null,
                builds,
                Instance.Cleanup.USUAL,
                acme,
                dns,
                wildcardCertificate);
    }
}
