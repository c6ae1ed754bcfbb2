package dev.berth.reconciler.desired;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.config.VolumeId;
import org.junit.jupiter.api.Test;

/** Whether data may be deleted is what the last right document says that declared it. */
final class VolumePolicyTest {
    private static final VolumeId DATA = new VolumeId(ResourceId.app("shop"), "data");
    private final Repo repo = Repo.withInstance();

    private static String volume(String policy) {
        return Repo.app(
                "shop", "{image: x, volumes: [{name: data, path: /data%s}]}".formatted(policy));
    }

    @Test
    void load_nothingSaid_isKept() {
        assertThat(repo.file("shop.yaml", volume("")).known().deletable()).isEmpty();
    }

    @Test
    void load_policyDelete_isRememberedOnceTheAppIsGone() {
        repo.file("shop.yaml", volume(", deletionPolicy: Delete"));
        assertThat(repo.known().deletable()).containsExactly(DATA);

        repo.without("shop.yaml");
        repo.load();
        repo.restart();
        assertThat(repo.known().deletable()).containsExactly(DATA);
    }

    @Test
    void load_policyTurnedBackToRetain_isKept() {
        repo.file("shop.yaml", volume(", deletionPolicy: Delete")).load();
        repo.file("shop.yaml", volume(", deletionPolicy: Retain")).load();

        assertThat(repo.without("shop.yaml").known().deletable()).isEmpty();
    }

    @Test
    void load_policyTurnedToDeleteInAWrongDocument_isKept() {
        repo.file("shop.yaml", volume("")).load();
        repo.file("shop.yaml", volume(", deletionPolicy: Delete").replace("image: x", "image: 7"));

        assertThat(repo.known().deletable()).isEmpty();
    }

    @Test
    void load_memoryLost_isKept() {
        repo.file("shop.yaml", volume(", deletionPolicy: Delete")).load();
        repo.lastGood.memory = LastGood.Memory.EMPTY;

        assertThat(repo.without("shop.yaml").known().deletable()).isEmpty();
    }
}
