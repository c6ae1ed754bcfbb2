package dev.berth.reconciler.build.recognise.language;

import dev.berth.reconciler.build.files.FileTree;
import dev.berth.reconciler.build.recognise.Project;
import dev.berth.schemas.config.Command;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What serves in a Python project.
 *
 * @param marker what it was recognised by, for people
 * @param start {@code null} = not found
 * @param gathers a line for the shell by which Django gathers its static files into one directory;
 *     {@code null} = it does not
 */
record PythonServer(Kind kind, String marker, @Nullable Command start, @Nullable String gathers) {
    private static final Pattern SETTINGS =
            Pattern.compile("DJANGO_SETTINGS_MODULE['\"]\\s*,\\s*['\"]([\\w.]+)['\"]");
    private static final Pattern STATIC_ROOT = Pattern.compile("(?m)^STATIC_ROOT\\s*=");
    private static final Pattern FACTORY = Pattern.compile("(?m)^def\\s+(create_app|make_app)\\(");

    /** A directory of another name can't be imported. */
    private static final Pattern PACKAGE = Pattern.compile("(?U)\\w+(/\\w+)*");

    /** One file, or a package with one for each place that it runs at. */
    private static final List<String> SETTINGS_FILES =
            List.of(
                    "settings.py",
                    "settings/__init__.py",
                    "settings/base.py",
                    "settings/common.py",
                    "settings/production.py",
                    "settings/prod.py");

    private static final List<String> ENTRIES =
            List.of("main", "app", "server", "asgi", "wsgi", "api", "application", "run");
    private static final List<String> PLACES = List.of(".", "app", "src", "api", "server");

    /** What it is written with. */
    enum Kind {
        DJANGO("Django", "gunicorn"),
        DJANGO_ASYNC("Django", "uvicorn"),
        DJANGO_DAPHNE("Django", "daphne"),
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

        /** The same, with what it needs for WebSockets where there may be some. */
        String installed() {
            return this == DJANGO_ASYNC ? runner + "[standard]" : runner;
        }
    }

    static PythonServer of(Project project, PythonPackages packages) {
        if (project.has("manage.py")) {
            return django(project, packages);
        }
        if (packages.has("fastapi")) {
            return new PythonServer(
                    Kind.FASTAPI, "fastapi in its packages", fastApi(project), null);
        }
        if (packages.has("flask")) {
            return new PythonServer(Kind.FLASK, "flask in its packages", flask(project), null);
        }
        return new PythonServer(Kind.PLAIN, "", plain(project, packages), null);
    }

    private static PythonServer django(Project project, PythonPackages packages) {
        Matcher settings = SETTINGS.matcher(project.textOrEmpty("manage.py"));
        String site = settings.find() ? settings.group(1).replaceFirst("\\.settings.*$", "") : null;
        if (site == null) {
            return new PythonServer(Kind.DJANGO, "manage.py", null, null);
        }
        String directory = site.replace('.', '/');
        boolean hasRoot =
                SETTINGS_FILES.stream()
                        .map(name -> project.textOrEmpty(FileTree.join(directory, name)))
                        .anyMatch(text -> STATIC_ROOT.matcher(text).find());
        Kind kind = django(packages, project.has(directory + "/asgi.py"));
        Command start =
                switch (kind) {
                    case DJANGO_ASYNC -> uvicorn(site + ".asgi:application");
                    case DJANGO_DAPHNE ->
                            Lines.line(
                                    "daphne -b 0.0.0.0 -p $PORT %s.asgi:application"
                                            .formatted(site));
                    case DJANGO, FASTAPI, FLASK, PLAIN -> gunicorn(site + ".wsgi");
                };
        String entry = kind == Kind.DJANGO ? "wsgi.py" : "asgi.py";
        String line =
                gathering(
                        settings.group(1),
                        project.textOrEmpty(FileTree.join(directory, entry)),
                        project.hasDirectory(directory + "/settings"));
        return new PythonServer(kind, "manage.py", start, hasRoot ? line : null);
    }

    /**
     * With the settings that it is served with, which say where the files go and what they are
     * called.
     *
     * @param usual the settings of {@code manage.py}
     * @param entry the text of what the server loads
     * @param several there are settings for each place, and those of production may want what only
     *     production has
     */
    private static String gathering(String usual, String entry, boolean several) {
        Matcher served = SETTINGS.matcher(entry);
        String settings = served.find() ? served.group(1) : usual;
        // the author may have given another to the build
        String named =
                "DJANGO_SETTINGS_MODULE=\"${DJANGO_SETTINGS_MODULE:-%s}\" ".formatted(settings);
        return (settings.equals(usual) ? "" : named)
                + "SECRET_KEY=only-for-the-build "
                + PythonInstaller.VENV
                + "/bin/python manage.py collectstatic --noinput"
                + (several
                        ? " || echo 'collectstatic failed: this image has no static files."
                                + " Give its settings what they ask for when it is built (env, at:"
                                + " build)'"
                        : "");
    }

    private static Kind django(PythonPackages packages, boolean async) {
        if (async && packages.has("daphne")) {
            return Kind.DJANGO_DAPHNE;
        }
        return async && (packages.has("channels") || packages.has("uvicorn"))
                ? Kind.DJANGO_ASYNC
                : Kind.DJANGO;
    }

    private static @Nullable Command fastApi(Project project) {
        String app = app(project, "FastAPI");
        return app == null ? null : uvicorn(app);
    }

    private static Command uvicorn(String app) {
        return Lines.line(
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
        for (String file : files(project)) {
            String text = project.textOrEmpty(file);
            Matcher variable = made.matcher(text);
            Matcher factory = FACTORY.matcher(text);
            String module = module(file.substring(0, file.length() - ".py".length()));
            if (variable.find()) {
                return module + ":" + variable.group(1);
            } else if (type.equals("Flask") && factory.find()) {
                return module + ":" + factory.group(1) + "()";
            }
        }
        return factoryOfPackage(project, type);
    }

    /** Where an app may be, the usual places first, then packages. */
    private static List<String> files(Project project) {
        List<String> names = ENTRIES.stream().map(entry -> entry + ".py").toList();
        List<String> files = new ArrayList<>();
        for (String place : PLACES) {
            names.forEach(name -> files.add(FileTree.join(place, name)));
        }
        project.below(names::contains).stream()
                .filter(file -> PACKAGE.matcher(FileTree.parent(file)).matches())
                .sorted(Comparator.comparingInt(file -> names.indexOf(FileTree.name(file))))
                .forEach(files::add);
        return files;
    }

    private static @Nullable String factoryOfPackage(Project project, String type) {
        if (!type.equals("Flask")) {
            return null;
        }
        for (String file : project.below("__init__.py"::equals)) {
            String directory = FileTree.parent(file);
            Matcher factory = FACTORY.matcher(project.textOrEmpty(file));
            if (PACKAGE.matcher(directory).matches() && factory.find()) {
                return module(directory) + ":" + factory.group(1) + "()";
            }
        }
        return null;
    }

    /** {@code src} is by convention no package itself, but the place of packages. */
    private static String module(String path) {
        return path.startsWith("src/")
                ? "--app-dir src " + path.substring("src/".length()).replace('/', '.')
                : path.replace('/', '.');
    }
}
