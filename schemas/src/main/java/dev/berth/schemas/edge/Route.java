package dev.berth.schemas.edge;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.berth.schemas.config.ResourceId;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where requests for one host and path go.
 *
 * @param host lower case, no port, no trailing dot
 * @param path starts with '/'; matches itself and whole segments below it, but see {@link Control}
 * @param owner the resource that declared the route; no two owners share a (host, path)
 * @param app the app that answers, for logs and metrics; {@code null} for a redirect
 * @param policy how its requests are treated
 */
public record Route(
        String host,
        String path,
        ResourceId owner,
        @Nullable String app,
        Target target,
        Policy policy) {
    public Route {
        Objects.requireNonNull(host, "host");
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(owner, "owner");
        Objects.requireNonNull(target, "target");
        policy = Objects.requireNonNullElse(policy, Policy.NONE); // older snapshots have none
    }

    /** A route without a policy. */
    public Route(String host, String path, ResourceId owner, @Nullable String app, Target target) {
        this(host, path, owner, app, target, Policy.NONE);
    }

    /** This route with another policy. */
    public Route with(Policy other) {
        return new Route(host, path, owner, app, target, other);
    }

    /** The containers that answer; empty for a route that no container does. */
    public List<Backend> backends() {
        return switch (target) {
            case Proxy(var backends) -> backends;
            case Files _, Redirect _, Unavailable _, Paused _, Asleep _, Control _ -> List.of();
        };
    }

    /** True when the other route answers the same host and path. */
    boolean samePlace(Route other) {
        return host.equals(other.host) && path.equals(other.path);
    }

    /** What answers. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Proxy.class, name = "proxy"),
        @JsonSubTypes.Type(value = Files.class, name = "files"),
        @JsonSubTypes.Type(value = Redirect.class, name = "redirect"),
        @JsonSubTypes.Type(value = Unavailable.class, name = "unavailable"),
        @JsonSubTypes.Type(value = Paused.class, name = "paused"),
        @JsonSubTypes.Type(value = Asleep.class, name = "asleep"),
        @JsonSubTypes.Type(value = Control.class, name = "control")
    })
    public sealed interface Target {}

    /**
     * Forward to one of these.
     *
     * @param backends may be empty while nothing is ready: 503
     */
    public record Proxy(List<Backend> backends) implements Target {
        public Proxy {
            backends = List.copyOf(backends);
        }
    }

    /**
     * Serve files.
     *
     * @param directory absolute path on the edge's machine; never changes its content once
     *     published
     * @param spa true answers paths without a file with /index.html
     */
    public record Files(String directory, boolean spa) implements Target {
        public Files {
            Objects.requireNonNull(directory, "directory");
        }
    }

    /** Answer 308 to the same path and query on another host. */
    public record Redirect(String host) implements Target {
        public Redirect {
            Objects.requireNonNull(host, "host");
        }
    }

    /** Answer 503 with this reason, for example because the app is suspended. */
    public record Unavailable(String reason) implements Target {
        public Unavailable {
            Objects.requireNonNull(reason, "reason");
        }
    }

    /**
     * Hold requests until another target takes this one's place.
     *
     * @param reason why, for those that get 503
     * @param hold how long one is held, then 503
     */
    public record Paused(String reason, Duration hold) implements Target {
        public Paused {
            Objects.requireNonNull(reason, "reason");
            Objects.requireNonNull(hold, "hold");
        }
    }

    /**
     * Nothing runs because nobody asked: a request has the edge ask control to start it, and is
     * held meanwhile; a browser gets a page that loads itself again.
     *
     * @param hold how long one is held, then 503
     */
    public record Asleep(Duration hold) implements Target {
        public Asleep {
            Objects.requireNonNull(hold, "hold");
        }
    }

    /**
     * Forward to control, where the edge has its routes from. Such a route matches its path alone,
     * as the client wrote it: nothing else of control is reached by it, however a path is read.
     */
    public record Control() implements Target {}
}
