/**
 * The promises of the design, by their numbers, and the class that is named after each. Most are
 * here: the whole loop in a world of its own, in virtual time. Three stand beside what they are
 * about, because they hold single calls or endpoints, on real threads.
 *
 * <ol>
 *   <li>Level-triggered: {@code LevelTriggeredTest}
 *   <li>Zero writes when equal: {@code ZeroWritesWhenEqualTest}
 *   <li>One document, one fate: {@code OneDocumentOneFateTest}; its kinds: {@code
 *       dev.berth.reconciler.desired.FatesTest}, {@code MovedDocumentTest}, {@code ClaimsTest}
 *   <li>Unknown is not empty: {@code UnknownIsNotEmptyTest}
 *   <li>Latest wins: {@code dev.berth.reconciler.LatestWinsTest}
 *   <li>Ready means this generation serves: {@code ReadyMeansThisGenerationServesTest}; what was
 *       tried and failed is told: {@code StatusHistoryTest}
 *   <li>Deletes come last: {@code DeletesComeLastTest}; in reverse order: {@code
 *       dev.berth.reconciler.converge.DependsOnTest}; through a crash: {@code CrashSafeTest}
 *   <li>Self-heal: {@code SelfHealTest}
 *   <li>Crash-safe: {@code CrashSafeTest}; what outlives the process: {@code RestartRemembersTest}
 *   <li>dependsOn: {@code dev.berth.reconciler.converge.DependsOnTest}
 *   <li>Backoff: {@code BackoffPerResourceTest}
 *   <li>Deadlines everywhere: {@code DeadlinesEverywhereTest}
 *   <li>Side effects never block deploys: {@code
 *       dev.berth.reconciler.SideEffectsNeverBlockDeploysTest}
 *   <li>One writer: {@code OneWriterTest}
 * </ol>
 *
 * <p>{@code WorriesTest} is about what people say of other platforms. On the real engine: {@code
 * dev.berth.system.SemanticsIT}, {@code TwoControlsIT}, {@code FaultsIT} and {@code SimulationIT}.
 */
@NullMarked
package dev.berth.reconciler.semantics;

import org.jspecify.annotations.NullMarked;
