package dev.berth.reconciler.desired;

import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.config.Tls;
import dev.berth.schemas.edge.Policy;

/**
 * A claim on a host and path. Claims in a desired state never conflict.
 *
 * @param owner the document that makes the claim: an app, a domain or the Instance
 * @param host lower case, without port
 * @param path starts with '/'
 * @param policy how the edge treats its requests
 * @param tls what its document says about the host's certificate
 */
public record DesiredRoute(
        ResourceId owner,
        Location declaredAt,
        String host,
        String path,
        Destination destination,
        Policy policy,
        Tls tls) {

    /** A claim that says nothing about the host's certificate. */
    public DesiredRoute(
            ResourceId owner,
            Location declaredAt,
            String host,
            String path,
            Destination destination,
            Policy policy) {
        this(owner, declaredAt, host, path, destination, policy, Tls.USUAL);
    }

    /** A claim with nothing but forwarding. */
    public DesiredRoute(
            ResourceId owner,
            Location declaredAt,
            String host,
            String path,
            Destination destination) {
        this(owner, declaredAt, host, path, destination, Policy.NONE);
    }

    /** This claim with another policy. */
    public DesiredRoute with(Policy other) {
        return new DesiredRoute(owner, declaredAt, host, path, destination, other, tls);
    }

    /** The resource whose convergence publishes this route: the app it leads to, else its owner. */
    public ResourceId server() {
        return switch (destination) {
            case ToApp(var app, _) -> app;
            case ToHost _, ToControl _ -> owner;
        };
    }

    /** Where its requests go. */
    public sealed interface Destination {}

    /** To the ready containers of a process, or the files of a static app. */
    public record ToApp(ResourceId app, String process) implements Destination {}

    /** To control, and nothing below the path. */
    public record ToControl() implements Destination {}

    /** 308 to another host. */
    public record ToHost(String host) implements Destination {}
}
