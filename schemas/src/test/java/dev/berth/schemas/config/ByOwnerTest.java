package dev.berth.schemas.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class ByOwnerTest {
    private static final ResourceId SHOP = ResourceId.app("shop");
    private static final ResourceId BLOG = ResourceId.app("blog");

    private record Thing(ResourceId owner, int number) {}

    private final List<Thing> plain =
            List.of(new Thing(SHOP, 1), new Thing(BLOG, 2), new Thing(SHOP, 3));
    private final ByOwner<Thing> things = ByOwner.of(plain, Thing::owner);

    @Test
    void of_eachOwner_itsOwnInOrder() {
        assertThat(things.of(SHOP)).containsExactly(new Thing(SHOP, 1), new Thing(SHOP, 3));
        assertThat(things.of(BLOG)).containsExactly(new Thing(BLOG, 2));
        assertThat(things.of(ResourceId.app("api"))).isEmpty();
    }

    @Test
    void equals_anyListOfTheSame_true() {
        assertThat(things).isEqualTo(plain).hasSameHashCodeAs(plain).hasSize(3);
        assertThat(plain).isEqualTo(things);
    }

    @Test
    void of_oneThatIsSortedOut_itself() {
        assertThat(ByOwner.of(things, Thing::owner)).isSameAs(things);
    }
}
