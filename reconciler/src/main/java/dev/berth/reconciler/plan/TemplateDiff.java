package dev.berth.reconciler.plan;

import dev.berth.reconciler.desired.ContainerTemplate;
import dev.berth.reconciler.plan.Reason.EnvChanged;
import dev.berth.reconciler.plan.Reason.FieldChanged;
import dev.berth.reconciler.plan.Reason.SecretChanged;
import dev.berth.reconciler.secret.SecretUse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The fields in which two templates differ, in the words of the config. */
final class TemplateDiff {
    private static final String NONE = "(none)";

    private TemplateDiff() {}

    static List<Reason> between(ContainerTemplate from, ContainerTemplate to) {
        List<Reason> changes = new ArrayList<>();
        compare(changes, "image", from.image(), to.image());
        compare(changes, "command", from.command(), to.command());
        compareEnv(changes, from, to);
        compareFiles(changes, from.filesOfSecrets(), to.filesOfSecrets());
        compareKeys(changes, "volumes", from.mounts(), to.mounts());
        compare(changes, "port", from.port(), to.port());
        compare(changes, "protocol", from.protocol(), to.protocol());
        compare(changes, "resources.memory", bytes(from.memoryBytes()), bytes(to.memoryBytes()));
        compare(changes, "resources.cpus", cpus(from.cpuMillis()), cpus(to.cpuMillis()));
        compare(changes, "capabilities", from.capabilities(), to.capabilities());
        compare(changes, "restartedAt", from.restartedAt(), to.restartedAt());
        compare(changes, "engine.reach", from.published(), to.published());
        return changes;
    }

    static String bytes(long bytes) {
        if (bytes == 0) {
            return NONE;
        }
        return bytes % (1L << 20) == 0 ? (bytes >> 20) + "Mi" : Long.toString(bytes);
    }

    static String cpus(long millis) {
        return millis == 0 ? NONE : Double.toString(millis / 1000.0);
    }

    /**
     * By name only: a plan is logged, kept and shown to people who may not read the repo, and
     * values of the environment are where people keep what should be secret.
     */
    private static void compareEnv(
            List<Reason> changes, ContainerTemplate from, ContainerTemplate to) {
        Map<String, Object> before = new TreeMap<>(from.env());
        before.putAll(from.secretVariables());
        Map<String, Object> after = new TreeMap<>(to.env());
        after.putAll(to.secretVariables());
        TreeSet<String> names = new TreeSet<>(before.keySet());
        names.addAll(after.keySet());
        for (String name : names) {
            Object was = before.get(name);
            Object is = after.get(name);
            if (was instanceof SecretUse old
                    && is instanceof SecretUse now
                    && old.ref().equals(now.ref())) {
                compareVersions(changes, "env." + name, old, now);
            } else if (!Objects.equals(was, is)) {
                changes.add(new EnvChanged(name, was != null, is != null));
            }
        }
    }

    private static void compareFiles(
            List<Reason> changes, Map<String, SecretUse> from, Map<String, SecretUse> to) {
        TreeSet<String> paths = new TreeSet<>(from.keySet());
        paths.addAll(to.keySet());
        for (String path : paths) {
            SecretUse old = from.get(path);
            SecretUse now = to.get(path);
            if (old != null && now != null && old.ref().equals(now.ref())) {
                compareVersions(changes, path, old, now);
            } else {
                compare(
                        changes,
                        "secrets." + path,
                        old == null ? null : old.ref(),
                        now == null ? null : now.ref());
            }
        }
    }

    private static void compareVersions(
            List<Reason> changes, String place, SecretUse from, SecretUse to) {
        if (!from.version().equals(to.version())) {
            changes.add(new SecretChanged(to.ref().toString(), place));
        }
    }

    private static void compareKeys(
            List<Reason> changes, String field, Map<String, String> from, Map<String, String> to) {
        TreeSet<String> keys = new TreeSet<>(from.keySet());
        keys.addAll(to.keySet());
        for (String key : keys) {
            compare(changes, field + "." + key, from.get(key), to.get(key));
        }
    }

    private static void compare(
            List<Reason> changes, String field, @Nullable Object from, @Nullable Object to) {
        if (!Objects.equals(from, to)) {
            changes.add(new FieldChanged(field, show(from), show(to)));
        }
    }

    /** On one line, whatever it is: a plan has a line for each reason. */
    private static String show(@Nullable Object value) {
        return value == null ? NONE : value.toString().replace("\n", "\\n");
    }
}
