package dev.berth.reconciler.desired;

import dev.berth.reconciler.secret.SecretRef;
import dev.berth.reconciler.secret.SecretUse;
import dev.berth.schemas.config.EnvGroup;
import dev.berth.schemas.config.EnvValue;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

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
        /** What these groups give; the references have been checked. */
        Environment groups(Environment below, List<String> names) {
            Environment all = below;
            for (String name : names) {
                Choice choice = chosen.get(new ResourceId(Kind.EnvGroup, name));
                if (choice != null && choice.document() instanceof EnvGroup group) {
                    all = own(all, choice.id(), group.spec().env());
                }
            }
            return all;
        }

        /** What a document gives itself. */
        Environment own(Environment below, ResourceId owner, Map<String, EnvValue> values) {
            SortedMap<String, String> clear = new TreeMap<>(below.clear());
            SortedMap<String, SecretUse> secret = new TreeMap<>(below.secret());
            values.forEach(
                    (name, value) -> {
                        clear.remove(name);
                        secret.remove(name);
                        switch (value) {
                            case EnvValue.Text(String text) -> clear.put(name, text);
                            case EnvValue.FromSecret from ->
                                    secret.put(
                                            name,
                                            secrets.use(new SecretRef(from.secret(), from.key())));
                            case EnvValue.Sealed _ ->
                                    secret.put(
                                            name,
                                            secrets.use(
                                                    new SecretRef(
                                                            SecretValues.holder(owner), name)));
                        }
                    });
            return new Environment(clear, secret);
        }
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
