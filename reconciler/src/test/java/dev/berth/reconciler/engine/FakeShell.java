package dev.berth.reconciler.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The little of a shell that containers of the {@link FakeEngine} understand: in {@code sh -c "...;
 * ..."} (also {@code /bin/sh}) the words {@code echo} (also {@code >&2}), {@code exit N}, {@code
 * false}, {@code true}; {@code sleep} and {@code exec sleep} run until stopped; the rest does
 * nothing. Any other command than {@code sh}, {@code sleep}, {@code true}, {@code false} and {@code
 * echo} is not found.
 */
final class FakeShell {
    private static final Set<String> SHELLS = Set.of("sh", "/bin/sh");

    private FakeShell() {}

    /**
     * What a command does.
     *
     * @param exitCode {@code null} = it runs on; 127 = there is no such command
     */
    record Result(List<String> output, @Nullable Integer exitCode) {}

    static Result run(List<String> words) {
        String script =
                words.size() > 2 && SHELLS.contains(words.get(0)) && words.get(1).equals("-c")
                        ? words.get(2)
                        : String.join(" ", words);
        return switch (script.split(" ", 2)[0]) {
            case "sleep", "true", "false", "echo", "exit", "exec", "trap", "cat" -> steps(script);
            default -> new Result(List.of("exec " + script + " failed: not found"), 127);
        };
    }

    private static Result steps(String script) {
        List<String> output = new ArrayList<>();
        Integer code = 0;
        for (String step : script.split(";", -1)) {
            String[] words = step.strip().split("\\s+", 2);
            String rest = words.length > 1 ? words[1] : "";
            switch (words[0]) {
                case "echo" -> {
                    code = 0;
                    output.add(rest.replace(">&2", "").replace("\"", "").strip());
                }
                case "false" -> code = 1;
                case "exit" -> {
                    return new Result(output, rest.isEmpty() ? code : Integer.parseInt(rest));
                }
                case "sleep", "exec" -> {
                    return new Result(output, null);
                }
                default -> code = 0;
            }
        }
        return new Result(output, code);
    }
}
