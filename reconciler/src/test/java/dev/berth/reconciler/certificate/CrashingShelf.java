package dev.berth.reconciler.certificate;

import java.io.IOException;
import java.security.KeyPair;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A shelf at which a process dies: whoever comes to it at that step gets no further. */
record CrashingShelf(CertificateShelf shelf, CrashingShelf.Switch at) implements ShelfAround {

    /**
     * The step: {@code before finalize}, {@code before install}, {@code after install}, and those
     * of {@link CrashingAuthorities}: {@code order placed}, {@code after finalize}.
     */
    record Switch(String step, CountDownLatch reached) {
        Switch(String step) {
            this(step, new CountDownLatch(1));
        }

        void await() throws InterruptedException {
            if (!reached.await(20, TimeUnit.SECONDS)) {
                throw new AssertionError(step + " was not reached");
            }
        }

        void die() {
            reached.countDown();
            try {
                Thread.sleep(Duration.ofMinutes(1));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            throw new IllegalStateException("dead");
        }
    }

    @Override
    public void put(Held held) throws IOException {
        if (at.step().equals("before install")) {
            at.die();
        }
        shelf.put(held);
    }

    @Override
    public void pending(CertificateId id, @Nullable KeyPair key) throws IOException {
        if (key == null && at.step().equals("after install")) {
            at.die();
        }
        shelf.pending(id, key);
        if (key != null && at.step().equals("before finalize")) {
            at.die();
        }
    }
}
