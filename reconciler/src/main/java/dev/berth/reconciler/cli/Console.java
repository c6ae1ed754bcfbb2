package dev.berth.reconciler.cli;

import java.io.PrintStream;

/** Where a verb writes: results to {@code out}, what is wrong to {@code err}. */
record Console(PrintStream out, PrintStream err) {
    void print(String line) {
        out.println(line);
    }

    void complain(String line) {
        err.println("berth: " + line);
    }
}
