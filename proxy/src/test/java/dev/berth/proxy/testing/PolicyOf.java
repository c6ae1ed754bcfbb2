package dev.berth.proxy.testing;

import dev.berth.schemas.edge.Policy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts a policy together; what is not said is as in {@link Policy#NONE}. */
public final class PolicyOf {
    private @Nullable Long maxBody;
    private Policy.@Nullable RateLimit rateLimit;
    private Policy.@Nullable Addresses addresses;
    private Policy.@Nullable Password password;
    private final List<Policy.ResponseHeader> headers = new ArrayList<>();
    private boolean compress;
    private boolean sticky;
    private boolean redirectHttps;
    private boolean redirectHttpsOnceCertified;
    private boolean stripPrefix;
    private final List<Policy.ErrorPage> pages = new ArrayList<>();
    private Policy.@Nullable Health health;
    private @Nullable Duration streams;
    private final List<Policy.Canary> canaries = new ArrayList<>();

    public PolicyOf maxBody(long bytes) {
        maxBody = bytes;
        return this;
    }

    public PolicyOf rate(int requests, Duration period, int burst) {
        rateLimit = new Policy.RateLimit(requests, period, burst);
        return this;
    }

    public PolicyOf addresses(List<String> allow, List<String> deny) {
        addresses = new Policy.Addresses(allow, deny);
        return this;
    }

    public PolicyOf user(String name, String hash) {
        password = new Policy.Password("preview", Map.of(name, hash));
        return this;
    }

    public PolicyOf header(String name, String value, boolean overrides) {
        headers.add(new Policy.ResponseHeader(name, value, overrides));
        return this;
    }

    public PolicyOf compress() {
        compress = true;
        return this;
    }

    public PolicyOf redirectHttps() {
        redirectHttps = true;
        return this;
    }

    public PolicyOf redirectHttpsOnceCertified() {
        redirectHttpsOnceCertified = true;
        return this;
    }

    public PolicyOf stripPrefix() {
        stripPrefix = true;
        return this;
    }

    public PolicyOf sticky() {
        sticky = true;
        return this;
    }

    public PolicyOf page(String status, String html) {
        pages.add(new Policy.ErrorPage(status, html));
        return this;
    }

    public PolicyOf health(@Nullable String path, Duration interval, int failures) {
        health = new Policy.Health(path, "a.test", interval, Duration.ofSeconds(1), failures);
        return this;
    }

    public PolicyOf streams(Duration grace) {
        streams = grace;
        return this;
    }

    public PolicyOf canary(Policy.Canary canary) {
        canaries.add(canary);
        return this;
    }

    public Policy build() {
        return new Policy(
                maxBody,
                rateLimit,
                addresses,
                password,
                headers,
                compress,
                sticky,
                pages,
                redirectHttps,
                health,
                streams,
                canaries,
                redirectHttpsOnceCertified,
                stripPrefix);
    }
}
