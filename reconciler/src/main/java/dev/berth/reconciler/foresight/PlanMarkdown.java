package dev.berth.reconciler.foresight;

import dev.berth.reconciler.desired.Problem;
import dev.berth.schemas.config.ResourceId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A forecast as Markdown, for a comment on a pull request: what is dangerous first, long parts
 * folded, cut where a forge would refuse it. The words are those of the plan.
 *
 * <p>What people wrote, in YAML or as a name, stands in code and nowhere else: there it is no
 * markup, mentions nobody, links nothing and is no command to the forge. Pure.
 */
public final class PlanMarkdown {
    /** Forges take 65,536 characters at least; the rest is for who posts it. */
    public static final int MOST = 60_000;

    private static final int MOST_OF_A_BLOCK = 6_000;
    private static final int MOST_OF_A_LINE = 2_000;
    private static final int FOLDED_FROM = 2_500;

    /** Room for what is said of what was left out. */
    private static final int TAIL = 600;

    /** They could show text in another order or not at all, or end a line. */
    private static final Pattern UNSEEN = Pattern.compile("[\\p{Cc}\\p{Cf}\\u2028\\u2029&&[^\\n]]");

    /** People paste what they are shown into a shell. */
    private static final Pattern HARMLESS = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/-]{0,199}");

    private final StringBuilder text = new StringBuilder();
    private int left;

    private PlanMarkdown() {}

    /** The whole comment; at most {@value #MOST} characters, ends with a line end. */
    public static String of(Forecast forecast) {
        PlanMarkdown page = new PlanMarkdown();
        switch (forecast) {
            case Forecast.Planned planned -> page.planned(planned);
            case Forecast.Checked checked -> page.checked(checked);
            case Forecast.Unclear unclear -> page.unclear(unclear);
            case Forecast.Unread unread -> page.unread(unread, unread.cause());
            case Forecast.Moved moved -> page.unread(moved, moved.text().strip());
        }
        return page.end(forecast);
    }

    private void planned(Forecast.Planned plan) {
        head("Plan: " + plan.headline(), plan.subject());
        problems(plan.problems());
        confirmations(plan);
        section("To delete", plan.of(Effect.DELETE));
        section("To replace", plan.of(Effect.REPLACE));
        section("To create", plan.of(Effect.CREATE));
        section("To update", plan.of(Effect.UPDATE));
        section(
                "Not done for now",
                plan.of(Effect.BLOCKED).stream().filter(p -> !p.waits()).toList());
        fenced("Volumes that nobody would declare any more", "", plan.orphans());
        anyway(plan);
    }

    private void checked(Forecast.Checked checked) {
        head("Check: " + checked.counts(), checked.subject());
        problems(checked.problems());
        named("Documents that would go", checked.go());
        named("Documents that would come", checked.come());
    }

    private void unclear(Forecast.Unclear unclear) {
        head("Plan: " + unclear.headline(), unclear.subject());
        fenced("Why", "", List.of(unclear.cause()));
        problems(unclear.problems());
    }

    private void unread(Forecast unread, String cause) {
        text.append("### Plan: ").append(unread.headline()).append('\n');
        fenced("Why", "", List.of(cause));
    }

    /**
     * The comment in place of an older one, for what is not to be merged into what is followed.
     *
     * @param base what it is to be merged into
     * @param branch that is followed
     */
    public static String notFollowed(String base, String branch) {
        return "### No plan\n\nIt is to be merged into %s, and Berth follows %s: merging it changes nothing here.\n"
                .formatted(code(base), code(branch));
    }

    private void head(String title, Forecast.Subject subject) {
        text.append("### ").append(title).append("\n\n");
        text.append(
                "%s is commit %s.\n"
                        .formatted(code(subject.name()), code(subject.commit().substring(0, 12))));
        subject.notes().forEach(note -> text.append("\n> ").append(code(note)).append('\n'));
    }

    private void problems(Forecast.Mistakes problems) {
        fenced("Problems", "", problems.own().stream().map(Problem::toString).toList());
        fenced(
                "Problems that are there already",
                "",
                problems.older().stream().map(Problem::toString).toList());
    }

    /** Many resources wait for the same thing, and say so in the same words. */
    private void confirmations(Forecast.Planned plan) {
        Map<List<Prospect.Step>, List<Prospect>> same = new LinkedHashMap<>();
        plan.prospects().stream()
                .filter(Prospect::waits)
                .map(PlanMarkdown::waiting)
                .forEach(p -> same.computeIfAbsent(p.steps(), _ -> new ArrayList<>()).add(p));
        parts("Waiting for a person", same.values().stream().map(PlanMarkdown::block).toList());
    }

    /** What else becomes of it stands where it belongs. */
    private static Prospect waiting(Prospect prospect) {
        return new Prospect(
                prospect.resource(),
                prospect.effect(),
                prospect.steps().stream().filter(Prospect.Step::waits).toList());
    }

    private void section(String title, List<Prospect> prospects) {
        parts(
                prospects.isEmpty() ? title : "%s (%d)".formatted(title, prospects.size()),
                prospects.stream().map(each -> block(List.of(each))).toList());
    }

    private static String block(List<Prospect> same) {
        String names =
                same.stream()
                        .map(prospect -> code(prospect.resource().toString()))
                        .collect(Collectors.joining(", "));
        List<String> lines = new ArrayList<>();
        List<String> before = List.of();
        for (Prospect.Step step : same.getFirst().steps()) {
            lines.add(step.what());
            if (!step.reasons().equals(before)) {
                step.reasons().forEach(why -> lines.add(why.indent(4).stripTrailing()));
            }
            before = step.reasons();
        }
        return cutNames(names) + "\n" + fence("diff", lines);
    }

    private static String cutNames(String names) {
        return names.length() > MOST_OF_A_LINE
                ? names.substring(0, names.lastIndexOf(", ", MOST_OF_A_LINE)) + ", and more"
                : names;
    }

    private void anyway(Forecast.Planned plan) {
        named("Under way with or without it", plan.anyway());
    }

    private void named(String title, List<ResourceId> resources) {
        if (!resources.isEmpty()) {
            parts(
                    "%s (%d)".formatted(title, resources.size()),
                    List.of(
                            cutNames(
                                            resources.stream()
                                                    .map(ResourceId::toString)
                                                    .map(PlanMarkdown::code)
                                                    .collect(Collectors.joining(", ")))
                                    + "\n"));
        }
    }

    /** Texts of one or more lines each, in one block. */
    private void fenced(String title, String language, List<String> texts) {
        if (texts.isEmpty()) {
            return;
        }
        List<String> blocks = new ArrayList<>();
        List<String> lines = new ArrayList<>();
        int size = 0;
        for (String each : texts) {
            if (size + each.length() > MOST_OF_A_BLOCK && !lines.isEmpty()) {
                blocks.add(fence(language, lines));
                lines.clear();
                size = 0;
            }
            lines.add(each);
            size += each.length() + 1;
        }
        blocks.add(fence(language, lines));
        parts(title, blocks);
    }

    private void parts(String title, List<String> blocks) {
        if (blocks.isEmpty()) {
            return;
        }
        boolean folded = blocks.stream().mapToInt(String::length).sum() > FOLDED_FROM;
        String begin =
                folded
                        ? "\n<details><summary><b>%s</b></summary>\n".formatted(title)
                        : "\n#### %s\n".formatted(title);
        String end = folded ? "\n</details>\n" : "";
        if (!fits(begin.length() + blocks.getFirst().length() + end.length())) {
            left += blocks.size();
            return;
        }
        text.append(begin);
        for (String block : blocks) {
            if (fits(block.length() + end.length() + 1)) {
                text.append('\n').append(block);
            } else {
                left++;
            }
        }
        text.append(end);
    }

    private boolean fits(int length) {
        return text.length() + length <= MOST - TAIL;
    }

    private String end(Forecast forecast) {
        if (left > 0) {
            text.append(
                    "\n**Cut here: %d more %s no room.**\n"
                            .formatted(left, left == 1 ? "part has" : "parts have"));
        }
        if (forecast instanceof Forecast.Planned && HARMLESS.matcher(forecast.name()).matches()) {
            text.append("\n<sub>Whole, and as things are then: ")
                    .append(code("./berth plan " + forecast.name()))
                    .append(
                            " where Berth runs. Of secrets and variables only their names are shown.</sub>\n");
        }
        return text.toString();
    }

    /** Lines as they are, between marks that none of them has. */
    private static String fence(String language, List<String> lines) {
        StringBuilder body = new StringBuilder();
        int kept = 0;
        for (String line : lines) {
            String clean = clean(line);
            if (body.length() + clean.length() > MOST_OF_A_BLOCK) {
                body.append(
                        clean,
                        0,
                        Math.max(0, Math.min(clean.length(), MOST_OF_A_BLOCK - body.length())));
                body.append("\n… %d more lines\n".formatted(lines.size() - kept));
                break;
            }
            body.append(clean).append('\n');
            kept++;
        }
        String mark = "`".repeat(Math.max(3, longestRun(body) + 1));
        return mark + language + "\n" + body + mark + "\n";
    }

    /** One line in code. */
    private static String code(String words) {
        String line = clean(words).replace('\n', ' ').strip();
        if (line.isEmpty()) {
            return "";
        }
        if (line.length() > MOST_OF_A_LINE) {
            line = line.substring(0, MOST_OF_A_LINE) + "…";
        }
        String mark = "`".repeat(longestRun(line) + 1);
        String room = line.startsWith("`") || line.endsWith("`") ? " " : "";
        return mark + room + line + room + mark;
    }

    private static int longestRun(CharSequence words) {
        int longest = 0;
        int run = 0;
        for (int i = 0; i < words.length(); i++) {
            run = words.charAt(i) == '`' ? run + 1 : 0;
            longest = Math.max(longest, run);
        }
        return longest;
    }

    /** A comment of HTML could pass for the mark by which a forge's comment is found again. */
    private static String clean(String words) {
        return UNSEEN.matcher(words.replace("\r\n", "\n").replace('\t', ' '))
                .replaceAll("\uFFFD")
                .replace("<!--", "<! --");
    }
}
