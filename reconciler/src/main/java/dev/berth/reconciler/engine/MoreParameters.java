package dev.berth.reconciler.engine;

import com.github.dockerjava.transport.DockerHttpClient;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Adds parameters to the query of each request, which has one already: those of the engine's API
 * that the client library has no word for.
 */
final class MoreParameters implements DockerHttpClient {
    private final DockerHttpClient transport;
    private final String more;

    MoreParameters(DockerHttpClient transport, Map<String, Long> parameters) {
        this.transport = transport;
        this.more =
                new TreeMap<>(parameters)
                        .entrySet().stream()
                                .map(p -> "&" + p.getKey() + "=" + p.getValue())
                                .collect(Collectors.joining());
    }

    @Override
    public Response execute(Request request) {
        return transport.execute(
                Request.builder().from(request).path(request.path() + more).build());
    }

    @Override
    public void close() throws IOException {
        transport.close();
    }
}
