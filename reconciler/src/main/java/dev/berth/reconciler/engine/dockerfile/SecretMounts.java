package dev.berth.reconciler.engine.dockerfile;

import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The secrets that a Dockerfile mounts into its steps. */
public final class SecretMounts {
    private static final Pattern SECRET = Pattern.compile("(?:^|,)type=secret(?:,|$)");
    private static final Pattern ID = Pattern.compile("(?:^|,)id=\"?([^,\"]+)");
    private static final Pattern TARGET =
            Pattern.compile("(?:^|,)(?:target|dst|destination)=\"?(?:[^,\"]*/)?([^,\"/]+)");

    private SecretMounts() {}

    /** Their ids; one that has none is named as the file that it becomes. */
    public static Set<String> of(Dockerfile dockerfile) {
        Set<String> ids = new TreeSet<>();
        dockerfile.instructions().stream()
                .filter(instruction -> instruction.keyword().equals("RUN"))
                .flatMap(instruction -> instruction.flags().stream())
                .filter(flag -> flag.startsWith("--mount="))
                .map(flag -> flag.substring("--mount=".length()))
                .filter(mount -> SECRET.matcher(mount).find())
                .forEach(
                        mount -> {
                            Matcher id = ID.matcher(mount);
                            Matcher file = TARGET.matcher(mount);
                            if (id.find()) {
                                ids.add(id.group(1));
                            } else if (file.find()) {
                                ids.add(file.group(1));
                            }
                        });
        return ids;
    }
}
