package dev.berth.webapp.http;

import dev.berth.reconciler.answer.UnavailableException;
import dev.berth.schemas.Json;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place where a failure becomes an answer: a page for who prefers HTML, problem details for
 * everybody else. Only mistakes of ours are logged; their text stays here.
 */
@Provider
@Dependent
@SuppressWarnings("NullAway.Init") // the container fills the context fields
public class ProblemMapper implements ExceptionMapper<Throwable> {
    private static final Logger LOG = LoggerFactory.getLogger(ProblemMapper.class);
    private static final String RETRY_SECONDS = "5";

    private final ErrorPage page;
    @Context private HttpHeaders headers;
    @Context private UriInfo uri;

    /** RESTEasy refuses a provider without it and then lets CDI take the other. */
    public ProblemMapper() {
        throw new IllegalStateException("made by CDI only");
    }

    @Inject
    public ProblemMapper(ErrorPage page) {
        this.page = page;
    }

    @Override
    public Response toResponse(Throwable failure) {
        return switch (failure) {
            case WebApplicationException e -> ofStatus(e);
            case UnavailableException e ->
                    answer(503, e.getMessage())
                            .header(HttpHeaders.RETRY_AFTER, RETRY_SECONDS)
                            .build();
            default -> {
                LOG.error("answering {} failed", uri.getPath(), failure);
                yield answer(500, "Something is wrong in Berth; the control log has the cause")
                        .build();
            }
        };
    }

    private Response ofStatus(WebApplicationException e) {
        Response given = e.getResponse();
        int status = given.getStatus();
        if (status < 400) {
            return given;
        }
        Response.ResponseBuilder answer = answer(status, detail(status, e));
        for (String kept : new String[] {HttpHeaders.ALLOW, HttpHeaders.WWW_AUTHENTICATE}) {
            String value = given.getHeaderString(kept);
            if (value != null) {
                answer.header(kept, value);
            }
        }
        return answer.build();
    }

    private static @Nullable String detail(int status, WebApplicationException e) {
        return switch (status) {
            case 405 ->
                    e.getResponse().getAllowedMethods().contains("POST")
                            ? "Forges deliver webhooks here, by POST"
                            : "Berth is changed by commits to its config repo; this address can only be read";
            case 406 -> "This address has no such form";
            case 404 -> ownWords(e, "There is nothing at this address");
            default -> ownWords(e, null);
        };
    }

    /** What our code gave as message; what the framework wrote speaks of its own classes. */
    private static @Nullable String ownWords(WebApplicationException e, @Nullable String other) {
        String message = e.getMessage();
        return message == null || message.startsWith("HTTP ") || message.startsWith("RESTEASY")
                ? other
                : message;
    }

    private Response.ResponseBuilder answer(int status, @Nullable String detail) {
        Problem problem = Problem.of(status, detail, "/" + uri.getPath().replaceFirst("^/", ""));
        Response.ResponseBuilder answer = Response.status(status).cacheControl(Answers.noStore());
        return prefersHtml()
                ? answer.type(Answers.HTML).entity(bytes(page.render(problem)))
                : answer.type(Problem.JSON).entity(bytes(Json.write(problem)));
    }

    private boolean prefersHtml() {
        for (MediaType type : headers.getAcceptableMediaTypes()) {
            if (type.getSubtype().endsWith("json") || type.isWildcardType()) {
                return false;
            }
            if (type.isCompatible(MediaType.TEXT_HTML_TYPE)) {
                return true;
            }
        }
        return false;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
