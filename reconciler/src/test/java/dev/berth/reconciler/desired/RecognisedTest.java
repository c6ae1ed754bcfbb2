package dev.berth.reconciler.desired;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.build.catalog.Catalogs;
import dev.berth.reconciler.source.ConfigTree;
import dev.berth.schemas.config.ResourceId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Apps whose source has no Dockerfile. */
final class RecognisedTest {
    private static final ResourceId A = ResourceId.app("a");
    private static final String URL = "https://example.com/a";
    private static final String SOURCE = "{source: {repo: '%s', path: web}%s}";
    private static final String EXPRESS =
            """
            {"name": "web", "scripts": {"start": "node server.js"},
             "dependencies": {"express": "^5.0.0"}}
            """;
    private static final String VITE =
            """
            {"name": "web", "scripts": {"build": "vite build"},
             "devDependencies": {"vite": "^7.0.0"}}
            """;

    private final Repo repo = Repo.withInstance();
    private final FakeTree code =
            new FakeTree()
                    .with("web/package.json", EXPRESS)
                    .with("web/package-lock.json", "{}")
                    .with("web/server.js", "1");

    private RecognisedTest document(String more) {
        repo.file("a.yaml", Repo.app("a", SOURCE.formatted(URL, more)));
        repo.appRepos.put(URL, Repo.fresh(1, code));
        return this;
    }

    private DesiredApp app() {
        return app(repo.known());
    }

    private static DesiredApp app(DesiredState.Known state) {
        return Objects.requireNonNull(state.apps().get(A));
    }

    private static Workload.Containers containers(DesiredApp app) {
        return (Workload.Containers) app.workload();
    }

    private static ImageSource.Built built(DesiredApp app) {
        return (ImageSource.Built) containers(app).image();
    }

    private static Recipe.Written written(DesiredApp app) {
        return (Recipe.Written) Objects.requireNonNull(app.workload().recipe());
    }

    private static DesiredProcess process(DesiredApp app, String name) {
        return Objects.requireNonNull(containers(app).processes().get(name), name);
    }

    @Test
    void load_noDockerfile_isBuiltByOneThatBerthWrote() {
        Recipe.Written recipe = written(document("").app());

        assertThat(recipe.as())
                .isEqualTo(new Recipe.Recognised("Express", "express in package.json"));
        assertThat(recipe.context()).isEqualTo("web");
        assertThat(recipe.dockerfile())
                .contains("FROM node:24-bookworm-slim", "npm ci", "CMD [\"node\", \"server.js\"]");
        assertThat(recipe.output()).isEqualTo(new Recipe.Program(3000, null, new TreeMap<>()));
    }

    @Test
    void load_programThatListens_hasItsHostAndPort() {
        DesiredState.Known state = document("").repo.known();

        assertThat(process(app(state), "web").template().port()).isEqualTo(3000);
        assertThat(process(app(state), "web").template().env()).containsEntry("PORT", "3000");
        assertThat(process(app(state), "web").template().command()).isNull();
        assertThat(state.routes()).extracting(DesiredRoute::host).containsExactly("a.localhost");
    }

    @Test
    void load_portOfTheDocument_counts() {
        DesiredApp app = document(", port: 8000").app();

        assertThat(process(app, "web").template().port()).isEqualTo(8000);
        assertThat(written(app).dockerfile()).contains("EXPOSE 8000");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "release: {command: pnpm run migrate}",
                "command: pnpm run serve",
                "processes: {web: {}, worker: {command: [pnpm, run, work]}}",
                "cron: [{name: c, schedule: '@daily', command: pnpm run clean}]"
            })
    void load_commandOfTheDocument_findsItsPackageManager(String command) {
        assertThat(written(document("").app()).dockerfile()).doesNotContain("pnpm");
        assertThat(written(document(", " + command).app()).dockerfile())
                .contains("npm install --global pnpm@");
    }

    @Test
    void load_pinOfFiles_isHeldWithWhatToDo() {
        code.with("web/index.html", "hello")
                .without("web/package.json")
                .without("web/package-lock.json")
                .without("web/server.js");
        DesiredState.Known state = document(", pin: '3f2a91c0'").repo.known();

        DesiredApp app = app(Pins.follow(state, Map.of()));

        assertThat(app.workload()).isInstanceOf(Workload.Files.class);
        assertThat(Objects.requireNonNull(app.pin()).fault())
                .contains("have no releases", "git revert");
    }

    @Test
    void load_procfile_itsProcessesRunAndItsReleaseCommandCounts() {
        code.with("web/Procfile", "web: node server.js\nworker: node w.js\nrelease: node m.js\n");
        DesiredApp app = document("").app();

        assertThat(containers(app).processes()).containsOnlyKeys("web", "worker");
        assertThat(process(app, "worker").template().command()).contains("node", "w.js");
        assertThat(process(app, "worker").template().port()).isNull();
        assertThat(process(app, "worker").replicas()).isEqualTo(1);
        assertThat(Objects.requireNonNull(app.release()).template().command())
                .contains("node", "m.js");
    }

    @Test
    void load_procfileAndDocument_theDocumentWinsFieldByField() {
        code.with("web/Procfile", "web: node server.js\nworker: node w.js\nrelease: node m.js\n");
        DesiredApp app =
                document(
                                ", processes: {worker: {replicas: 3}, cleaner: {command: [a]}},"
                                        + " release: {command: [mine]}")
                        .app();

        assertThat(containers(app).processes()).containsOnlyKeys("cleaner", "web", "worker");
        assertThat(process(app, "worker").replicas()).isEqualTo(3);
        assertThat(process(app, "worker").template().command()).contains("node", "w.js");
        assertThat(Objects.requireNonNull(app.release()).template().command())
                .containsExactly("mine");
    }

    @Test
    void load_procfileWithANameThatNoProcessCanHave_isAProblem() {
        code.with("web/Procfile", "web: node server.js\nMy_worker: node w.js\n");

        assertThat(document("").repo.problems())
                .singleElement()
                .asString()
                .contains("spec.source: in " + URL, "Procfile: My_worker can't be the name");
    }

    @Test
    void load_nothingButDocsChanged_theImageStays() {
        code.with("web/.dockerignore", "*.md").with("web/a.md", "1");
        String image = built(document("").app()).reference();

        repo.appRepos.put(URL, Repo.fresh(2, code.with("web/a.md", "2").with("other/x", "1")));
        assertThat(built(app()).reference()).isEqualTo(image);

        repo.appRepos.put(URL, Repo.fresh(3, code.with("web/server.js", "2")));
        assertThat(built(app()).reference()).isNotEqualTo(image);
    }

    @Test
    void load_otherImagesInTheCatalog_isBuiltAnew(@TempDir Path home) throws IOException {
        Path images = home.resolve("images.json");
        repo.images = Catalogs.withFile(images);
        String image = built(document("").app()).reference();
        Files.writeString(
                images,
                """
                {"languages": {"node": {"lines": ["22"],
                 "build": "own/node:{line}", "run": "own/node:{line}"}}}
                """);

        assertThat(written(app()).dockerfile()).contains("FROM own/node:22");
        assertThat(built(app()).reference()).isNotEqualTo(image);
    }

    @Test
    void load_catalogThatIsNone_isAProblemAndTheLastGoodGoesOn(@TempDir Path home)
            throws IOException {
        Path images = home.resolve("images.json");
        repo.images = Catalogs.withFile(images);
        String image = built(document("").app()).reference();
        Files.writeString(images, "{");
        DesiredState.Known state = repo.known();

        assertThat(state.problems())
                .singleElement()
                .asString()
                .contains("spec.source: " + images + ": the image catalog is not JSON");
        assertThat(built(app(state)).reference()).isEqualTo(image);
    }

    @Test
    void load_catalogThatCantBeRead_isNobodysMistake(@TempDir Path home) throws IOException {
        repo.images = Catalogs.withFile(Files.createDirectory(home.resolve("images.json")));
        repo.file("b.yaml", Repo.app("b", "{image: x:1}"));
        DesiredState.Known state = document("").repo.known();

        assertThat(state.problems()).isEmpty();
        assertThat(state.waiting().get(A)).contains("can't read");
        assertThat(state.apps()).containsOnlyKeys(ResourceId.app("b"));
    }

    @Test
    void load_onceMore_readsNoTree() {
        document("").repo.known();
        int listed = code.listed().size();
        repo.loadAgain();
        repo.loadNext();

        assertThat(code.listed()).hasSize(listed);
    }

    @Test
    void load_filesThatABuildMakes_areServedWithoutAContainer() {
        code.with("web/package.json", VITE).with("web/index.html", "").without("web/server.js");
        DesiredState.Known state = document("").repo.known();

        Workload.Files files = (Workload.Files) app(state).workload();
        assertThat(files.from()).isInstanceOf(Workload.Origin.Bundle.class);
        assertThat(files.spa()).isTrue();
        assertThat(files.recipe()).isInstanceOf(Recipe.Written.class);
        assertThat(files.id()).hasSize(12);
        assertThat(state.routes()).extracting(DesiredRoute::host).containsExactly("a.localhost");
    }

    @Test
    void load_filesAsTheyAre_areServedWithoutABuild() {
        repo.file("site/public/index.html", "hello").file("site/.dockerignore", "notes");
        repo.file("site/public/notes", "1");
        repo.file("a.yaml", Repo.app("a", "{source: {path: site}}"));

        Workload.Files files = (Workload.Files) app().workload();
        assertThat(files.from()).isInstanceOf(Workload.Origin.Selection.class);
        assertThat(files.recipe())
                .isInstanceOfSatisfying(
                        Recipe.AsItIs.class,
                        recipe -> assertThat(recipe.directory()).isEqualTo("site/public"));
    }

    @Test
    void load_volumeOfAnAppThatIsFilesNow_isStillDeclared() {
        code.with("web/package.json", VITE).with("web/index.html", "").without("web/server.js");

        assertThat(document(", volumes: [{name: data, path: /data}]").app().keeps())
                .containsExactly("berth_home_a_data");
    }

    @Test
    void load_packageOfAWorkspace_isBuiltFromItsRoot() {
        FakeTree workspace =
                new FakeTree()
                        .with("package.json", "{\"workspaces\": [\"web\", \"lib\"]}")
                        .with("package-lock.json", "{}")
                        .with("web/package.json", EXPRESS)
                        .with("web/server.js", "1")
                        .with("lib/package.json", "{\"name\": \"lib\"}");
        repo.file("a.yaml", Repo.app("a", SOURCE.formatted(URL, "")));
        repo.appRepos.put(URL, Repo.fresh(1, workspace));
        DesiredApp app = app();

        assertThat(written(app).context()).isEqualTo(".");
        assertThat(built(app).pin().path()).isEqualTo("web");
        String image = built(app).reference();
        repo.appRepos.put(URL, Repo.fresh(2, workspace.with("lib/index.js", "1")));
        assertThat(built(app()).reference()).isNotEqualTo(image);
    }

    @Test
    void load_recognisedNoMore_isReportedAndTheLastGoodGoesOn() {
        DesiredApp before = document("").app();
        repo.appRepos.put(URL, Repo.fresh(2, new FakeTree().with("web/x.txt", "")));
        for (int i = 0; i < 2; i++) {
            DesiredState.Known state = repo.known();

            assertThat(built(app(state))).isEqualTo(built(before));
            assertThat(state.routes()).hasSize(1);
            assertThat(state.problems())
                    .singleElement()
                    .asString()
                    .startsWith("a.yaml:4:16 spec.source: in " + URL)
                    .contains("nothing here says how to build it", "add a Dockerfile");
            repo.restart();
        }
    }

    @Test
    void load_sourceUnreachableAfterARestart_isBuiltAsItWas() {
        DesiredApp before = document("").app();
        repo.appRepos.remove(URL);
        repo.restart();

        assertThat(app().workload()).isEqualTo(before.workload());
    }

    @Test
    void load_routeToAnAppThatWasNeverRead_waitsForItAndIsNoMistake() {
        repo.file("d.yaml", Repo.domain("www", "{host: x.y, routes: [{app: a}]}"));
        repo.file("a.yaml", Repo.app("a", SOURCE.formatted(URL, "")));
        DesiredState.Known state = repo.known();

        assertThat(state.problems()).isEmpty();
        assertThat(state.waiting()).hasSize(2);

        repo.appRepos.put(URL, Repo.fresh(1, code));
        assertThat(repo.known().routes())
                .extracting(DesiredRoute::host)
                .containsExactly("a.localhost", "x.y");
    }

    @Test
    void load_routeIsNewAndTheCodeIsNotRecognisedAnyMore_leadsToTheLastGood() {
        document("").repo.known();
        repo.appRepos.put(URL, Repo.fresh(2, new FakeTree().with("web/x.txt", "")));
        repo.file("d.yaml", Repo.domain("www", "{host: x.y, routes: [{app: a}]}"));

        assertThat(repo.known().routes())
                .extracting(DesiredRoute::host)
                .containsExactly("a.localhost", "x.y");
    }

    @Test
    void load_lockFileMissing_saysWhatToAdd() {
        code.without("web/package-lock.json");

        assertThat(document("").repo.problems())
                .singleElement()
                .asString()
                .contains("package-lock.json is missing", "npm install");
    }

    @Test
    void load_domainOfAnAppWhosePortTheCodeTells_isRight() {
        assertThat(document(", domains: [x.example.com]").repo.known().routes())
                .extracting(DesiredRoute::host)
                .containsExactly("x.example.com");
    }

    @Test
    void load_domainOfAnAppWithDockerfileAndNoPort_isAProblem() {
        code.with("web/Dockerfile", "FROM x");

        assertThat(document(", domains: [x.example.com]").repo.problems())
                .singleElement()
                .asString()
                .contains("spec.domains: a domain needs a port to lead to: add spec.port");
    }

    @Test
    void load_takenOverWithoutAPort_isReportedAndGoesOnBeingReached() {
        document("").repo.known();
        repo.appRepos.put(URL, Repo.fresh(2, code.with("web/Dockerfile", "FROM x")));
        DesiredState.Known state = repo.known();

        assertThat(state.problems())
                .singleElement()
                .asString()
                .contains("Dockerfile is in " + URL, "recognised as Express", "add port: 3000");
        assertThat(state.routes()).hasSize(1);

        document(", port: 3000");
        repo.appRepos.put(URL, Repo.fresh(3, code));
        assertThat(repo.problems()).isEmpty();
        assertThat(app().workload().recipe()).isEqualTo(new Recipe.Own("Dockerfile"));
    }

    @Test
    void load_dockerfileInAConventionalFolder_isTaken() {
        code.with("web/docker/Dockerfile", "FROM x");

        assertThat(document(", port: 1").app().workload().recipe())
                .isEqualTo(new Recipe.Own("docker/Dockerfile"));
    }

    @Test
    void load_dockerfileThatIsALink_isAProblemAndNothingElseIsTaken() {
        code.with("web/Dockerfile", ConfigTree.Type.SYMLINK);

        assertThat(document("").repo.problems())
                .singleElement()
                .asString()
                .contains("web/Dockerfile is a symlink: add the file instead");
    }

    @Test
    void load_dockerfileNamedAndMissing_isAProblemAtItsPlace() {
        List<String> problems = document(", build: {dockerfile: own.Dockerfile}").repo.problems();

        assertThat(problems)
                .singleElement()
                .asString()
                .contains("spec.build.dockerfile: there is no file web/own.Dockerfile");
    }

    @Test
    void load_submoduleInTheContext_isNamed() {
        code.with("web/lib", ConfigTree.Type.SUBMODULE);

        assertThat(document("").repo.problems())
                .singleElement()
                .asString()
                .contains("web/lib is a submodule");
    }
}
