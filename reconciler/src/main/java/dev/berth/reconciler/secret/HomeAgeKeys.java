package dev.berth.reconciler.secret;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds the age identities of a Berth, anew at each use, so that a new file counts at once: {@code
 * $BERTH_HOME/keys/age.txt}, the file that {@code SOPS_AGE_KEY_FILE} names, and the text of {@code
 * SOPS_AGE_KEY}. Thread-safe.
 */
public final class HomeAgeKeys implements Supplier<AgeKeys> {
    private final Path file;
    private final Map<String, String> environment;
    private final Consumer<String> complaints;
    private @Nullable Found last;

    /**
     * @param complaints is told what can't be used, once until it changes; never a key
     */
    public HomeAgeKeys(Path home, Map<String, String> environment, Consumer<String> complaints) {
        this.file = fileIn(home);
        this.environment = Map.copyOf(environment);
        this.complaints = complaints;
    }

    /** Where a home has its identities. */
    public static Path fileIn(Path home) {
        return home.resolve("keys").resolve("age.txt");
    }

    /**
     * Adds a new identity to those of a home.
     *
     * @return for whom to seal from now on
     */
    public static AgeRecipient add(Path home, AgeIdentity identity) throws IOException {
        Path file = fileIn(home);
        String before = Files.exists(file) ? KeyFile.read(file) : "";
        String gap = before.isEmpty() || before.endsWith("\n") ? "" : "\n";
        KeyFile.write(
                file,
                "%s%s# public key: %s\n%s\n"
                        .formatted(before, gap, identity.recipient(), identity.text()));
        return identity.recipient();
    }

    @Override
    public synchronized AgeKeys get() {
        List<String> trouble = new ArrayList<>();
        List<Source> sources = new ArrayList<>();
        read(file, sources, trouble);
        String named = environment.getOrDefault("SOPS_AGE_KEY_FILE", "");
        if (!named.isEmpty()) {
            read(Path.of(named), sources, trouble);
        }
        String given = environment.getOrDefault("SOPS_AGE_KEY", "");
        if (!given.isEmpty()) {
            sources.add(new Source("SOPS_AGE_KEY", Secret.of(given)));
        }
        Found before = last;
        if (before == null || !before.sources().equals(sources)) {
            AgeKeys keys = AgeKeys.none();
            for (Source source : sources) {
                keys =
                        keys.and(
                                AgeKeys.read(
                                        source.name(),
                                        source.text().text(),
                                        fault -> trouble.add(fault.toString())));
            }
            last = new Found(sources, keys);
            trouble.forEach(complaints);
            return keys;
        }
        return before.keys();
    }

    private static void read(Path file, List<Source> sources, List<String> trouble) {
        if (!Files.exists(file)) {
            return;
        }
        try {
            sources.add(new Source(file.toString(), Secret.of(KeyFile.read(file))));
        } catch (IOException e) {
            trouble.add("can't read %s: %s".formatted(file, e));
            sources.add(new Source(file.toString(), Secret.of(new byte[0])));
        } catch (IllegalStateException e) {
            trouble.add(String.valueOf(e.getMessage()));
            sources.add(new Source(file.toString(), Secret.of(new byte[0])));
        }
    }

    private record Source(String name, Secret text) {}

    private record Found(List<Source> sources, AgeKeys keys) {
        private Found {
            sources = List.copyOf(sources);
        }
    }
}
