package dev.berth.webapp.api;

import dev.berth.schemas.Json;
import dev.berth.webapp.http.Answers;
import jakarta.enterprise.context.Dependent;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The published JSON Schemas of the config kinds, for editors. */
@Path("/schemas/v1")
@Dependent
public class SchemasApi {
    private static final String FOLDER = "/dev/berth/schemas/json/";

    /** A schema by its name; the pattern keeps the name inside the folder. */
    @GET
    @Path("{name:[a-z][a-z0-9-]*}.schema.json")
    public Response read(@Context Request request, @PathParam("name") String name) {
        try (InputStream schema = Json.class.getResourceAsStream(FOLDER + name + ".schema.json")) {
            if (schema == null) {
                throw new NotFoundException("There is no schema named " + name);
            }
            String text = new String(schema.readAllBytes(), StandardCharsets.UTF_8);
            return Answers.tagged(request, text, "application/schema+json");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
