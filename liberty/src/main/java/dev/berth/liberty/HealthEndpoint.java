package dev.berth.liberty;

import jakarta.enterprise.context.Dependent;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;

@Path("/health")
@Dependent
public final class HealthEndpoint {
    @GET
    @Path("live")
    public String live() {
        return "UP";
    }
}
