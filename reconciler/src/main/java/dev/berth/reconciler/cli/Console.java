package dev.berth.reconciler.cli;

import java.io.PrintStream;
import java.util.function.UnaryOperator;

/**
 * Where a verb writes: results to {@code out}, what is wrong to {@code err}.
 *
 * @param cleaner takes out of each line what may not leave
 */
record Console(PrintStream out, PrintStream err, UnaryOperator<String> cleaner) {
    Console(PrintStream out, PrintStream err) {
        this(out, err, line -> line);
    }

    Console cleaned(UnaryOperator<String> by) {
        return new Console(out, err, by);
    }

    void print(String line) {
        out.println(cleaner.apply(line));
    }

    void complain(String line) {
        err.println("berth: " + cleaner.apply(line));
    }
}
