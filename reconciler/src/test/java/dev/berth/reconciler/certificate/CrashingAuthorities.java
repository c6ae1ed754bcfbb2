package dev.berth.reconciler.certificate;

import java.net.URI;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/** Authorities at which a process dies: what it asked for is done, and it does not hear of it. */
record CrashingAuthorities(Authorities all, CrashingShelf.Switch at) implements Authorities {
    @Override
    public Authority of(Issuer issuer) {
        return new Last(all.of(issuer), at);
    }

    private record Last(Authority authority, CrashingShelf.Switch at) implements Authority {
        @Override
        public Terms terms() throws IssuingException {
            return authority.terms();
        }

        @Override
        public @Nullable Duration ahead() throws IssuingException {
            return authority.ahead();
        }

        @Override
        public Order order(
                SortedSet<String> names, @Nullable String profile, @Nullable Held replaces)
                throws IssuingException {
            Order placed = authority.order(names, profile, replaces);
            if (at.step().equals("order placed")) {
                at.die();
            }
            return new LastOrder(placed, at);
        }

        @Override
        public @Nullable Order resume(URI url) throws IssuingException {
            return authority.resume(url);
        }

        @Override
        public Advice advice(Held held) throws IssuingException {
            return authority.advice(held);
        }

        @Override
        public void revoke(String chain) throws IssuingException {
            authority.revoke(chain);
        }
    }

    private record LastOrder(Authority.Order order, CrashingShelf.Switch at)
            implements Authority.Order {
        @Override
        public URI url() {
            return order.url();
        }

        @Override
        public Authority.Progress progress() {
            return order.progress();
        }

        @Override
        public List<Authority.Proof> proofs(Wanted.Method method) throws IssuingException {
            return order.proofs(method);
        }

        @Override
        public void offer(Authority.Proof proof) throws IssuingException {
            order.offer(proof);
        }

        @Override
        public @Nullable Instant refresh() throws IssuingException {
            return order.refresh();
        }

        @Override
        public void finish(KeyPair key) throws IssuingException {
            order.finish(key);
            if (at.step().equals("after finalize")) {
                at.die();
            }
        }

        @Override
        public String chain() throws IssuingException {
            return order.chain();
        }
    }
}
