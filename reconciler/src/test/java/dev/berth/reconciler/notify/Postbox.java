package dev.berth.reconciler.notify;

import dev.berth.schemas.config.Alert;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A receiver that tests program. Thread-safe. */
final class Postbox implements Sender {
    final List<Message> taken = new CopyOnWriteArrayList<>();
    final AtomicInteger tries = new AtomicInteger();
    private final CountDownLatch open = new CountDownLatch(1);
    private volatile String refuses = "";
    private volatile boolean hangs;

    /** From now on refuses messages of alerts or resources with this in their name. */
    Postbox refuse(String name) {
        refuses = name;
        return this;
    }

    /** From now on answers nothing. */
    Postbox hang() {
        hangs = true;
        return this;
    }

    @Override
    public void send(Message message, Alert to) throws IOException {
        tries.incrementAndGet();
        if (hangs) {
            try {
                open.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("the process ends", e);
            }
        }
        if (!refuses.isEmpty() && (message.alert() + message.resource()).contains(refuses)) {
            throw new IOException("the endpoint answered 503");
        }
        taken.add(message);
    }
}
