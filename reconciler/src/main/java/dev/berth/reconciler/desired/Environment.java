package dev.berth.reconciler.desired;

import dev.berth.reconciler.build.recognise.BuildVariables;
import dev.berth.reconciler.secret.SecretRef;
import dev.berth.reconciler.secret.SecretUse;
import dev.berth.schemas.config.App;
import dev.berth.schemas.config.EnvGroup;
import dev.berth.schemas.config.EnvScope;
import dev.berth.schemas.config.EnvValue;
import dev.berth.schemas.config.EnvVariable;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * The variables of a container, laid over one another: what comes later wins, and what is given as
 * a secret hides what is given in the clear, and the other way round.
 *
 * @param clear sorted by name
 * @param secret likewise; none is in both
 */
record Environment(SortedMap<String, String> clear, SortedMap<String, SecretUse> secret) {

    /** Where variables come from. */
    record Sources(SortedMap<ResourceId, Choice> chosen, SecretValues secrets) {
        /** What these groups give to containers; the references have been checked. */
        Environment groups(List<String> names) {
            return of(variables(chosen, names), EnvScope::atRuntime);
        }

        /** What an app and its groups give to its containers, over what Berth gives. */
        Environment atRuntime(Environment below, App app) {
            return below.with(of(variables(chosen, app), EnvScope::atRuntime));
        }

        /** What they give to the build of its source. */
        Environment atBuild(App app) {
            return of(variables(chosen, app), EnvScope::atBuild);
        }

        private Environment of(SortedMap<String, Owned> variables, Predicate<EnvScope> moment) {
            SortedMap<String, String> clear = new TreeMap<>();
            SortedMap<String, SecretUse> secret = new TreeMap<>();
            variables.forEach(
                    (name, owned) -> {
                        if (moment.test(owned.variable().at())) {
                            switch (owned.variable().given()) {
                                case EnvValue.Text(String text) -> clear.put(name, text);
                                case EnvValue.FromSecret from ->
                                        secret.put(
                                                name,
                                                use(new SecretRef(from.secret(), from.key())));
                                case EnvValue.Sealed _ -> secret.put(name, use(owned.sealed(name)));
                            }
                        }
                    });
            return new Environment(clear, secret);
        }

        private SecretUse use(SecretRef ref) {
            return secrets.use(ref);
        }
    }

    /**
     * A variable, and the document that gives it.
     *
     * @param owner an app or a group
     */
    private record Owned(ResourceId owner, EnvVariable variable) {
        SecretRef sealed(String name) {
            return new SecretRef(SecretValues.holder(owner), name);
        }
    }

    /** Names of what a build is given of the variables of an app and of its groups. */
    static BuildVariables namesAtBuild(SortedMap<ResourceId, Choice> chosen, App app) {
        SortedSet<String> clear = new TreeSet<>();
        SortedSet<String> secret = new TreeSet<>();
        variables(chosen, app)
                .forEach(
                        (name, owned) -> {
                            if (owned.variable().at().atBuild()) {
                                (owned.variable().secret() ? secret : clear).add(name);
                            }
                        });
        return new BuildVariables(clear, secret);
    }

    /** An entry of a later document stands in place of an earlier one, also in when it is there. */
    private static SortedMap<String, Owned> variables(
            SortedMap<ResourceId, Choice> chosen, App app) {
        SortedMap<String, Owned> all = variables(chosen, app.spec().envFrom());
        app.spec().env().forEach((name, given) -> all.put(name, new Owned(app.id(), given)));
        return all;
    }

    private static SortedMap<String, Owned> variables(
            SortedMap<ResourceId, Choice> chosen, List<String> groups) {
        SortedMap<String, Owned> all = new TreeMap<>();
        for (String name : groups) {
            Choice choice = chosen.get(new ResourceId(Kind.EnvGroup, name));
            if (choice != null && choice.document() instanceof EnvGroup group) {
                group.spec()
                        .env()
                        .forEach((key, given) -> all.put(key, new Owned(choice.id(), given)));
            }
        }
        return all;
    }

    /** What an app and its groups give that is no secret. */
    static SortedMap<String, EnvVariable> open(SortedMap<ResourceId, Choice> chosen, App app) {
        SortedMap<String, EnvVariable> open = new TreeMap<>();
        variables(chosen, app)
                .forEach(
                        (name, owned) -> {
                            if (!owned.variable().secret()) {
                                open.put(name, owned.variable());
                            }
                        });
        return open;
    }

    /** With these over it. */
    Environment with(Map<String, String> texts) {
        SortedMap<String, String> all = new TreeMap<>(clear);
        all.putAll(texts);
        SortedMap<String, SecretUse> left = new TreeMap<>(secret);
        left.keySet().removeAll(texts.keySet());
        return new Environment(all, left);
    }

    /** With all of another over it. */
    Environment with(Environment over) {
        Environment all = with(over.clear());
        SortedMap<String, String> left = new TreeMap<>(all.clear());
        left.keySet().removeAll(over.secret().keySet());
        SortedMap<String, SecretUse> given = new TreeMap<>(all.secret());
        given.putAll(over.secret());
        return new Environment(left, given);
    }

    /** Only these. */
    static Environment of(Map<String, String> texts) {
        return new Environment(new TreeMap<>(texts), new TreeMap<>());
    }
}
