package dev.berth.reconciler.desired;

import dev.berth.reconciler.secret.SecretRef;
import dev.berth.reconciler.secret.Vault;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.config.SecretDocument;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Whether documents name keys of Secrets that are there. */
final class SecretCheck {
    private final Fates fates;
    private final SortedMap<ResourceId, Choice> chosen;
    private final Problems problems;
    private final Map<ResourceId, String> waiting;
    private final Vault vault;

    /** Who uses each key other than for previews; {@code null} = nobody has asked yet. */
    private @Nullable Map<SecretRef, SortedSet<ResourceId>> used;

    /**
     * @param waiting gets why a right document does not count yet
     */
    SecretCheck(
            Fates fates,
            SortedMap<ResourceId, Choice> chosen,
            Problems problems,
            Map<ResourceId, String> waiting,
            Vault vault) {
        this.fates = fates;
        this.chosen = chosen;
        this.problems = problems;
        this.waiting = waiting;
        this.vault = vault;
    }

    /** The documents that don't count now. */
    List<Choice> wrong() {
        return chosen.values().stream().filter(this::isWrong).toList();
    }

    /** A Secret that can't be opened now serves with what it held when it last could. */
    private boolean isWrong(Choice choice) {
        boolean fits = true;
        for (SecretReferences.Reference reference : SecretReferences.of(choice.document())) {
            ResourceId id = new ResourceId(Kind.Secret, reference.ref().holder());
            @Nullable Choice secret = chosen.get(id);
            boolean unclear = secret == null && (fates.isWrong(id) || fates.pruneHold() != null);
            if (secret != null && secret.document() instanceof SecretDocument(_, var data)) {
                if (data.containsKey(reference.ref().key())) {
                    fits &= !isOfOthersToo(reference, choice);
                    continue;
                }
            } else if (unclear && vault.lastOf(id.name()).containsKey(reference.ref())) {
                fits &= !isOfOthersToo(reference, choice);
                continue;
            }
            fits = false;
            if (unclear) {
                if (choice.current()) {
                    waiting.put(choice.id(), "waits for a right document of %s".formatted(id));
                }
            } else if (choice.current()) {
                String field = reference.field(secret != null);
                problems.add(
                        reference.in(choice.read(), field),
                        reference.path() + "." + field,
                        Problem.Code.REFERENCE,
                        secretFault(reference.ref(), secret));
            }
        }
        return !fits;
    }

    /** Who opens a pull request decides what becomes of what its preview is given. */
    private boolean isOfOthersToo(SecretReferences.Reference reference, Choice choice) {
        ResourceId other =
                reference.ofPreviews() ? users(reference.ref(), choice.id()).orElse(null) : null;
        if (other != null && choice.current()) {
            String field = reference.field(true);
            problems.add(
                    reference.in(choice.read(), field),
                    reference.path() + "." + field,
                    Problem.Code.VALUE,
                    "%s uses %s itself, and code of any pull request would get it: give previews a key of their own"
                            .formatted(other, reference.ref()));
        }
        return other != null;
    }

    /** Who uses a key other than for previews: the one that is asked about before all others. */
    private Optional<ResourceId> users(SecretRef ref, ResourceId first) {
        SortedSet<ResourceId> users = used().getOrDefault(ref, Collections.emptySortedSet());
        return users.contains(first) ? Optional.of(first) : users.stream().findFirst();
    }

    private Map<SecretRef, SortedSet<ResourceId>> used() {
        Map<SecretRef, SortedSet<ResourceId>> known = used;
        if (known == null) { // few apps give secrets to previews
            known = new HashMap<>();
            for (Choice user : chosen.values()) {
                for (SecretReferences.Reference use : SecretReferences.of(user.document())) {
                    if (!use.ofPreviews()) {
                        known.computeIfAbsent(use.ref(), _ -> new TreeSet<>()).add(user.id());
                    }
                }
            }
            used = known;
        }
        return known;
    }

    private String secretFault(SecretRef ref, @Nullable Choice secret) {
        if (secret != null && secret.document() instanceof SecretDocument(_, var data)) {
            return "secret/%s has no key %s%s"
                    .formatted(ref.holder(), ref.key(), NearMiss.hint(ref.key(), data.keySet()));
        }
        List<String> names =
                chosen.keySet().stream()
                        .filter(id -> id.kind() == Kind.Secret)
                        .map(ResourceId::name)
                        .toList();
        return "there is no Secret %s%s"
                .formatted(ref.holder(), NearMiss.hint(ref.holder(), names));
    }
}
