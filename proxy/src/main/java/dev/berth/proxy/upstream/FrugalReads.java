package dev.berth.proxy.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import io.netty.util.internal.PlatformDependent;

/**
 * How much is read from a backend at once: as much as reads bring, up to a quarter of a MiB, for
 * large bodies cost the less the fewer steps they take. Every slow client keeps one such piece, so
 * reads are small once half of the memory outside of the heap is taken. Thread-safe.
 */
final class FrugalReads implements RecvByteBufAllocator {
    /** The most. */
    static final int MAX_READ = 256 * 1024;

    private static final int MIN_READ = 256;
    private static final int FIRST_READ = 2048;
    private static final int SCARCE_READ = 32 * 1024;

    private final AdaptiveRecvByteBufAllocator reads =
            new AdaptiveRecvByteBufAllocator(MIN_READ, FIRST_READ, MAX_READ);
    private final long plenty = PlatformDependent.maxDirectMemory() / 2;

    @Override
    @SuppressWarnings("deprecation") // the type that the interface names
    public Handle newHandle() {
        return new Frugal((ExtendedHandle) reads.newHandle());
    }

    private final class Frugal extends DelegatingHandle implements ExtendedHandle {
        private final ExtendedHandle adaptive;

        Frugal(ExtendedHandle adaptive) {
            super(adaptive);
            this.adaptive = adaptive;
        }

        @Override
        public ByteBuf allocate(ByteBufAllocator allocator) {
            return allocator.ioBuffer(guess());
        }

        @Override
        public int guess() {
            int guess = super.guess();
            return guess > SCARCE_READ && PlatformDependent.usedDirectMemory() > plenty
                    ? SCARCE_READ
                    : guess;
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier maybeMore) {
            return adaptive.continueReading(maybeMore);
        }
    }
}
