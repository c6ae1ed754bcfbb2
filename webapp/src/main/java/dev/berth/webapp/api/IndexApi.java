package dev.berth.webapp.api;

import dev.berth.webapp.http.Answers;
import jakarta.enterprise.context.Dependent;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import java.util.Map;
import java.util.TreeMap;

/** {@code /api/v1/}: what there is to read. */
@Path("/api/v1")
@Produces(Answers.JSON)
@Dependent
public class IndexApi {
    private static final Map<String, String> LINKS =
            new TreeMap<>(
                    Map.ofEntries(
                            Map.entry("resources", "/api/v1/resources{?cursor,limit}"),
                            Map.entry("resource", "/api/v1/resources/{kind}/{name}"),
                            Map.entry("traffic", "/api/v1/apps/{name}/traffic"),
                            Map.entry("plan", "/api/v1/plan"),
                            Map.entry("passes", "/api/v1/passes{?cursor,limit}"),
                            Map.entry("pass", "/api/v1/passes/{id}"),
                            Map.entry("events", "/api/v1/events{?resource,cursor,limit}"),
                            Map.entry("log", "/api/v1/apps/{name}/log{?run,lines}"),
                            Map.entry("cron", "/api/v1/apps/{name}/cron"),
                            Map.entry("build", "/api/v1/apps/{name}/build"),
                            Map.entry("builds", "/api/v1/builds{?app,cursor,limit}"),
                            Map.entry("oneBuild", "/api/v1/builds/{id}"),
                            Map.entry("buildLog", "/api/v1/builds/{id}/log"),
                            Map.entry("deliveries", "/api/v1/deliveries{?cursor,limit}"),
                            Map.entry("delivery", "/api/v1/deliveries/{id}"),
                            Map.entry("webhooks", "/api/v1/webhooks"),
                            Map.entry("previews", "/api/v1/previews{?app}"),
                            Map.entry("releases", "/api/v1/apps/{name}/releases"),
                            Map.entry("jobLog", "/api/v1/jobs/{name}/log{?lines}"),
                            Map.entry("stream", "/api/v1/stream"),
                            Map.entry("diagnostics", "/api/v1/diagnostics"),
                            Map.entry("schemas", "/schemas/v1/{name}.schema.json")));

    @GET
    public Response read(@Context Request request) {
        return Answers.json(request, LINKS);
    }
}
