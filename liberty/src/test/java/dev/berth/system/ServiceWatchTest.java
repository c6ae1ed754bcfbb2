package dev.berth.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.berth.reconciler.simulation.Spec;
import dev.berth.reconciler.simulation.Tree;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A gap in what is served does not go unseen, and one that is allowed is none. */
final class ServiceWatchTest {
    private static final Spec SERVING = new Spec(Spec.Image.QUICK, 1, Spec.Twist.NONE);

    private final AtomicInteger status = new AtomicInteger(200);
    private final AtomicReference<String> body = new AtomicReference<>("QUICK");
    private final AtomicInteger asked = new AtomicInteger();
    private final Promises promises = new Promises();
    private final HttpServer server = start();

    private HttpServer start() {
        try {
            HttpServer made =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
            made.createContext(
                    "/",
                    exchange -> {
                        byte[] text = body.get().getBytes(StandardCharsets.UTF_8);
                        exchange.sendResponseHeaders(status.get(), text.length);
                        exchange.getResponseBody().write(text);
                        exchange.close();
                        asked.incrementAndGet();
                    });
            made.start();
            return made;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @BeforeEach
    void declare() {
        promises.pushed(Tree.FIRST.with(new Tree.Put("shop", SERVING)));
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private ServiceWatch watch() {
        return new ServiceWatch(server.getAddress().getPort(), promises, List.of("shop"));
    }

    /** Lets some requests pass that have begun from now on. */
    private void awaitMore() {
        int before = asked.get();
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> asked.get() > before + 2);
    }

    @Test
    void watch_servedAppAnswers503Once_isALapse() {
        try (ServiceWatch watch = watch()) {
            awaitMore();
            status.set(503);
            awaitMore();
            status.set(200);
            awaitMore();

            assertThat(watch.lapses()).singleElement().asString().contains("shop", "503");
        }
    }

    @Test
    void watch_appThatWasNeverServed_breaksNoPromise() {
        status.set(503);
        try (ServiceWatch watch = watch()) {
            awaitMore();

            assertThat(watch.lapses()).isEmpty();
        }
    }

    @Test
    void watch_appThatACommitStopsOrSomebodyHit_mayStop() {
        try (ServiceWatch watch = watch()) {
            awaitMore();
            promises.pushed(
                    Tree.FIRST.with(
                            new Tree.Put(
                                    "shop", new Spec(Spec.Image.QUICK, 1, Spec.Twist.SUSPENDED))));
            status.set(503);
            awaitMore();

            assertThat(watch.lapses()).isEmpty();
        }
    }

    @Test
    void watch_answerOfAnImageThatNobodyDeclared_isALapse() {
        try (ServiceWatch watch = watch()) {
            body.set("OTHER");
            awaitMore();

            assertThat(watch.lapses()).anyMatch(lapse -> lapse.contains("nobody declared"));
        }
    }

    @Test
    void watch_edgeKilled_isNoLapseUntilTheNextOneHasServed() {
        try (ServiceWatch watch = watch()) {
            awaitMore();
            watch.edgeEnds();
            status.set(503);
            awaitMore();
            watch.edgeEnded();
            awaitMore();
            assertThat(watch.lapses()).isEmpty();

            status.set(200);
            awaitMore();
            status.set(503);
            awaitMore();
            assertThat(watch.lapses()).hasSize(1);
        }
    }

    @Test
    void promises_damagedDocumentOrRepoWithoutFiles_stopNothing() {
        Tree declared = Tree.FIRST.with(new Tree.Put("shop", SERVING));
        promises.pushed(declared.with(new Tree.Break("shop", Tree.Damage.SYNTAX)));
        promises.pushed(declared.with(new Tree.Wipe()));
        assertThat(promises.mayStop("shop")).isFalse();

        promises.pushed(declared.with(new Tree.Remove("shop")));
        assertThat(promises.mayStop("shop")).isTrue();
    }
}
