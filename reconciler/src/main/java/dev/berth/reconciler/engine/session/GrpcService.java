package dev.berth.reconciler.engine.session;

import java.nio.ByteBuffer;
import java.util.List;

/** Answers calls that have one message each way. */
interface GrpcService {
    /** The calls that it knows, as {@code /package.Service/Method}. */
    List<String> methods();

    /**
     * Answers one of them.
     *
     * @param message the caller's, as protobuf
     * @throws IllegalArgumentException if the message is malformed
     */
    Answer answer(String method, byte[] message);

    /** What comes back. */
    sealed interface Answer {
        /** A message, as protobuf; read-only. */
        record Message(ByteBuffer bytes) implements Answer {}

        /**
         * None.
         *
         * @param words for people, in ASCII
         */
        record Failure(Status status, String words) implements Answer {}
    }

    /** Why there is no answer; numbers of {@code google.rpc.Code}. */
    enum Status {
        INVALID_ARGUMENT(3),
        NOT_FOUND(5),
        RESOURCE_EXHAUSTED(8),
        UNIMPLEMENTED(12);

        private final int code;

        Status(int code) {
            this.code = code;
        }

        int code() {
            return code;
        }
    }
}
