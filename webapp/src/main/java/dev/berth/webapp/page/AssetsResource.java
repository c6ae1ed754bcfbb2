package dev.berth.webapp.page;

import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.CacheControl;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;

/** Style sheet, script and icon. */
@Path("/")
@Dependent
public class AssetsResource {
    private static final int YEAR = 31_536_000;

    private final Assets assets;

    @Inject
    public AssetsResource(Assets assets) {
        this.assets = assets;
    }

    @GET
    @Path("assets/{digest}/{name}")
    public Response hashed(@PathParam("digest") String digest, @PathParam("name") String name) {
        Assets.Asset asset = assets.find(name);
        if (asset == null || !asset.digest().equals(digest)) {
            throw new NotFoundException("There is no such file");
        }
        return Response.ok(asset.content(), asset.type())
                .header(HttpHeaders.CACHE_CONTROL, "public, max-age=%d, immutable".formatted(YEAR))
                .build();
    }

    @GET
    @Path("favicon.svg")
    public Response icon() {
        Assets.Asset icon = assets.find("favicon.svg");
        if (icon == null) {
            throw new NotFoundException();
        }
        CacheControl day = new CacheControl();
        day.setMaxAge(86_400);
        return Response.ok(icon.content(), icon.type()).cacheControl(day).build();
    }
}
