package dev.berth.proxy.guard;

import dev.berth.proxy.http.Failure;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** What a guard says to a request. */
public sealed interface Verdict {
    /** The usual one. */
    Verdict PASS = new Pass();

    /** It may go on. */
    record Pass() implements Verdict {}

    /**
     * It gets this answer.
     *
     * @param detail what to do, one or two sentences
     * @param fields header fields of the answer
     */
    record Refused(Failure failure, String detail, Map<String, String> fields) implements Verdict {
        public Refused {
            fields = Map.copyOf(fields);
        }
    }

    /**
     * It takes a while to say; the request is held until then.
     *
     * @param verdict completes on any thread, never exceptionally and never with another of these
     */
    record Later(CompletionStage<Verdict> verdict) implements Verdict {}
}
