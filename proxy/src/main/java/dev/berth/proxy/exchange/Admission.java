package dev.berth.proxy.exchange;

import dev.berth.proxy.guard.Verdict;
import dev.berth.proxy.routing.Place;
import io.netty.channel.EventLoop;

/**
 * Whether a request may go on to what its route leads to. While a guard takes its time, what comes
 * of the body is kept. Confined to the event loop.
 */
final class Admission {
    private final Exchange exchange;
    private final HoldResponder holding;

    private Admission(Exchange exchange) {
        this.exchange = exchange;
        this.holding = new HoldResponder(exchange.client(), exchange.loop().memory(), () -> {});
    }

    /**
     * Asks the guards of the request's route that were not asked yet; the exchange goes on when
     * they let it.
     */
    static void ask(Exchange exchange, Place place) {
        switch (exchange.destination().unasked(place).check(exchange.request())) {
            case Verdict.Pass _ -> exchange.admitted(place);
            case Verdict.Refused refused -> refuse(exchange, refused);
            case Verdict.Later(var answer) -> {
                Admission admission = new Admission(exchange);
                exchange.stand(admission.holding);
                EventLoop loop = exchange.loop().pool().loop();
                answer.thenAccept(verdict -> loop.execute(() -> admission.resume(verdict, place)));
            }
        }
    }

    @SuppressWarnings("ReferenceEquality") // the very one, not one like it
    private void resume(Verdict verdict, Place place) {
        if (exchange.standing() != holding) {
            return; // the request is over
        }
        switch (verdict) {
            case Verdict.Pass _ -> {
                exchange.destination().passed(place);
                exchange.admit(); // by now there may be another table
                exchange.goesOn();
            }
            case Verdict.Refused refused -> refuse(exchange, refused);
            case Verdict.Later _ -> throw new IllegalStateException("a guard puts off only once");
        }
    }

    private static void refuse(Exchange exchange, Verdict.Refused refused) {
        exchange.fail(refused.failure(), refused.detail(), refused.fields());
        exchange.client().flush();
    }
}
