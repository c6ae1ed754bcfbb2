package dev.berth.reconciler.desired;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Answers to the questions asked last. Thread-safe. */
final class Remembered<Q, A> {
    private static final int MOST = 4096;

    private final Map<Q, A> answers =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Q, A> eldest) {
                    return size() > MOST;
                }
            };

    /** {@code null} when it was not asked, or long ago. */
    @Nullable A to(Q question) {
        synchronized (answers) {
            return answers.get(question);
        }
    }

    /** The answer, from now on. */
    A keep(Q question, A answer) {
        synchronized (answers) {
            answers.put(question, answer);
        }
        return answer;
    }
}
