package dev.berth.reconciler.certificate.dns;

import dev.berth.reconciler.certificate.DnsException;
import dev.berth.reconciler.certificate.DnsRecords;
import dev.berth.reconciler.notify.HttpPost;
import dev.berth.reconciler.notify.OutOfReachException;
import dev.berth.schemas.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Has an endpoint of the user's write records: POST of {@code {fqdn, value}} to {@code /present}
 * and {@code /cleanup}, the form that many servers take already. Thread-safe.
 */
final class HookRecords implements DnsRecords {
    private final String url;
    private final @Nullable String user;
    private final Credential password;
    private final HttpPost http;
    private final Nameservers names;

    /**
     * @param user {@code null} = no login
     */
    HookRecords(
            String url,
            @Nullable String user,
            Credential password,
            HttpPost http,
            Nameservers names) {
        this.url = url;
        this.user = user;
        this.password = password;
        this.http = http;
        this.names = names;
    }

    private record Entry(String fqdn, String value) {}

    @Override
    public void put(String fqdn, String value) throws DnsException {
        post("/present", new Entry(fqdn, value));
    }

    @Override
    public void remove(String fqdn, String value) throws DnsException {
        post("/cleanup", new Entry(fqdn, value));
    }

    @Override
    public void awaitVisible(String fqdn, String value, Duration most)
            throws DnsException, InterruptedException {
        names.awaitVisible(fqdn, value, most);
    }

    private void post(String path, Entry entry) throws DnsException {
        String target = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
        try {
            http.post(HttpPost.Endpoint.of(target + path), Json.write(entry), login());
        } catch (OutOfReachException e) {
            throw new DnsException("the webhook for DNS: " + e.getMessage(), true, null);
        } catch (IOException e) {
            throw new DnsException("the webhook for DNS: " + e.getMessage());
        }
    }

    private Map<String, String> login() throws DnsException {
        if (user == null) {
            return Map.of();
        }
        byte[] pair = (user + ":" + password.reveal()).getBytes(StandardCharsets.UTF_8);
        return Map.of("Authorization", "Basic " + Base64.getEncoder().encodeToString(pair));
    }
}
