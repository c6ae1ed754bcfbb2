package dev.berth.reconciler.build.recognise.node;

import dev.berth.reconciler.build.recognise.ShellLine;
import dev.berth.schemas.config.Command;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Scripts of a manifest as commands of a container. What a package manager would start is started
 * without it: it need not be in the image, and stands between a signal and the server.
 */
final class Scripts {
    private static final Pattern CALLS_SCRIPT =
            Pattern.compile(
                    "(?:npm|pnpm|yarn|bun)(?:\\s+run)?\\s+(?:-s\\s+|--silent\\s+)?([\\w:.-]+)");
    private static final int DEEPEST = 5;

    private Scripts() {}

    /** The command of a script that is there. */
    static Command command(PackageJson json, String script) {
        if (json.hasScript("pre" + script)) {
            return Command.shell(
                    body(json, "pre" + script, 0) + " && exec " + body(json, script, 0));
        }
        return ShellLine.command(body(json, script, 0));
    }

    /** The command of a line, which may call a script. */
    static Command ofLine(PackageJson json, String line) {
        Matcher call = CALLS_SCRIPT.matcher(line.strip());
        return call.matches() && json.hasScript(call.group(1))
                ? command(json, call.group(1))
                : ShellLine.command(line);
    }

    /** What a script runs in the end. */
    static String body(PackageJson json, String script) {
        return body(json, script, 0);
    }

    /** A program of a development dependency is needed to start. */
    static boolean needsDevelopment(PackageJson json, Command command) {
        List<String> words =
                command.words().stream().flatMap(w -> ShellLine.words(w).stream()).toList();
        return words.stream()
                .map(Scripts::program)
                .anyMatch(
                        word ->
                                json.devDependencies().containsKey(word)
                                        && !json.dependencies().containsKey(word));
    }

    private static String program(String word) {
        return switch (word) {
            case "react-router-serve" -> "@react-router/serve";
            case "remix-serve" -> "@remix-run/serve";
            case "nest" -> "@nestjs/cli";
            case "ts-node-dev", "ts-node-esm" -> "ts-node";
            default -> word;
        };
    }

    private static String body(PackageJson json, String script, int depth) {
        String line = json.scripts().getOrDefault(script, "").strip();
        Matcher call = CALLS_SCRIPT.matcher(line);
        if (depth < DEEPEST && call.matches() && json.hasScript(call.group(1))) {
            return body(json, call.group(1), depth + 1);
        }
        return line;
    }
}
