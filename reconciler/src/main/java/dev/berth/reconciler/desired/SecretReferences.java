package dev.berth.reconciler.desired;

import dev.berth.reconciler.secret.SecretRef;
import dev.berth.schemas.config.Alert;
import dev.berth.schemas.config.App;
import dev.berth.schemas.config.Document;
import dev.berth.schemas.config.Domain;
import dev.berth.schemas.config.EnvGroup;
import dev.berth.schemas.config.EnvValue;
import dev.berth.schemas.config.EnvVariable;
import dev.berth.schemas.config.Instance;
import dev.berth.schemas.config.Job;
import dev.berth.schemas.config.Overlay;
import dev.berth.schemas.config.SecretDocument;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Where a document names keys of Secrets. Pure. */
final class SecretReferences {
    private SecretReferences() {}

    /**
     * One place.
     *
     * @param steps keys and indexes that lead to the mapping it is in
     * @param path the same as people write it
     * @param nameField the field that names the Secret
     * @param keyField the field that names the key
     */
    record Reference(
            List<Object> steps, String path, String nameField, String keyField, SecretRef ref) {
        Reference {
            steps = List.copyOf(steps);
        }

        /** The field that is wrong. */
        String field(boolean secretIsThere) {
            return secretIsThere ? keyField : nameField;
        }

        Location in(ReadDocument read, String field) {
            List<Object> whole = new ArrayList<>(steps);
            whole.add(field);
            return read.at(whole.toArray());
        }
    }

    private static List<Reference> of(Alert alert) {
        Alert.Spec spec = alert.spec();
        List<Reference> found = new ArrayList<>();
        if (spec.slack() != null) {
            add(found, spec.slack().url().reference(), "slack", "url");
        }
        if (spec.webhook() != null) {
            if (spec.webhook().url() instanceof EnvValue.FromSecret from) {
                add(found, from, "webhook", "url");
            }
            if (spec.webhook().secret() != null) {
                add(found, spec.webhook().secret().reference(), "webhook", "secret");
            }
        }
        if (spec.email() != null && spec.email().password() != null) {
            add(found, spec.email().password().reference(), "email", "password");
        }
        return found;
    }

    private static void add(
            List<Reference> to, EnvValue.@Nullable FromSecret from, String channel, String field) {
        if (from != null) {
            to.add(
                    new Reference(
                            List.of("spec", channel, field),
                            "spec.%s.%s".formatted(channel, field),
                            "fromSecret",
                            "fromSecret",
                            new SecretRef(from.secret(), from.key())));
        }
    }

    private static List<Reference> of(Instance instance) {
        List<Reference> found = new ArrayList<>();
        List<Instance.Registry> registries = instance.spec().registries();
        for (int i = 0; i < registries.size(); i++) {
            EnvValue.FromSecret from = registries.get(i).password();
            found.add(
                    new Reference(
                            List.of("spec", "registries", i, "password"),
                            "spec.registries[%d].password".formatted(i),
                            "fromSecret",
                            "fromSecret",
                            new SecretRef(from.secret(), from.key())));
        }
        return found;
    }

    /** In the order of variables by name, then files as written. */
    static List<Reference> of(Document document) {
        return switch (document) {
            case App app -> of(app);
            case EnvGroup group -> ofEnv(group.spec().env());
            case Alert alert -> of(alert);
            case Instance instance -> of(instance);
            case Domain _, SecretDocument _, Job _, Overlay _ -> List.of();
        };
    }

    private static List<Reference> of(App app) {
        List<Reference> found = ofEnv(app.spec().env());
        List<App.SecretFile> files = app.spec().secrets();
        for (int i = 0; i < files.size(); i++) {
            App.SecretFile file = files.get(i);
            found.add(
                    new Reference(
                            List.of("spec", "secrets", i),
                            "spec.secrets[%d]".formatted(i),
                            "secret",
                            "key",
                            new SecretRef(file.secret(), file.key())));
        }
        return found;
    }

    private static List<Reference> ofEnv(Map<String, EnvVariable> env) {
        List<Reference> found = new ArrayList<>();
        new TreeMap<>(env)
                .forEach(
                        (name, variable) -> {
                            if (variable.given() instanceof EnvValue.FromSecret from) {
                                found.add(
                                        new Reference(
                                                List.of("spec", "env", name),
                                                "spec.env." + name,
                                                "fromSecret",
                                                "fromSecret",
                                                new SecretRef(from.secret(), from.key())));
                            }
                        });
        return found;
    }

    /** Two files can't be at one path, nor one where another's directory is. */
    static void check(App app, ReadDocument read, Problems problems) {
        Set<String> taken = new HashSet<>();
        Set<String> directories = new HashSet<>();
        List<App.SecretFile> files = app.spec().secrets();
        for (int i = 0; i < files.size(); i++) {
            String path = files.get(i).file();
            boolean clash = !taken.add(path) || directories.contains(path);
            for (int at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
                String directory = path.substring(0, at);
                clash |= taken.contains(directory);
                directories.add(directory);
            }
            if (clash) {
                problems.add(
                        read.at("spec", "secrets", i, "path"),
                        "spec.secrets[%d].path".formatted(i),
                        Problem.Code.VALUE,
                        "another secret is already given as %s: choose another path"
                                .formatted(path));
            }
        }
    }
}
