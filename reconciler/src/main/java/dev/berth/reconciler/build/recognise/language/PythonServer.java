package dev.berth.reconciler.build.recognise.language;

import dev.berth.reconciler.build.files.FileTree;
import dev.berth.reconciler.build.recognise.Project;
import dev.berth.schemas.config.Command;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What serves in a Python project.
 *
 * @param marker what it was recognised by, for people
 * @param start {@code null} = not found
 * @param collectsStatic Django gathers its static files into one directory
 */
record PythonServer(Kind kind, String marker, @Nullable Command start, boolean collectsStatic) {
    private static final Pattern SETTINGS =
            Pattern.compile("DJANGO_SETTINGS_MODULE['\"]\\s*,\\s*['\"]([\\w.]+)['\"]");
    private static final Pattern STATIC_ROOT = Pattern.compile("(?m)^STATIC_ROOT\\s*=");
    private static final Pattern FACTORY = Pattern.compile("(?m)^def\\s+(create_app|make_app)\\(");

    /** A directory of another name can't be imported. */
    private static final Pattern PACKAGE = Pattern.compile("(?U)\\w+(/\\w+)*");

    private static final List<String> ENTRIES =
            List.of("main", "app", "server", "asgi", "wsgi", "api", "application", "run");
    private static final List<String> PLACES = List.of(".", "app", "src", "api", "server");

    /** What it is written with. */
    enum Kind {
        DJANGO("Django", "gunicorn"),
        FASTAPI("FastAPI", "uvicorn"),
        FLASK("Flask", "gunicorn"),
        PLAIN("Python", "");

        private final String title;
        private final String runner;

        Kind(String title, String runner) {
            this.title = title;
            this.runner = runner;
        }

        String title() {
            return title;
        }

        /** The package that serves it; {@code ""} = it serves itself. */
        String runner() {
            return runner;
        }
    }

    static PythonServer of(Project project, PythonPackages packages) {
        if (project.has("manage.py")) {
            return django(project);
        }
        if (packages.has("fastapi")) {
            return new PythonServer(
                    Kind.FASTAPI, "fastapi in its packages", fastApi(project), false);
        }
        if (packages.has("flask")) {
            return new PythonServer(Kind.FLASK, "flask in its packages", flask(project), false);
        }
        return new PythonServer(Kind.PLAIN, "", plain(project, packages), false);
    }

    private static PythonServer django(Project project) {
        Matcher settings = SETTINGS.matcher(project.textOrEmpty("manage.py"));
        String site = settings.find() ? settings.group(1).replaceFirst("\\.settings.*$", "") : null;
        Command start = site == null ? null : gunicorn(site + ".wsgi");
        boolean gathers =
                site != null
                        && STATIC_ROOT
                                .matcher(
                                        project.textOrEmpty(
                                                site.replace('.', '/') + "/settings.py"))
                                .find();
        return new PythonServer(Kind.DJANGO, "manage.py", start, gathers);
    }

    private static @Nullable Command fastApi(Project project) {
        String app = app(project, "FastAPI");
        return app == null
                ? null
                : Lines.line(
                        "uvicorn --host 0.0.0.0 --port $PORT --timeout-graceful-shutdown %d %s"
                                .formatted(Lines.GRACE, app));
    }

    private static @Nullable Command flask(Project project) {
        String app = app(project, "Flask");
        return app == null ? null : gunicorn(app);
    }

    /** It listens on PORT by itself. */
    private static Command gunicorn(String app) {
        String[] place = app.split(" ", -1);
        String grace = Integer.toString(Lines.GRACE);
        return place.length == 1
                ? Lines.words("gunicorn", "--graceful-timeout", grace, app)
                : Lines.words(
                        "gunicorn", "--graceful-timeout", grace, "--chdir", place[1], place[2]);
    }

    private static @Nullable Command plain(Project project, PythonPackages packages) {
        String script = packages.onlyScript();
        String file = project.first("main.py", "app.py", "server.py", "run.py", "src/main.py");
        if (file != null) {
            return Lines.words("python", file);
        }
        return script == null ? null : Lines.words(script);
    }

    /** {@code module:variable}, with {@code --app-dir} when modules lie elsewhere. */
    private static @Nullable String app(Project project, String type) {
        Pattern made =
                Pattern.compile("(?m)^(\\w+)\\s*(?::[^=\\n]+)?=\\s*(?:\\w+\\.)?" + type + "\\(");
        for (String place : PLACES) {
            for (String entry : ENTRIES) {
                String file = FileTree.join(place, entry + ".py");
                String text = project.textOrEmpty(file);
                Matcher variable = made.matcher(text);
                Matcher factory = FACTORY.matcher(text);
                if (variable.find()) {
                    return module(place, entry) + ":" + variable.group(1);
                } else if (type.equals("Flask") && factory.find()) {
                    return module(place, entry) + ":" + factory.group(1) + "()";
                }
            }
        }
        return factoryOfPackage(project, type);
    }

    private static @Nullable String factoryOfPackage(Project project, String type) {
        if (!type.equals("Flask")) {
            return null;
        }
        for (String file : project.below("__init__.py"::equals)) {
            String directory = FileTree.parent(file);
            if (PACKAGE.matcher(directory).matches()
                    && FACTORY.matcher(project.textOrEmpty(file)).find()) {
                return directory.replace('/', '.') + ":create_app()";
            }
        }
        return null;
    }

    private static String module(String place, String entry) {
        return switch (place) {
            case "." -> entry;
            // by convention no package itself, but the place of packages
            case "src" -> "--app-dir src " + entry;
            default -> place + "." + entry;
        };
    }
}
