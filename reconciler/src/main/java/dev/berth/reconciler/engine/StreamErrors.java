package dev.berth.reconciler.engine;

import com.github.dockerjava.api.model.ResponseItem;
import java.util.Optional;

/** Finds the error in a piece of a build's or pull's answer, whose HTTP status is 200 anyway. */
final class StreamErrors {
    private StreamErrors() {}

    @SuppressWarnings("deprecation") // older engines send the old field only
    static Optional<String> of(ResponseItem piece) {
        ResponseItem.ErrorDetail detail = piece.getErrorDetail();
        if (detail != null && detail.getMessage() != null) {
            return Optional.of(detail.getMessage().strip());
        }
        return Optional.ofNullable(piece.getError()).map(String::strip);
    }
}
