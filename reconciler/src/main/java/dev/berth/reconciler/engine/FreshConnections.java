package dev.berth.reconciler.engine;

import com.github.dockerjava.transport.DockerHttpClient;
import java.io.IOException;

/**
 * Opens a connection for each request. Kept ones would all be dead after a restart of the engine,
 * and the transport finds out about each of them only by losing a request on it.
 */
final class FreshConnections implements DockerHttpClient {
    private final DockerHttpClient transport;

    FreshConnections(DockerHttpClient transport) {
        this.transport = transport;
    }

    @Override
    public Response execute(Request request) {
        return transport.execute(
                Request.builder().from(request).putHeader("Connection", "close").build());
    }

    @Override
    public void close() throws IOException {
        transport.close();
    }
}
