package dev.berth.reconciler.desired;

import dev.berth.reconciler.secret.Secret;
import dev.berth.reconciler.secret.SecretRef;
import dev.berth.reconciler.secret.SecretUse;
import dev.berth.reconciler.secret.Vault;
import dev.berth.schemas.config.Alert;
import dev.berth.schemas.config.App;
import dev.berth.schemas.config.Domain;
import dev.berth.schemas.config.EnvGroup;
import dev.berth.schemas.config.EnvValue;
import dev.berth.schemas.config.EnvVariable;
import dev.berth.schemas.config.Instance;
import dev.berth.schemas.config.Job;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.Overlay;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.config.SecretDocument;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The values that count: those in the documents that do, and of Secrets of which no document can be
 * used those that were there when one last could.
 */
final class SecretValues {
    private final Vault vault;
    private final SortedMap<SecretRef, Secret> values = new TreeMap<>();

    /**
     * @param wrong resources of which nothing counts though they are declared
     * @param unclear whether any resource at all may be declared where it can't be seen
     */
    SecretValues(
            SortedMap<ResourceId, Choice> chosen,
            Set<ResourceId> wrong,
            boolean unclear,
            Vault vault) {
        this.vault = vault;
        if (unclear) {
            values.putAll(vault.all());
        }
        for (ResourceId id : wrong) {
            values.putAll(vault.lastOf(holder(id)));
        }
        for (Choice choice : chosen.values()) {
            switch (choice.document()) {
                case SecretDocument secret ->
                        secret.data().forEach((key, text) -> put(choice.id(), key, text.value()));
                case App app -> putSealed(choice.id(), app.spec().env());
                case EnvGroup group -> putSealed(choice.id(), group.spec().env());
                case Domain _, Instance _, Alert _, Job _, Overlay _ -> {}
            }
        }
    }

    private void putSealed(ResourceId id, Map<String, EnvVariable> env) {
        env.forEach(
                (name, variable) -> {
                    if (variable.given() instanceof EnvValue.Sealed(var text)) {
                        put(id, name, text.value());
                    }
                });
    }

    private void put(ResourceId id, String key, String text) {
        values.put(new SecretRef(holder(id), key), Secret.of(text));
    }

    /** As references spell it: the name of a Secret, the id of anything else. */
    static String holder(ResourceId id) {
        return id.kind() == Kind.Secret ? id.name() : id.toString();
    }

    SortedMap<SecretRef, Secret> all() {
        return Collections.unmodifiableSortedMap(values);
    }

    /** What containers are told of all of them. */
    SortedMap<SecretRef, SecretUse> uses() {
        SortedMap<SecretRef, SecretUse> uses = new TreeMap<>();
        values.forEach((ref, value) -> uses.put(ref, vault.use(ref, value)));
        return uses;
    }

    /** What a container is told; the reference has been checked. */
    SecretUse use(SecretRef ref) {
        return vault.use(ref, Objects.requireNonNull(values.get(ref), ref::toString));
    }
}
