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
import java.util.stream.Collectors;
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

        /** Whether it is for previews alone. */
        boolean ofPreviews() {
            return steps.size() > 1 && steps.get(1).equals("previews");
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
            add(found, registries.get(i).password(), "registries", i, "password");
        }
        List<Instance.Forge> forges = instance.spec().forges();
        for (int i = 0; i < forges.size(); i++) {
            Instance.Forge forge = forges.get(i);
            add(found, forge.token(), "forges", i, "token");
            if (forge.app() != null) {
                add(found, forge.app().key(), "forges", i, "app", "key");
            }
            add(found, forge.webhook(), "forges", i, "webhook");
        }
        found.addAll(TlsSecrets.of(instance.spec()));
        return found;
    }

    private static void add(
            List<Reference> to,
            EnvValue.@Nullable FromSecret from,
            String list,
            int item,
            String... field) {
        if (from != null) {
            List<Object> steps = new ArrayList<>(List.of("spec", list, item));
            steps.addAll(List.of(field));
            to.add(
                    new Reference(
                            steps,
                            "spec.%s[%d].%s".formatted(list, item, String.join(".", field)),
                            "fromSecret",
                            "fromSecret",
                            new SecretRef(from.secret(), from.key())));
        }
    }

    /** In the order of variables by name, then files as written. */
    static List<Reference> of(Document document) {
        return switch (document) {
            case App app -> of(app);
            case EnvGroup group -> ofEnv(group.spec().env(), List.of("spec"));
            case Alert alert -> of(alert);
            case Instance instance -> of(instance);
            case Domain domain -> TlsSecrets.of(domain.spec().tls());
            case SecretDocument _, Job _, Overlay _ -> List.of();
        };
    }

    private static List<Reference> of(App app) {
        List<Reference> found = ofEnv(app.spec().env(), List.of("spec"));
        found.addAll(ofFiles(app.spec().secrets(), List.of("spec")));
        found.addAll(TlsSecrets.of(app.spec().tls()));
        App.Previews previews = app.spec().previews();
        if (previews != null) {
            found.addAll(ofEnv(previews.env(), List.of("spec", "previews")));
            found.addAll(ofFiles(previews.secrets(), List.of("spec", "previews")));
        }
        return found;
    }

    private static List<Reference> ofFiles(List<App.SecretFile> files, List<Object> in) {
        List<Reference> found = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            App.SecretFile file = files.get(i);
            found.add(
                    new Reference(
                            below(in, "secrets", i),
                            "%s.secrets[%d]".formatted(dotted(in), i),
                            "secret",
                            "key",
                            new SecretRef(file.secret(), file.key())));
        }
        return found;
    }

    private static List<Object> below(List<Object> in, Object... steps) {
        List<Object> whole = new ArrayList<>(in);
        whole.addAll(List.of(steps));
        return whole;
    }

    private static String dotted(List<Object> steps) {
        return steps.stream().map(Object::toString).collect(Collectors.joining("."));
    }

    private static List<Reference> ofEnv(Map<String, EnvVariable> env, List<Object> in) {
        List<Reference> found = new ArrayList<>();
        new TreeMap<>(env)
                .forEach(
                        (name, variable) -> {
                            if (variable.given() instanceof EnvValue.FromSecret from) {
                                found.add(
                                        new Reference(
                                                below(in, "env", name),
                                                "%s.env.%s".formatted(dotted(in), name),
                                                "fromSecret",
                                                "fromSecret",
                                                new SecretRef(from.secret(), from.key())));
                            }
                        });
        return found;
    }

    /** Two files can't be at one path, nor one where another's directory is. */
    static void check(
            List<App.SecretFile> files, List<Object> in, ReadDocument read, Problems problems) {
        Set<String> taken = new HashSet<>();
        Set<String> directories = new HashSet<>();
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
                        read.at(below(in, i, "path").toArray()),
                        "%s[%d].path".formatted(dotted(in), i),
                        Problem.Code.VALUE,
                        "another secret is already given as %s: choose another path"
                                .formatted(path));
            }
        }
    }
}
