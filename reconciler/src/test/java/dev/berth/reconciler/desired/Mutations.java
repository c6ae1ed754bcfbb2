package dev.berth.reconciler.desired;

import java.util.List;
import java.util.random.RandomGenerator;

/** Makes right texts wrong, in the ways that people, editors and broken disks do. */
final class Mutations {
    private static final List<String> TOKENS =
            List.of(
                    "---\n",
                    "...\n",
                    "- ",
                    ": ",
                    "? ",
                    "[",
                    "]",
                    "{",
                    "}",
                    ",",
                    "\t",
                    "\r",
                    "\n",
                    "\n\n",
                    "  ",
                    "\"",
                    "'",
                    "|\n",
                    ">-\n",
                    "&a ",
                    "*a",
                    "<<: *a\n",
                    "!x ",
                    "!!str ",
                    "%YAML 1.1\n",
                    "#",
                    "~",
                    "null",
                    "true",
                    "yes",
                    "0x1",
                    "1e9",
                    "-1",
                    ".inf",
                    "99999999999999999999",
                    "30s",
                    "512Mi",
                    "x-y: 1\n",
                    "apiVersion: berth/v1\n",
                    "kind: App\n",
                    "kind: Instance\n",
                    "metadata: {name: a}\n",
                    "spec:\n",
                    "port: 1\n",
                    "image: x\n",
                    "domains: [x.y]\n",
                    "\ufeff",
                    "\0",
                    "\u0085",
                    "\u2028",
                    "é",
                    "😀",
                    "\ud800",
                    "\u007f",
                    "${X}",
                    "@",
                    "`");

    private final RandomGenerator random;

    Mutations(RandomGenerator random) {
        this.random = random;
    }

    /** The text with one to four mutations. */
    String mutate(String text) {
        String mutated = text;
        for (int i = random.nextInt(1, 5); i > 0; i--) {
            mutated = once(mutated);
        }
        return mutated.length() > 20_000 ? mutated.substring(0, 20_000) : mutated;
    }

    private String once(String text) {
        int from = random.nextInt(text.length() + 1);
        int to = Math.min(text.length(), from + random.nextInt(1, 30));
        String head = text.substring(0, from);
        return switch (random.nextInt(7)) {
            case 0 -> head + text.substring(to);
            case 1 -> head + TOKENS.get(random.nextInt(TOKENS.size())) + text.substring(from);
            case 2 -> head + TOKENS.get(random.nextInt(TOKENS.size())) + text.substring(to);
            case 3 ->
                    head
                            + text.substring(from, to).repeat(random.nextInt(2, 9))
                            + text.substring(to);
            case 4 -> head + (char) random.nextInt(0x20, 0x7f) + text.substring(from);
            case 5 -> swapLines(text);
            default -> head + elsewhere(text) + text.substring(from);
        };
    }

    private String swapLines(String text) {
        String[] lines = text.split("(?<=\n)", -1);
        int one = random.nextInt(lines.length);
        int two = random.nextInt(lines.length);
        String line = lines[one];
        lines[one] = lines[two];
        lines[two] = line;
        return String.join("", lines);
    }

    private String elsewhere(String text) {
        int from = random.nextInt(text.length() + 1);
        return text.substring(from, Math.min(text.length(), from + random.nextInt(80)));
    }
}
