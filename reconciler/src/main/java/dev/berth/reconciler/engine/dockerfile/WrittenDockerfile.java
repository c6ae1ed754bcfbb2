package dev.berth.reconciler.engine.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A Dockerfile that Berth wrote, as builders get it. What people see is the text itself. Each of
 * its instructions is one line.
 *
 * @param text for BuildKit, with mounts
 */
public record WrittenDockerfile(String text) {
    private static final String ALL_FILES = "COPY . ./";
    private static final Pattern IMAGE =
            Pattern.compile("^(?:FROM |COPY (?:--\\S+ )*?--from=)([^\\s@]+)(?=\\s|$)");
    private static final Pattern RUN = Pattern.compile("RUN ((?:--mount=\\S+ )*)(.*)");

    /**
     * With images by what they are and not by a name that may move.
     *
     * @param digests {@code sha256:...} by the image's reference as it is written
     */
    public WrittenDockerfile pinned(Map<String, String> digests) {
        return new WrittenDockerfile(
                text.lines()
                        .map(line -> pinned(line, digests))
                        .collect(Collectors.joining("\n", "", "\n")));
    }

    private static String pinned(String line, Map<String, String> digests) {
        Matcher image = IMAGE.matcher(line);
        String digest = image.find() ? digests.get(image.group(1)) : null;
        return digest == null
                ? line
                : line.substring(0, image.end(1)) + "@" + digest + line.substring(image.end(1));
    }

    /** Without mounts: nothing is kept from build to build, and no secret is there. */
    public String forAny() {
        return text.lines()
                .map(
                        line -> {
                            Matcher run = RUN.matcher(line);
                            return run.matches() ? "RUN " + run.group(2) : line;
                        })
                .collect(Collectors.joining("\n", "", "\n"));
    }

    /**
     * With a removal of the Dockerfile wherever all files are copied, as BuildKit copies it with
     * them. That costs no layer of what is built: it is done in the stage that is left behind, by
     * the step that is next anyhow, if there is one.
     *
     * @param name of the Dockerfile in the context
     */
    public String forBuildKit(String name) {
        List<String> lines = new ArrayList<>();
        boolean there = false;
        for (String line : text.lines().toList()) {
            Matcher run = RUN.matcher(line);
            if (there && run.matches()) {
                lines.add("RUN %srm -f %s && %s".formatted(run.group(1), name, run.group(2)));
            } else {
                if (there) {
                    lines.add("RUN rm -f " + name);
                }
                lines.add(line);
            }
            there = line.equals(ALL_FILES);
        }
        return String.join("\n", lines) + "\n";
    }
}
