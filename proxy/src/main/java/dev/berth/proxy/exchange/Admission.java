package dev.berth.proxy.exchange;

import dev.berth.proxy.guard.RouteGuards;
import dev.berth.proxy.guard.Verdict;
import dev.berth.proxy.http.Failure;
import dev.berth.proxy.http.RequestHead;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpContent;
import java.util.List;
import java.util.Map;

/**
 * Whether a request may go on to what its route leads to. While a guard takes its time, what comes
 * of the body is kept. Confined to the event loop.
 */
final class Admission {
    private final EventLoop loop;
    private final HoldResponder holding;
    private final Gate gate;

    private Admission(EdgeLoop loop, ClientStream client, Gate gate) {
        this.loop = loop.pool().loop();
        this.holding = new HoldResponder(client, loop.memory(), () -> {});
        this.gate = gate;
    }

    /** Told what became of the request. Called on the loop. */
    interface Gate {
        /**
         * It may go on.
         *
         * @param body what was kept of it
         */
        void passes(List<HttpContent> body);

        /** It gets this answer. */
        void refuses(Failure failure, String detail, Map<String, String> fields);

        /** Nothing is known yet: this takes what comes. */
        void waits(Responder meanwhile);

        /** Whether that still takes what comes; if not, the request is over. */
        boolean stillWaits(Responder meanwhile);
    }

    /** Asks the guards of the request's route. */
    static void ask(
            RouteGuards guards,
            RequestHead request,
            EdgeLoop loop,
            ClientStream client,
            Gate gate) {
        switch (guards.check(request)) {
            case Verdict.Pass _ -> gate.passes(List.of());
            case Verdict.Refused(Failure failure, String detail, var fields) ->
                    gate.refuses(failure, detail, fields);
            case Verdict.Later(var answer) -> {
                Admission admission = new Admission(loop, client, gate);
                gate.waits(admission.holding);
                answer.thenAccept(
                        verdict -> admission.loop.execute(() -> admission.resume(verdict)));
            }
        }
    }

    private void resume(Verdict verdict) {
        if (!gate.stillWaits(holding)) {
            return;
        }
        switch (verdict) {
            case Verdict.Pass _ -> gate.passes(holding.take());
            case Verdict.Refused(Failure failure, String detail, var fields) ->
                    gate.refuses(failure, detail, fields);
            case Verdict.Later _ -> throw new IllegalStateException("a guard puts off only once");
        }
    }
}
