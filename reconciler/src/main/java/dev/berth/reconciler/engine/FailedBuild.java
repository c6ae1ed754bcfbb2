package dev.berth.reconciler.engine;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.ReconcileException.Stalled;
import dev.berth.reconciler.ReconcileException.Transient;
import dev.berth.reconciler.desired.BuildLimits;
import dev.berth.reconciler.engine.buildlog.BuildFault;
import dev.berth.schemas.status.ReasonCode;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Says what a build's failure means, and what to do about it where that is known. */
final class FailedBuild {
    private FailedBuild() {}

    /**
     * A step, the Dockerfile or a base image failed; or the engine's disk is full. What may pass by
     * itself is to be tried again.
     *
     * @param lines the last of the output
     * @param limits of the build
     */
    static ReconcileException of(Refusal refusal, List<String> lines, BuildLimits limits) {
        if (refusal.diskFull() || lines.stream().anyMatch(Refusal::saysDiskFull)) {
            return refusal.full();
        }
        Optional<BuildFault> fault =
                fault(refusal.words(), lines).map(known -> limited(known, limits));
        Refusal advised =
                fault.map(known -> refusal.withWords(known.advice() + "\n" + refusal.words()))
                        .orElse(refusal);
        boolean wayToRegistry = refusal.says("dial tcp") || refusal.says("timeout exceeded");
        return wayToRegistry || fault.filter(BuildFault::mayPass).isPresent()
                ? withLines(advised.again(), lines)
                : withLines(advised.stalled(ReasonCode.BuildFailed), lines);
    }

    private static Transient withLines(Transient failure, List<String> lines) {
        return lines.isEmpty()
                ? failure
                : new Transient(failure.reason(), below(failure, lines), failure);
    }

    /** The failure with the last lines of the output below its message. */
    static Stalled withLines(Stalled failure, List<String> lines) {
        return lines.isEmpty()
                ? failure
                : new Stalled(failure.reason(), below(failure, lines), failure);
    }

    private static String below(ReconcileException failure, List<String> lines) {
        return failure.getMessage() + "\n" + String.join("\n", lines);
    }

    /** Who ran out of what it may use is not helped by a bigger machine. */
    private static BuildFault limited(BuildFault fault, BuildLimits limits) {
        return fault instanceof BuildFault.OutOfMemory && limits.memoryBytes() > 0
                ? new BuildFault.OverMemoryLimit(limits.memoryBytes())
                : fault;
    }

    private static Optional<BuildFault> fault(String words, List<String> lines) {
        return BuildFault.of(
                Stream.concat(lines.stream(), Stream.of(words)).toList(),
                BuildFault.exitCode(words));
    }
}
