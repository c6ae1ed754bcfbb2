package dev.berth.reconciler.secret;

import dev.berth.schemas.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The values of a vault at rest: what one holder has is one entry of the store. */
final class StoredValues {
    private static final String OF_SECRET = "secret_";
    private static final String OF_APP = "app_";
    private static final String APP = "app/";
    private static final String REPLACED = "replaced";

    private final SecretStore store;

    StoredValues(SecretStore store) {
        this.store = store;
    }

    SortedMap<SecretRef, Secret> readAll() throws IOException {
        SortedMap<SecretRef, Secret> values = new TreeMap<>();
        for (String name : store.names()) {
            String holder = holder(name);
            if (holder != null) {
                Secret entry = store.get(name).orElseThrow();
                Json.read(entry.text(), Entry.class)
                        .values()
                        .forEach(
                                (key, value) ->
                                        values.put(new SecretRef(holder, key), Secret.of(value)));
            }
        }
        return values;
    }

    void write(SortedMap<SecretRef, Secret> before, SortedMap<SecretRef, Secret> now)
            throws IOException {
        SortedMap<String, SortedMap<String, Secret>> old = byHolder(before);
        SortedMap<String, SortedMap<String, Secret>> wanted = byHolder(now);
        for (Map.Entry<String, SortedMap<String, Secret>> holder : wanted.entrySet()) {
            if (!holder.getValue().equals(old.get(holder.getKey()))) {
                SortedMap<String, String> texts = new TreeMap<>();
                holder.getValue().forEach((key, value) -> texts.put(key, value.text()));
                store.put(
                        name(holder.getKey()),
                        Secret.of(Json.write(new Entry(texts)).getBytes(StandardCharsets.UTF_8)));
            }
        }
        for (String name : store.names()) {
            String holder = holder(name);
            if (holder != null && !wanted.containsKey(holder)) {
                store.remove(name);
            }
        }
    }

    List<Vault.Replaced> readReplaced() throws IOException {
        Optional<Secret> entry = store.get(REPLACED);
        return entry.isEmpty()
                ? List.of()
                : Json.read(entry.get().text(), Old.class).values().stream()
                        .map(OldValue::opened)
                        .toList();
    }

    void writeReplaced(Collection<Vault.Replaced> values) throws IOException {
        if (values.isEmpty()) {
            store.remove(REPLACED);
            return;
        }
        Old old = new Old(values.stream().map(OldValue::of).toList());
        store.put(REPLACED, Secret.of(Json.write(old).getBytes(StandardCharsets.UTF_8)));
    }

    private static SortedMap<String, SortedMap<String, Secret>> byHolder(
            SortedMap<SecretRef, Secret> values) {
        SortedMap<String, SortedMap<String, Secret>> holders = new TreeMap<>();
        values.forEach(
                (ref, value) ->
                        holders.computeIfAbsent(ref.holder(), _ -> new TreeMap<>())
                                .put(ref.key(), value));
        return holders;
    }

    private static String name(String holder) {
        return holder.startsWith(APP)
                ? OF_APP + holder.substring(APP.length())
                : OF_SECRET + holder;
    }

    private static @Nullable String holder(String name) {
        return name.startsWith(OF_APP)
                ? APP + name.substring(OF_APP.length())
                : name.startsWith(OF_SECRET) ? name.substring(OF_SECRET.length()) : null;
    }

    /** Likewise. */
    record Old(List<OldValue> values) {
        @Override
        public String toString() {
            return "***";
        }
    }

    /** Likewise. */
    record OldValue(String holder, String key, String value, Instant at) {
        static OldValue of(Vault.Replaced old) {
            return new OldValue(old.ref().holder(), old.ref().key(), old.value().text(), old.at());
        }

        Vault.Replaced opened() {
            return new Vault.Replaced(new SecretRef(holder, key), Secret.of(value), at);
        }

        @Override
        public String toString() {
            return "***";
        }
    }

    /** What is encrypted; exists only on its way in and out. */
    record Entry(SortedMap<String, String> values) {
        @Override
        public String toString() {
            return "***";
        }
    }
}
