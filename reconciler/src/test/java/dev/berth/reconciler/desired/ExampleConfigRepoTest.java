package dev.berth.reconciler.desired;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.secret.Sealing;
import dev.berth.reconciler.source.DirectoryTree;
import dev.berth.reconciler.source.SourceReading;
import dev.berth.schemas.config.App;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.config.shape.JsonSchemas;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The example that is shipped, read by the code that is shipped. */
final class ExampleConfigRepoTest {
    private static final Path REPO = Path.of("../example-config-repo");
    private static final Pattern MODELINE =
            Pattern.compile("# yaml-language-server: \\$schema=(\\S+)");

    /** A # that no space follows, or several. */
    private static final Pattern COMMENTED_OUT = Pattern.compile("(?m)^( *)#(?! \\S|$)");

    @Test
    void load_exampleRepo_isRightAndWhole() throws IOException {
        DesiredState state =
                new Repo()
                        .load(
                                new SourceReading.Fresh(
                                        Repo.revision("main", 1), DirectoryTree.of(REPO)));

        assertThat(state.problems()).isEmpty();
        DesiredState.Known known = (DesiredState.Known) state;
        assertThat(known.instance()).isEqualTo("home");
        assertThat(known.apps().keySet())
                .containsExactly(
                        ResourceId.app("clock"),
                        ResourceId.app("guestbook"),
                        ResourceId.app("hello"),
                        ResourceId.app("quotes"));
        assertThat(known.routes())
                .extracting(DesiredRoute::host)
                .containsExactly(
                        "clock.localhost",
                        "guestbook.localhost",
                        "hello.localhost",
                        "quotes.localhost");
        assertThat(known.held()).isEmpty();
        assertThat(known.waiting()).isEmpty();
        DesiredApp clock = Objects.requireNonNull(known.apps().get(ResourceId.app("clock")));
        assertThat(clock.crons()).singleElement().matches(cron -> cron.name().equals("chime"));
        DesiredApp guestbook =
                Objects.requireNonNull(known.apps().get(ResourceId.app("guestbook")));
        DesiredApp quotes = Objects.requireNonNull(known.apps().get(ResourceId.app("quotes")));
        assertThat(quotes.workload().recipe())
                .isInstanceOfSatisfying(
                        Recipe.Written.class,
                        recipe -> // of which there is a stand-in on machines without a registry
                        assertThat(recipe.dockerfile()).contains("FROM node:22-bookworm-slim"));
        assertThat(guestbook.strategy()).isEqualTo(App.Strategy.RECREATE);
        Workload.Containers containers = (Workload.Containers) guestbook.workload();
        assertThat(containers.processes().values())
                .singleElement()
                .satisfies(
                        web ->
                                assertThat(web.template().mounts())
                                        .containsEntry("/data", "berth_home_guestbook_entries"));
    }

    @Test
    void load_withAllThatIsCommentedOut_isRightToo() throws IOException {
        Repo repo = new Repo();
        repo.keys = Sealing.newKeys();
        List<Path> files;
        try (Stream<Path> all = Files.walk(REPO)) {
            files = all.filter(Files::isRegularFile).toList();
        }
        for (Path file : files) {
            String name = REPO.relativize(file).toString();
            String text = Files.readString(file);
            String used =
                    name.endsWith(".yaml") ? COMMENTED_OUT.matcher(text).replaceAll("$1") : text;
            repo.file(name, DocsTest.sealedIfSecret(used, repo.keys));
        }
        repo.file("keys/allowed_signers", "me@example.com " + DocsTest.KEY + "\n");

        DesiredState.Known known = repo.known();

        assertThat(known.problems()).isEmpty();
        assertThat(known.jobs()).containsOnlyKeys(new ResourceId(Kind.Job, "count-1"));
        assertThat(known.alerts()).hasSize(1);
        assertThat(known.settings().prune().confirm()).hasSize(2);
    }

    @Test
    void schemaLine_ofEveryFile_leadsToTheShippedSchema() throws IOException {
        String shipped = JsonSchemas.all().get("berth.schema.json");
        List<Path> files;
        try (Stream<Path> all = Files.walk(REPO)) {
            files = all.filter(f -> f.toString().endsWith(".yaml")).toList();
        }
        assertThat(files).hasSize(6);
        for (Path file : files) {
            Matcher matcher = MODELINE.matcher(Files.readString(file));
            assertThat(matcher.lookingAt()).as("first line of " + file).isTrue();
            Path schema = file.resolveSibling(matcher.group(1)).normalize();
            if (Boolean.getBoolean("berth.golden.update")) {
                Files.writeString(schema, Objects.requireNonNull(shipped));
            }
            assertThat(schema).content().isEqualTo(shipped);
        }
    }
}
