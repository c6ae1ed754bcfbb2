package dev.berth.reconciler.engine;

import com.github.dockerjava.api.model.AuthConfig;
import com.github.dockerjava.api.model.PushResponseItem;
import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.ReconcileException.Transient;
import dev.berth.schemas.status.ReasonCode;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One push. The answer's status is 200 whatever happens: it is good only if no piece of it is an
 * error and the digest is known.
 */
final class DockerPush {
    /** The last line: {@code latest: digest: sha256:... size: 528}. */
    private static final Pattern DIGEST = Pattern.compile("digest: (sha256:[0-9a-f]{64})");

    /** Told of each layer, and nothing to read. */
    private static final Set<String> CHATTER = Set.of("Preparing", "Waiting", "Pushing");

    private final EngineConnection engine;
    private final DockerImages images;
    private final String reference;
    private final Consumer<String> log;
    private final AtomicReference<String> error = new AtomicReference<>("");
    private final AtomicReference<String> digest = new AtomicReference<>("");

    DockerPush(
            EngineConnection engine, DockerImages images, String reference, Consumer<String> log) {
        this.engine = engine;
        this.images = images;
        this.reference = reference;
        this.log = log;
    }

    String run(Duration deadline) throws ReconcileException {
        Ask ask = new Ask("push " + reference, deadline, ReasonCode.PushFailed, Ask.Late.TRY_AGAIN);
        int colon = reference.lastIndexOf(':');
        String repository = reference.substring(0, colon);
        String tag = reference.substring(colon + 1);
        try (EngineStream<PushResponseItem> stream =
                engine.streamWithLogins(ReasonCode.PushFailed, this::piece)) {
            engine.calls()
                    .run(
                            ask,
                            () -> {
                                var request = stream.client().pushImageCmd(repository).withTag(tag);
                                if (request.getAuthConfig() == null) { // the engine wants a header
                                    request.withAuthConfig(new AuthConfig());
                                }
                                request.exec(stream);
                                stream.awaitDone();
                                return true;
                            },
                            refusal -> {
                                throw refused(refusal);
                            });
        }
        if (!error.get().isEmpty()) {
            throw refused(new Refusal(ask, 500, error.get()));
        }
        String named = digest.get().isEmpty() ? images.digest(reference) : digest.get();
        if (named == null) {
            throw new Transient(
                    ReasonCode.PushFailed, "can't push " + reference + ": the engine broke off");
        }
        return repository + "@" + named;
    }

    private void piece(PushResponseItem piece) {
        StreamErrors.of(piece).ifPresent(error::set);
        String status = piece.getStatus();
        if (status == null || CHATTER.contains(status)) {
            return;
        }
        Matcher last = DIGEST.matcher(status);
        if (last.find()) {
            digest.set(last.group(1));
        }
        @Nullable String layer = piece.getId();
        log.accept(layer == null ? status : layer + ": " + status);
    }

    private ReconcileException refused(Refusal refusal) throws ReconcileException {
        if (refusal.diskFull()) {
            return refusal.full();
        }
        boolean gone = refusal.says("does not exist locally"); // it is made again then
        return !gone && RegistryAnswer.isFinal(refusal)
                ? images.toldWhoAsked(refusal, reference).stalled(ReasonCode.PushFailed)
                : refusal.again();
    }
}
