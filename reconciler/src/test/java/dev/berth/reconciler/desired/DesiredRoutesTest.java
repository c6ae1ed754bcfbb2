package dev.berth.reconciler.desired;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DesiredRoutesTest {
    private static final Location PLACE = new Location("domains.yaml", 1, 1);
    private static final ResourceId SHOP = ResourceId.app("shop");
    private static final ResourceId DOMAIN = new ResourceId(Kind.Domain, "shop-com");

    private final DesiredRoute own =
            new DesiredRoute(
                    SHOP, PLACE, "shop.localhost", "/", new DesiredRoute.ToApp(SHOP, "web"));
    private final DesiredRoute lent =
            new DesiredRoute(DOMAIN, PLACE, "shop.com", "/", new DesiredRoute.ToApp(SHOP, "web"));
    private final DesiredRoute moved =
            new DesiredRoute(
                    DOMAIN, PLACE, "www.shop.com", "/", new DesiredRoute.ToHost("shop.com"));
    private final DesiredRoutes routes = DesiredRoutes.of(List.of(own, lent, moved));

    @Test
    void ownedBy_document_whatItClaims() {
        assertThat(routes.ownedBy(SHOP)).containsExactly(own);
        assertThat(routes.ownedBy(DOMAIN)).containsExactly(lent, moved);
    }

    @Test
    void servedBy_appAndDomain_whatIsPublishedWithEach() {
        assertThat(routes.servedBy(SHOP)).containsExactly(own, lent);
        assertThat(routes.servedBy(DOMAIN)).containsExactly(moved);
    }

    @Test
    void at_place_itsOneClaim() {
        assertThat(routes.at("shop.com", "/")).isEqualTo(lent);
        assertThat(routes.at("shop.com", "/api")).isNull();
    }

    @Test
    void equals_anyListOfTheSame_true() {
        assertThat(routes).isEqualTo(List.of(own, lent, moved));
        assertThat(DesiredRoutes.of(routes)).isSameAs(routes);
    }
}
