package dev.berth.reconciler.engine.dockerfile;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The images that a Dockerfile starts from or copies from. */
public final class BaseImages {
    private static final Pattern VARIABLE =
            Pattern.compile("\\$(?:(\\w+)|\\{(\\w+)(?::([-+])([^}]*))?})");
    private static final Pattern FROM =
            Pattern.compile("(\\S+)(?:\\s+AS\\s+(\\S+))?", Pattern.CASE_INSENSITIVE);
    private static final Pattern ARGUMENT =
            Pattern.compile("([\\w.-]++)(?:=((?:\"[^\"]*+\"|'[^']*+'|[^\\s\"'])*+))?");
    private static final Pattern MOUNT_FROM = Pattern.compile("(?:^|,)from=([^,]+)");

    private final Map<String, String> args = new HashMap<>();
    private final Map<String, String> given;
    private final Set<String> stages = new HashSet<>();
    private final Set<String> images = new LinkedHashSet<>();
    private final Map<String, @Nullable String> bases = new HashMap<>();
    private @Nullable String last;

    private BaseImages(Map<String, String> given) {
        this.given = given;
    }

    /**
     * Their references, in order of appearance, without those that can't be told from the text and
     * those of an explicit platform.
     *
     * @param args of the build
     */
    public static Set<String> of(Dockerfile dockerfile, Map<String, String> args) {
        BaseImages reading = new BaseImages(args);
        dockerfile.instructions().forEach(reading::read);
        return reading.images;
    }

    /**
     * The image that the last stage is based on, by way of other stages too; {@code null} when it
     * is based on nothing, or that can't be told from the text.
     *
     * @param args of the build
     */
    public static @Nullable String last(Dockerfile dockerfile, Map<String, String> args) {
        BaseImages reading = new BaseImages(args);
        dockerfile.instructions().forEach(reading::read);
        return reading.last;
    }

    private void read(Instruction instruction) {
        switch (instruction.keyword()) {
            case "ARG" -> arg(instruction.words());
            case "FROM" -> from(instruction);
            case "COPY" -> instruction.flag("from").ifPresent(this::image);
            case "RUN" ->
                    instruction.flags().stream()
                            .filter(flag -> flag.startsWith("--mount="))
                            .map(flag -> MOUNT_FROM.matcher(flag.substring(8)))
                            .filter(Matcher::find)
                            .forEach(from -> image(from.group(1)));
            default -> {}
        }
    }

    /** Only those before the first FROM are good for it. */
    private void arg(String words) {
        if (stages.isEmpty() && images.isEmpty()) {
            Matcher each = ARGUMENT.matcher(words);
            while (each.find()) {
                String value = given.get(each.group(1));
                if (value == null && each.group(2) != null) {
                    value = substituted(each.group(2).replaceAll("[\"']", ""));
                }
                if (value != null) {
                    args.put(each.group(1), value);
                }
            }
        }
    }

    private void from(Instruction instruction) {
        Matcher from = FROM.matcher(instruction.words());
        if (!from.matches()) {
            return;
        }
        last = null;
        if (instruction.flag("platform").filter(p -> !p.contains("$")).isEmpty()) {
            image(from.group(1));
            String base = substituted(from.group(1));
            last = images.contains(base) ? base : bases.get(base.toLowerCase(Locale.ROOT));
        }
        String name = from.group(2);
        if (name != null) {
            stages.add(name.toLowerCase(Locale.ROOT));
            bases.put(name.toLowerCase(Locale.ROOT), last);
        }
    }

    private void image(String written) {
        String name = substituted(written);
        boolean image =
                !name.isEmpty()
                        && !name.contains("$")
                        && !name.equals("scratch")
                        && !name.matches("\\d+")
                        && !stages.contains(name.toLowerCase(Locale.ROOT));
        if (image) {
            images.add(name);
        }
    }

    private String substituted(String text) {
        return VARIABLE.matcher(text)
                .replaceAll(found -> Matcher.quoteReplacement(value((Matcher) found)));
    }

    private String value(Matcher variable) {
        String plain = variable.group(1);
        String value = args.get(plain == null ? variable.group(2) : plain);
        boolean there = value != null && !value.isEmpty();
        if ("-".equals(variable.group(3)) && !there) {
            return variable.group(4);
        }
        if ("+".equals(variable.group(3))) {
            return there ? variable.group(4) : "";
        }
        return there && value != null ? value : variable.group();
    }
}
