package dev.berth.reconciler.webhook;

import dev.berth.reconciler.source.RepoUrl;
import dev.berth.schemas.config.Instance;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What deliveries are judged by: the forges and the repos that config names.
 *
 * @param forges as the Instance lists them
 * @param repos each once
 */
public record Subscriptions(List<Instance.Forge> forges, List<Repo> repos) {
    public Subscriptions {
        forges = List.copyOf(forges);
        repos = List.copyOf(repos);
    }

    /**
     * What config says.
     *
     * @param instance its name
     * @param configRepo where config is
     * @param repos URLs that apps name, and those apps; what is no URL of a repo is left out
     */
    public static Subscriptions of(
            String instance,
            RepoUrl configRepo,
            List<Instance.Forge> forges,
            Map<String, ? extends Set<ResourceId>> repos) {
        Map<String, Repo> found = new TreeMap<>();
        found.put(
                configRepo.shown(),
                new Repo(configRepo, true, Set.of(new ResourceId(Kind.Instance, instance))));
        repos.forEach(
                (text, apps) -> {
                    try {
                        RepoUrl url = RepoUrl.parse(text);
                        found.merge(url.shown(), new Repo(url, false, apps), Repo::and);
                    } catch (RepoUrl.InvalidRepoUrlException e) {
                        // the app's own status says so
                    }
                });
        return new Subscriptions(forges, List.copyOf(found.values()));
    }

    /**
     * A repo that config names.
     *
     * @param config whether it is the config repo
     * @param owners apps whose code is there, and the Instance for the config repo
     */
    public record Repo(RepoUrl url, boolean config, Set<ResourceId> owners) {
        public Repo {
            owners = Set.copyOf(owners);
        }

        private Repo and(Repo other) {
            Set<ResourceId> all = new TreeSet<>(owners);
            all.addAll(other.owners);
            return new Repo(url, config || other.config, all);
        }
    }
}
