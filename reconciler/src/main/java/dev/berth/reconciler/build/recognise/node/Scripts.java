package dev.berth.reconciler.build.recognise.node;

import dev.berth.reconciler.build.recognise.ShellLine;
import dev.berth.reconciler.build.recognise.ShellLine.Part;
import dev.berth.schemas.config.Command;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Scripts of a manifest as commands of a container. What a package manager would start is started
 * without it: it need not be in the image, and stands between a signal and the server.
 */
final class Scripts {
    private static final String ASSIGNMENTS = "((?:[A-Za-z_]\\w*=(?:[^\\s\"'$`]|\\$\\w+)*+\\s+)*+)";
    private static final Pattern BY_MANAGER =
            Pattern.compile(
                    ASSIGNMENTS + "(npm|pnpm|yarn|bun|npx|pnpx|bunx)\\s+(\\S.*)", Pattern.DOTALL);
    private static final Pattern FLAGS =
            Pattern.compile("(?:(?:-s|--silent|--no-install|--no|-y|--yes|--)\\s+)*+");
    private static final Pattern WORD =
            Pattern.compile("([\\w@./:-]+)(?:\\s+(.*))?", Pattern.DOTALL);
    private static final Pattern LOADS =
            Pattern.compile(
                    "(?:^|[\\s='\"])(?:-r|--require|--import|--(?:experimental-)?loader)\\b");

    /** After the name of a script, it is meant for one in another place. */
    private static final Pattern ELSEWHERE =
            Pattern.compile(
                    "(?:^|\\s)(?:-ws?|--ws|--workspaces?|--prefix|-C|--dir|--cwd|--filter)(?=[\\s=]|$)");

    private static final int DEEPEST = 5;

    /** What package managers do themselves when they are given these words. */
    private static final Set<String> OWN =
            Set.of(
                    "add",
                    "audit",
                    "bin",
                    "cache",
                    "ci",
                    "config",
                    "create",
                    "deploy",
                    "dlx",
                    "env",
                    "fetch",
                    "i",
                    "import",
                    "info",
                    "init",
                    "install",
                    "link",
                    "list",
                    "ls",
                    "npm",
                    "pack",
                    "patch",
                    "plugin",
                    "prune",
                    "publish",
                    "rebuild",
                    "recursive",
                    "remove",
                    "restart",
                    "rm",
                    "root",
                    "set",
                    "start",
                    "stop",
                    "store",
                    "test",
                    "up",
                    "update",
                    "upgrade",
                    "version",
                    "why",
                    "workspace",
                    "workspaces");

    private Scripts() {}

    /** The command of a script that is there. */
    static Command command(PackageJson json, String script) {
        return ShellLine.command(body(json, script, List.of()));
    }

    /** The command of a line, which may call scripts. */
    static Command ofLine(PackageJson json, String line) {
        return ShellLine.command(replaced(json, line, List.of()));
    }

    /** What a script runs in the end. */
    static String body(PackageJson json, String script) {
        return body(json, script, List.of());
    }

    /**
     * Whether nothing but what production needs is asked for: a file that Node.js runs by itself,
     * or the server of a framework. Loaders, runners of TypeScript and the like come from anywhere.
     */
    static boolean isPlain(PackageJson json, Command command) {
        String line = String.join(" ", command.words());
        String plain =
                line.replaceFirst("^/bin/sh -c ", "")
                        .replaceFirst("^exec (?:env )?" + ASSIGNMENTS, "");
        if (LOADS.matcher(line).find() || ShellLine.parts(plain).size() > 1) {
            return false;
        }
        return switch (ShellLine.words(plain).getFirst()) {
            case "node" -> true;
            case "next" -> json.dependencies().containsKey("next");
            case "react-router-serve" -> json.dependencies().containsKey("@react-router/serve");
            case "remix-serve" -> json.dependencies().containsKey("@remix-run/serve");
            default -> false;
        };
    }

    /**
     * A script with what it calls.
     *
     * @param within the scripts that called it, outermost first
     */
    private static String body(PackageJson json, String script, List<String> within) {
        List<String> deeper = Stream.concat(within.stream(), Stream.of(script)).toList();
        String line = replaced(json, json.scripts().getOrDefault(script, "").strip(), deeper);
        if (!json.hasScript("pre" + script)) {
            return line;
        }
        String before = replaced(json, json.scripts().getOrDefault("pre" + script, ""), deeper);
        return ShellLine.grouped(before) + " && " + ShellLine.grouped(line);
    }

    private static String replaced(PackageJson json, String line, List<String> within) {
        List<Part> parts = ShellLine.parts(line);
        List<Part> replaced = new ArrayList<>();
        for (Part part : parts) {
            String text = withoutManager(json, part.text(), within);
            replaced.add(
                    new Part(part.joint(), parts.size() == 1 ? text : ShellLine.grouped(text)));
        }
        return ShellLine.join(replaced);
    }

    /** One command; as it is when only its package manager knows what to do. */
    private static String withoutManager(PackageJson json, String text, List<String> within) {
        Matcher call = BY_MANAGER.matcher(text);
        if (!call.matches()) {
            return text;
        }
        String manager = call.group(2);
        String rest = withoutFlags(call.group(3));
        Matcher words = WORD.matcher(rest);
        if (!words.matches()) {
            return text;
        }
        String word = words.group(1);
        String after = words.group(2) == null ? "" : words.group(2);
        if (manager.equals("npx") || manager.equals("pnpx") || manager.equals("bunx")) {
            return isInstalled(json, word) ? call.group(1) + rest : text;
        }
        boolean runs = word.equals("run") || word.equals("run-script");
        boolean executes = word.equals("exec") && !manager.equals("bun");
        if (!runs && !executes) {
            return called(json, text, call, word, after, within);
        }
        Matcher named = WORD.matcher(withoutFlags(after));
        if (!named.matches() || named.group(1).startsWith("-")) {
            return text;
        }
        if (executes) {
            return call.group(1) + named.group();
        }
        return json.hasScript(named.group(1))
                ? script(json, text, call.group(1), named, within)
                : text;
    }

    /** {@code pnpm x}: a script, or a program of a dependency. */
    private static String called(
            PackageJson json,
            String text,
            Matcher call,
            String word,
            String after,
            List<String> within) {
        Matcher named = WORD.matcher(words(word, after));
        if (json.hasScript(word) && named.matches()) {
            return script(json, text, call.group(1), named, within);
        }
        boolean executes = call.group(2).equals("pnpm") || call.group(2).equals("yarn");
        return executes && !OWN.contains(word) && !word.startsWith("-")
                ? call.group(1) + words(word, after)
                : text;
    }

    private static String words(String word, String after) {
        return after.isEmpty() ? word : word + " " + after;
    }

    private static String script(
            PackageJson json, String text, String assignments, Matcher named, List<String> within) {
        String given = named.group(2) == null ? "" : named.group(2);
        String[] own = given.split("(?:^|\\s)--(?=\\s)", 2);
        if (within.size() == DEEPEST
                || within.contains(named.group(1))
                || ELSEWHERE.matcher(own[0]).find()) {
            return text;
        }
        String body = body(json, named.group(1), within);
        if (!assignments.isEmpty() && ShellLine.parts(body).size() > 1) {
            return text;
        }
        String arguments = given.replaceFirst("^--\\s+", "");
        return assignments + (arguments.isEmpty() ? body : body + " " + arguments);
    }

    private static boolean isInstalled(PackageJson json, String program) {
        return json.uses(
                switch (program) {
                    case "nest" -> "@nestjs/cli";
                    case "react-router-serve" -> "@react-router/serve";
                    case "remix-serve" -> "@remix-run/serve";
                    case "tsc" -> "typescript";
                    default -> program;
                });
    }

    private static String withoutFlags(String line) {
        return FLAGS.matcher(line).replaceFirst("");
    }
}
