package dev.berth.reconciler.desired;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.build.catalog.Catalogs;
import dev.berth.reconciler.preview.Previews;
import dev.berth.reconciler.secret.AgeKeys;
import dev.berth.reconciler.secret.Vault;
import dev.berth.reconciler.source.AppSources;
import dev.berth.reconciler.source.ConfigTree;
import dev.berth.reconciler.source.Revision;
import dev.berth.reconciler.source.SourceReading;
import dev.berth.reconciler.source.SourceRef;
import dev.berth.schemas.config.ResourceId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A config repo under test: commits, loads and remembers. */
final class Repo implements AppSources {
    static final String INSTANCE =
            "apiVersion: berth/v1\nkind: Instance\nmetadata: {name: home}\nspec: {}\n";

    final FakeTree tree = new FakeTree();
    final Map<String, SourceReading> appRepos = new HashMap<>();
    final MemoryLastGood lastGood = new MemoryLastGood();
    AgeKeys keys = AgeKeys.none();
    Catalogs images = Catalogs.defaults();
    Vault vault = Vault.ofThisProcess(InstantSource.system());
    Previews previews = Previews.NONE;
    private DesiredStateLoader loader = loader();
    private int commits;

    static Repo withInstance() {
        return new Repo().file("berth.yaml", INSTANCE);
    }

    static String app(String name, String spec) {
        return "apiVersion: berth/v1\nkind: App\nmetadata: {name: %s}\nspec: %s\n"
                .formatted(name, spec);
    }

    static String domain(String name, String spec) {
        return "apiVersion: berth/v1\nkind: Domain\nmetadata: {name: %s}\nspec: %s\n"
                .formatted(name, spec);
    }

    Repo file(String path, String text) {
        tree.with(path, text);
        return this;
    }

    Repo without(String path) {
        tree.without(path);
        return this;
    }

    /** As after a restart of the process. */
    void restart() {
        loader = loader();
    }

    private DesiredStateLoader loader() {
        return new DesiredStateLoader(
                        this,
                        lastGood,
                        () -> keys,
                        vault,
                        ReadBefore.ofManyApps(),
                        () -> images.current())
                .with((app, rules, repo) -> previews.of(app, rules, repo));
    }

    DesiredState load() {
        commits++;
        return load(new SourceReading.Fresh(revision("main", commits), tree));
    }

    DesiredState.Known known() {
        DesiredState state = load();
        assertThat(state).isInstanceOf(DesiredState.Known.class);
        return (DesiredState.Known) state;
    }

    DesiredApp app(String name) {
        return Objects.requireNonNull(known().apps().get(ResourceId.app(name)), name);
    }

    List<String> problems() {
        return load().problems().stream().map(Problem::toString).toList();
    }

    /** Whatever it is, a second load of it is what one would give that remembers no load. */
    DesiredState load(SourceReading reading) {
        DesiredState state = loader.load(reading);
        if (lastGood.fault == null) {
            DesiredState anew =
                    new DesiredStateLoader(
                                    this,
                                    lastGood.readOnly(),
                                    () -> keys,
                                    vault.copy(),
                                    ReadBefore.NOTHING,
                                    () -> images.current())
                            .with(previews)
                            .load(reading);
            assertThat(loader.aside(vault.copy()).load(reading)).isEqualTo(anew);
            assertThat(loader.load(reading)).isEqualTo(anew);
        }
        return state;
    }

    /** The same once more, not compared with anything: for counting what is read for it. */
    void loadAgain() {
        loader.load(new SourceReading.Fresh(revision("main", commits), tree));
    }

    /** The next commit, likewise. */
    void loadNext() {
        commits++;
        loadAgain();
    }

    static Revision revision(String branch, int number) {
        return new Revision(
                branch, "%040x".formatted(number), "Ann <ann@example.com>", Instant.EPOCH);
    }

    static SourceReading fresh(int number, ConfigTree files) {
        return new SourceReading.Fresh(revision("main", number), files);
    }

    @Override
    public SourceReading read(SourceRef source) {
        @Nullable SourceReading reading =
                appRepos.get(
                        source.commit() == null
                                ? source.repo()
                                : source.repo() + "@" + source.commit());
        return reading == null
                ? new SourceReading.Unavailable("can't reach " + source.repo())
                : reading;
    }
}
