package dev.berth.reconciler.desired;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.secret.AgeKeys;
import dev.berth.reconciler.secret.Sealing;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ReadBeforeTest {
    private static final String WRONG = Repo.app("shop", "{imag: busybox}");

    private final DocumentReader reader =
            new DocumentReader(AgeKeys::none, ReadBefore.ofManyApps());

    private List<ReadDocument> read(String file, String text, Problems problems) {
        return reader.read(file, text, problems);
    }

    @Test
    void read_theSameTextAgain_isNotReadAgain() {
        List<ReadDocument> first = read("a.yaml", Repo.app("shop", "{image: a}"), new Problems());

        assertThat(read("a.yaml", Repo.app("shop", "{image: a}"), new Problems())).isSameAs(first);
    }

    @Test
    void read_anotherTextOrPlace_isReadAnew() {
        List<ReadDocument> first = read("a.yaml", Repo.app("shop", "{image: a}"), new Problems());

        List<ReadDocument> changed = read("a.yaml", Repo.app("shop", "{image: b}"), new Problems());
        List<ReadDocument> moved = read("b.yaml", Repo.app("shop", "{image: a}"), new Problems());

        assertThat(changed).isNotEqualTo(first);
        assertThat(moved.getFirst().place().file()).isEqualTo("b.yaml");
    }

    @Test
    void read_mistakesSeenBefore_areToldAgain() {
        Problems first = new Problems();
        Problems second = new Problems();
        var _ = read("a.yaml", WRONG, first);
        var _ = read("a.yaml", WRONG, second);

        assertThat(second.sorted()).isNotEmpty().isEqualTo(first.sorted());
    }

    @Test
    void read_whatIsEncrypted_isOpenedEachTime() {
        AgeKeys keys = Sealing.newKeys();
        ReadBefore before = ReadBefore.ofManyApps();
        String sealed = Sealing.whole(Repo.app("shop", "{image: a}"), keys);
        var _ = new DocumentReader(() -> keys, before).read("a.yaml", sealed, new Problems());

        Problems locked = new Problems();
        var _ = new DocumentReader(AgeKeys::none, before).read("a.yaml", sealed, locked);

        assertThat(locked.sorted()).hasSize(1);
    }
}
